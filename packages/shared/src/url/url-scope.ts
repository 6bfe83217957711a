import { RE2JS } from 're2js';
import { getDomain } from 'tldts';
import type { ScopeConfig } from '../campaign/campaign-config.js';
import type { SkipReason } from '../execution/skip-reasons.js';

/** What ends the rule of a link outside the scope that was nofollow too: a wider scope does not let it in. */
export const AND_NOFOLLOW = ', and nofollow: ';

export type ScopeVerdict =
  | { readonly crawl: true }
  | { readonly crawl: false; readonly reason: SkipReason; readonly rule: string };

export interface UrlScope {
  /** Whether the URL lies within the campaign's sites, whatever its patterns say. */
  isInternal(url: string): boolean;
  /** The decision on a normalised URL found at `depth` clicks from a seed. */
  decide(url: string, depth: number): ScopeVerdict;
  /** The same on a URL whose site joins the scope by it. */
  decideJoining(url: string, depth: number): ScopeVerdict;
  /** The first pattern of `scope.deny` and of `scope.allow` that matches; null for none. */
  matches(url: string): { readonly deny: string | null; readonly allow: string | null };
}

/**
 * The scope of an execution, compiled. `hosts` are those of the seeds and those seeds redirect to;
 * `seedUrls` give the folders for `within: prefix`. Patterns run on a linear-time engine (RE2), so no
 * pattern can stall a crawl.
 */
export function createUrlScope(
  scope: ScopeConfig,
  hosts: readonly string[],
  seedUrls: readonly string[],
): UrlScope {
  const sites = scope.includeVariants
    ? { hosts: hosts.flatMap(hostVariants), seedUrls: seedUrls.flatMap(urlVariants) }
    : { hosts, seedUrls };
  const within = createWithin(scope.within, sites.hosts, sites.seedUrls);
  const allow = scope.allow.map((source) => ({ source, pattern: RE2JS.compile(source) }));
  const deny = scope.deny.map((source) => ({ source, pattern: RE2JS.compile(source) }));
  const decideJoining = (url: string, depth: number): ScopeVerdict => {
    const denied = deny.find(({ pattern }) => pattern.matcher(url).find());
    if (denied) return { crawl: false, reason: 'excluded_pattern', rule: `deny: ${denied.source}` };
    if (allow.length > 0 && !allow.some(({ pattern }) => pattern.matcher(url).find())) {
      return { crawl: false, reason: 'excluded_pattern', rule: 'allow: no pattern matches' };
    }
    if (depth > scope.maxDepth) {
      return { crawl: false, reason: 'depth_limit', rule: `maxDepth: ${scope.maxDepth}` };
    }
    return { crawl: true };
  };
  return {
    isInternal: within,
    decide: (url, depth) =>
      within(url)
        ? decideJoining(url, depth)
        : { crawl: false, reason: 'out_of_scope', rule: `within: ${scope.within}` },
    decideJoining,
    matches: (url) => ({
      deny: deny.find(({ pattern }) => pattern.matcher(url).find())?.source ?? null,
      allow: allow.find(({ pattern }) => pattern.matcher(url).find())?.source ?? null,
    }),
  };
}

/** The host part of a normalised URL, with its port where that is not the default. */
export function hostOf(url: string): string {
  const start = url.indexOf('//') + 2;
  for (let i = start; i < url.length; i++) {
    const code = url.charCodeAt(i);
    if (code === 47 || code === 63) return url.slice(start, i);
  }
  return url.slice(start);
}

/**
 * The registrable domain of a host by the public suffix list, its private part included: two sites of
 * github.io are two domains. The host itself, port and all, for an address or a bare name.
 */
export function registrableDomain(host: string): string {
  const name = host.startsWith('[') ? host : host.replace(/:\d+$/, '');
  return getDomain(name, { allowPrivateDomains: true }) ?? host;
}

/** An address, or a name without a dot. */
const NO_WWW = /^(?:\[|[\d.]+(?::\d+)?$|[^.]*$)/;

/** A host and the same with `www` in front, or without; an address or a bare name stands alone. */
function hostVariants(host: string): string[] {
  if (host.startsWith('www.')) return [host, host.slice(4)];
  return NO_WWW.test(host) ? [host] : [host, `www.${host}`];
}

/** A URL under all names of its site; the other scheme where the port is the default. */
function urlVariants(url: string): string[] {
  const host = hostOf(url);
  const rest = url.slice(url.indexOf('//') + 2 + host.length);
  const own = url.slice(0, url.indexOf('//'));
  const schemes = /:\d+$/.test(host) ? [own] : ['http:', 'https:'];
  return hostVariants(host).flatMap((name) => schemes.map((scheme) => `${scheme}//${name}${rest}`));
}

function createWithin(
  within: ScopeConfig['within'],
  hosts: readonly string[],
  seedUrls: readonly string[],
): (url: string) => boolean {
  switch (within) {
    case 'any':
      return () => true;
    case 'host': {
      const allowed = new Set(hosts);
      return (url) => allowed.has(hostOf(url));
    }
    case 'domain': {
      const domains = new Set(hosts.map(registrableDomain));
      return (url) => domains.has(registrableDomain(hostOf(url)));
    }
    case 'prefix': {
      const folders = seedUrls.map((seed) => folderOf(seed));
      return (url) => folders.some((folder) => url.startsWith(folder));
    }
  }
}

function folderOf(seed: string): string {
  const query = seed.indexOf('?');
  const path = query === -1 ? seed : seed.slice(0, query);
  return path.slice(0, path.lastIndexOf('/') + 1);
}
