import { isIP } from 'node:net';
import { addressRange, embeddedAddress } from './address-ranges.js';

export type AddressVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'blocked_address'; readonly range: string };

export type UrlVerdict =
  | AddressVerdict
  | {
      readonly allowed: false;
      readonly reason: 'blocked_port' | 'unsupported_scheme' | 'invalid_url';
      readonly detail: string;
    };

/** Which addresses and ports the crawler may connect to. */
export interface AddressPolicy {
  /** Judges one literal IP address, as resolved or as written in a URL without brackets. */
  check(address: string): AddressVerdict;
  /**
   * Judges what a URL shows before any look-up: scheme, port, literal or well-known host. An allowed URL can
   * still be refused when its name resolves to a blocked address.
   */
  checkUrl(url: URL | string): UrlVerdict;
}

/** The policy that the settings make. */
export interface ConfiguredAddressPolicy extends AddressPolicy {
  /** Ports allowed besides 80 and 443. */
  readonly allowedPorts: readonly number[];
}

export interface AddressPolicyOptions {
  /** Opens loopback, link-local and private ranges, and every port. Off outside of development and intranets. */
  readonly allowPrivateNetworks: boolean;
  /** Ports allowed besides 80 and 443. */
  readonly allowedPorts?: readonly number[];
}

const ALLOWED: { readonly allowed: true } = { allowed: true };
const METADATA_NAMES: ReadonlySet<string> = new Set(['metadata.google.internal', 'metadata.goog']);

/** Builds the policy that every connection of the crawler is held to. */
export function createAddressPolicy(options: AddressPolicyOptions): ConfiguredAddressPolicy {
  const { allowPrivateNetworks, allowedPorts = [] } = options;
  const ports = new Set([80, 443, ...allowedPorts]);
  const check = (address: string): AddressVerdict => checkAddress(address, allowPrivateNetworks);

  const checkPort = (url: URL): UrlVerdict => {
    if (url.port === '') return ALLOWED;
    const port = Number(url.port);
    // Port 0 is no destination: the system would pick one.
    if (port !== 0 && (allowPrivateNetworks || ports.has(port))) return ALLOWED;
    return { allowed: false, reason: 'blocked_port', detail: `port ${port}` };
  };

  const checkHost = (url: URL): UrlVerdict => {
    const host = bareHost(url.hostname);
    if (isIP(host) !== 0) return check(host);
    if (METADATA_NAMES.has(host)) return blocked('cloud_metadata');
    return !allowPrivateNetworks && isLocalName(host) ? blocked('loopback') : ALLOWED;
  };

  const checkUrl = (input: URL | string): UrlVerdict => {
    const url = typeof input === 'string' ? parseUrl(input) : input;
    if (url === null) return { allowed: false, reason: 'invalid_url', detail: 'not an absolute URL' };
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return { allowed: false, reason: 'unsupported_scheme', detail: url.protocol.slice(0, -1) };
    }
    // The address is the graver finding, so it is named first.
    const host = checkHost(url);
    return host.allowed ? checkPort(url) : host;
  };

  return Object.freeze({ allowedPorts, check, checkUrl });
}

/** A URL's host without the brackets of an IPv6 literal and without the dot of an absolute name. */
export function bareHost(hostname: string): string {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

function checkAddress(address: string, allowPrivate: boolean): AddressVerdict {
  const range = addressRange(address);
  if (range === null) return ALLOWED;
  if (range === 'invalid') return blocked('invalid');
  if (!allowPrivate || range.class === 'never') return blocked(range.name);
  if (range.class === 'private') return ALLOWED;
  return checkAddress(embeddedAddress(address, range.offset ?? 0), allowPrivate);
}

function blocked(range: string): AddressVerdict {
  return { allowed: false, reason: 'blocked_address', range };
}

// RFC 6761, section 6.3: localhost and every name under it mean this machine.
function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
