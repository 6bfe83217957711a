import ipaddr from 'ipaddr.js';

type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * `private`: reachable only from inside a network; an operator may open these. `never`: no web site is there,
 * or what is there must not be read by a crawler. `embedding`: an IPv6 form that carries an IPv4 address at
 * the given byte; with private networks open, it is judged by the address inside.
 */
type RangeClass = 'private' | 'never' | 'embedding';

export interface AddressRange {
  readonly name: string;
  readonly cidr: string;
  readonly class: RangeClass;
  /** For `embedding`: the byte at which the IPv4 address starts. */
  readonly offset?: number;
}

/**
 * The addresses that are not public unicast: IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890
 * and its updates), multicast, and the metadata services of the large clouds. The first match decides.
 */
export const ADDRESS_RANGES: readonly AddressRange[] = [
  // Metadata services hand out credentials of the machine; they stay shut even where private networks are open.
  { name: 'cloud_metadata', cidr: '169.254.169.254/32', class: 'never' },
  { name: 'cloud_metadata', cidr: '169.254.169.253/32', class: 'never' },
  { name: 'cloud_metadata', cidr: '169.254.170.0/24', class: 'never' },
  { name: 'cloud_metadata', cidr: '100.100.100.200/32', class: 'never' },
  { name: 'cloud_metadata', cidr: '192.0.0.192/32', class: 'never' },
  // Azure's wire server: an address of the public space that every machine there can reach.
  { name: 'cloud_metadata', cidr: '168.63.129.16/32', class: 'never' },
  { name: 'cloud_metadata', cidr: 'fd00:ec2::23/128', class: 'never' },
  { name: 'cloud_metadata', cidr: 'fd00:ec2::254/128', class: 'never' },
  { name: 'cloud_metadata', cidr: 'fd20:ce::254/128', class: 'never' },
  // Linux connects 0.0.0.0 to loopback, and development servers print it as their address.
  { name: 'this_network', cidr: '0.0.0.0/8', class: 'private' },
  { name: 'private', cidr: '10.0.0.0/8', class: 'private' },
  { name: 'carrier_grade_nat', cidr: '100.64.0.0/10', class: 'private' },
  { name: 'loopback', cidr: '127.0.0.0/8', class: 'private' },
  { name: 'link_local', cidr: '169.254.0.0/16', class: 'private' },
  { name: 'private', cidr: '172.16.0.0/12', class: 'private' },
  { name: 'ietf_protocol', cidr: '192.0.0.0/24', class: 'private' },
  { name: 'documentation', cidr: '192.0.2.0/24', class: 'private' },
  { name: '6to4_relay', cidr: '192.88.99.0/24', class: 'never' },
  { name: 'private', cidr: '192.168.0.0/16', class: 'private' },
  { name: 'benchmarking', cidr: '198.18.0.0/15', class: 'private' },
  { name: 'documentation', cidr: '198.51.100.0/24', class: 'private' },
  { name: 'documentation', cidr: '203.0.113.0/24', class: 'private' },
  { name: 'multicast', cidr: '224.0.0.0/4', class: 'never' },
  { name: 'reserved', cidr: '240.0.0.0/4', class: 'never' },
  { name: 'loopback', cidr: '::1/128', class: 'private' },
  { name: 'unspecified', cidr: '::/128', class: 'private' },
  { name: 'ipv4_compatible', cidr: '::/96', class: 'embedding', offset: 12 },
  { name: 'ipv4_mapped', cidr: '::ffff:0:0/96', class: 'embedding', offset: 12 },
  // Stateless translation's own form (RFC 2765, section 2.1).
  { name: 'ipv4_translated', cidr: '::ffff:0:0:0/96', class: 'embedding', offset: 12 },
  { name: 'nat64', cidr: '64:ff9b::/96', class: 'embedding', offset: 12 },
  { name: 'nat64_local', cidr: '64:ff9b:1::/48', class: 'never' },
  { name: 'discard', cidr: '100::/64', class: 'never' },
  { name: 'teredo', cidr: '2001::/32', class: 'never' },
  { name: 'orchid', cidr: '2001:20::/28', class: 'never' },
  { name: 'documentation', cidr: '2001:db8::/32', class: 'private' },
  { name: '6to4', cidr: '2002::/16', class: 'embedding', offset: 2 },
  { name: 'documentation', cidr: '3fff::/20', class: 'private' },
  { name: 'segment_routing', cidr: '5f00::/16', class: 'never' },
  { name: 'unique_local', cidr: 'fc00::/7', class: 'private' },
  { name: 'link_local', cidr: 'fe80::/10', class: 'private' },
  { name: 'site_local', cidr: 'fec0::/10', class: 'private' },
  { name: 'multicast', cidr: 'ff00::/8', class: 'never' },
];

const PARSED = ADDRESS_RANGES.map((range) => ({ range, subnet: ipaddr.parseCIDR(range.cidr) }));

/**
 * Finds the special range a literal address is in.
 *
 * @returns null for a public address, `'invalid'` for text that is no IP address.
 */
export function addressRange(literal: string): AddressRange | 'invalid' | null {
  const address = parseAddress(literal);
  return address === null ? 'invalid' : rangeOf(address);
}

/** The IPv4 address that an address of an `embedding` range carries, in dotted form. */
export function embeddedAddress(literal: string, offset: number): string {
  return ipaddr
    .parse(literal)
    .toByteArray()
    .slice(offset, offset + 4)
    .join('.');
}

function rangeOf(address: IpAddress): AddressRange | null {
  const kind = address.kind();
  const found = PARSED.find(({ subnet }) => subnet[0].kind() === kind && address.match(subnet));
  return found?.range ?? null;
}

function parseAddress(literal: string): IpAddress | null {
  // ipaddr.js also reads 127.1 and 0x7f.1; only the canonical spelling is an address here.
  if (ipaddr.IPv4.isValidFourPartDecimal(literal)) return ipaddr.IPv4.parse(literal);
  return ipaddr.IPv6.isValid(literal) ? ipaddr.IPv6.parse(literal) : null;
}
