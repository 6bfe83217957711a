import { describe, expect, it } from 'vitest';
import { createAddressPolicy } from './address-policy.js';
import { ADDRESS_RANGES } from './address-ranges.js';

const closed = createAddressPolicy({ allowPrivateNetworks: false });
const open = createAddressPolicy({ allowPrivateNetworks: true });

function verdict(url: string, policy = closed): string {
  const result = policy.checkUrl(url);
  return result.allowed ? 'allowed' : result.reason;
}

// First and last address of each range, and the addresses just outside where those are public.
const BLOCKED = [
  ['0.0.0.0', 'this_network'],
  ['0.255.255.255', 'this_network'],
  ['10.0.0.0', 'private'],
  ['10.255.255.255', 'private'],
  ['100.64.0.0', 'carrier_grade_nat'],
  ['100.127.255.255', 'carrier_grade_nat'],
  ['100.100.100.200', 'cloud_metadata'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.255', 'loopback'],
  ['169.254.0.1', 'link_local'],
  ['168.63.129.16', 'cloud_metadata'],
  ['169.254.169.253', 'cloud_metadata'],
  ['169.254.169.254', 'cloud_metadata'],
  ['172.16.0.0', 'private'],
  ['172.31.255.255', 'private'],
  ['192.0.0.8', 'ietf_protocol'],
  ['192.0.0.192', 'cloud_metadata'],
  ['192.0.2.1', 'documentation'],
  ['192.88.99.1', '6to4_relay'],
  ['192.168.0.0', 'private'],
  ['192.168.255.255', 'private'],
  ['198.18.0.0', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['198.51.100.7', 'documentation'],
  ['203.0.113.7', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::7f00:1', 'ipv4_compatible'],
  ['::ffff:169.254.169.254', 'ipv4_mapped'],
  ['::ffff:8.8.8.8', 'ipv4_mapped'],
  ['::ffff:0:0:0', 'ipv4_translated'],
  ['::ffff:0:7f00:1', 'ipv4_translated'],
  ['64:ff9b::a9fe:a9fe', 'nat64'],
  ['64:ff9b:1::1', 'nat64_local'],
  ['100::1', 'discard'],
  ['2001::1', 'teredo'],
  ['2001:20::', 'orchid'],
  ['2001:2f:ffff:ffff:ffff:ffff:ffff:ffff', 'orchid'],
  ['2001:db8::1', 'documentation'],
  ['2002:7f00:1::', '6to4'],
  ['3fff::', 'documentation'],
  ['3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', 'documentation'],
  ['5f00::', 'segment_routing'],
  ['5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'segment_routing'],
  ['fc00::1', 'unique_local'],
  ['fd00:ec2::23', 'cloud_metadata'],
  ['fd20:ce::254', 'cloud_metadata'],
  ['fd00:ec2::254', 'cloud_metadata'],
  ['fdff:ffff::1', 'unique_local'],
  ['fe80::1', 'link_local'],
  ['febf::1', 'link_local'],
  ['fec0::1', 'site_local'],
  ['ff02::1', 'multicast'],
] as const;

const PUBLIC = [
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:4860:4860::8888',
  '2606:4700::1111',
  '2001:30::1',
  '2003::1',
  '3fff:1000::1',
  '5eff::1',
  '5f01::1',
];

describe('addresses', () => {
  it.each(BLOCKED)('%s is refused as %s', (address, range) => {
    expect(closed.check(address)).toEqual({ allowed: false, reason: 'blocked_address', range });
  });

  it.each(PUBLIC)('%s is public', (address) => {
    expect(closed.check(address)).toEqual({ allowed: true });
  });

  it('every range of the list has a case here', () => {
    const tested = new Set(BLOCKED.map(([, range]) => range as string));
    expect(ADDRESS_RANGES.filter(({ name }) => !tested.has(name))).toEqual([]);
  });

  it.each(['', 'localhost', '127.1', '0x7f.1', '1.2.3', '::1%eth0x/'])(
    'text that is no address is refused: %j',
    (text) => {
      expect(closed.check(text).allowed).toBe(false);
    },
  );
});

describe('with private networks open', () => {
  it.each(['127.0.0.1', '10.1.2.3', '::1', 'fd12::1', '0.0.0.0', '::ffff:127.0.0.1', '::ffff:0:7f00:1'])(
    '%s is allowed',
    (address) => {
      expect(open.check(address)).toEqual({ allowed: true });
    },
  );

  it.each([
    '169.254.169.254',
    '169.254.169.253',
    '168.63.129.16',
    '192.0.0.192',
    '::ffff:0:a9fe:a9fe',
    '::ffff:168.63.129.16',
    'fd00:ec2::23',
    'fd20:ce::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    'fd00:ec2::254',
    '224.0.0.1',
    '255.255.255.255',
  ])('%s stays refused', (address) => {
    expect(open.check(address).allowed).toBe(false);
  });

  it('every port but 0 is allowed', () => {
    expect(verdict('http://localhost:8080/', open)).toBe('allowed');
    expect(verdict('http://localhost:0/', open)).toBe('blocked_port');
  });
});

describe('URLs', () => {
  it.each([
    // U04, U05: the parser turns every spelling into the dotted form.
    ['http://127.0.0.1', 'blocked_address'],
    ['http://[::1]', 'blocked_address'],
    ['http://0/', 'blocked_address'],
    ['http://localhost./', 'blocked_address'],
    ['http://LOCALHOST/', 'blocked_address'],
    ['http://app.localhost/', 'blocked_address'],
    ['http://2130706433', 'blocked_address'],
    ['http://0x7f.1', 'blocked_address'],
    ['http://017700000001', 'blocked_address'],
    ['http://127.1', 'blocked_address'],
    ['http://012.0.0.1', 'blocked_address'],
    ['http://①②⑦.0.0.1', 'blocked_address'],
    // U06
    ['http://[::ffff:169.254.169.254]', 'blocked_address'],
    ['http://[64:ff9b::a9fe:a9fe]', 'blocked_address'],
    ['http://[2002:7f00:1::]', 'blocked_address'],
    ['http://[fe80::1%25eth0]', 'invalid_url'],
    // U07
    ['http://169.254.169.254/latest/meta-data/', 'blocked_address'],
    ['http://metadata.google.internal/', 'blocked_address'],
    ['http://metadata.google.internal./', 'blocked_address'],
    ['http://100.100.100.200/', 'blocked_address'],
    ['http://[fd00:ec2::254]/', 'blocked_address'],
    // U11
    ['http://example.org:22/', 'blocked_port'],
    ['http://example.org:25/', 'blocked_port'],
    ['http://example.org:6379/', 'blocked_port'],
    ['http://example.org:5432/', 'blocked_port'],
    ['http://example.org:0/', 'blocked_port'],
    ['http://example.org:65536/', 'invalid_url'],
    ['http://example.org:-1/', 'invalid_url'],
    ['http://example.org:443/', 'allowed'],
    ['https://example.org:80/', 'allowed'],
    ['ftp://example.org/', 'unsupported_scheme'],
    ['file:///etc/passwd', 'unsupported_scheme'],
    ['javascript:alert(1)', 'unsupported_scheme'],
    ['not a url', 'invalid_url'],
    ['https://notlocalhost/', 'allowed'],
    ['https://example.org/', 'allowed'],
  ])('%s is %s', (url, expected) => {
    expect(verdict(url)).toBe(expected);
  });

  it('a listed port is allowed besides 80 and 443', () => {
    const policy = createAddressPolicy({ allowPrivateNetworks: false, allowedPorts: [8443] });
    expect(verdict('https://example.org:8443/', policy)).toBe('allowed');
    expect(verdict('https://example.org:8444/', policy)).toBe('blocked_port');
  });
});
