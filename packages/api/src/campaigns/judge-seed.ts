import {
  type ConfiguredAddressPolicy,
  createUrlIdentity,
  createUrlScope,
  ERRORS,
  type ErrorCode,
  hostOf,
  normalizeUrl,
  type ScopeConfig,
  settingThatOpens,
} from '@outrider/shared';

export type SeedVerdict =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** Judges seeds one by one, for the scope of one campaign. */
export type SeedJudge = (raw: string) => SeedVerdict;

/**
 * What a seed must be: a URL that can be crawled, without credentials, no address or port that the
 * platform refuses, and not excluded by the campaign's own patterns. Names are resolved only when the
 * crawler connects, which checks their addresses again.
 */
export function createSeedJudge(scope: ScopeConfig, policy: ConfiguredAddressPolicy): SeedJudge {
  const identify = createUrlIdentity(scope);
  // A seed defines its own site, so only the patterns can exclude it.
  const patterns = createUrlScope({ ...scope, within: 'any' }, [], []);
  return (raw) => {
    const normalized = normalizeUrl(raw, undefined, { credentials: 'refuse' });
    if (!normalized.ok) return refused(normalized.problem);
    const { url } = normalized;
    const address = policy.checkUrl(url);
    if (!address.allowed) {
      const what = 'range' in address ? `${hostOf(url)} is ${address.range}` : address.detail;
      const setting = settingThatOpens(url, address, policy.allowedPorts);
      return refused(address.reason, setting === null ? what : `${what}. ${howToOpen(setting)}`);
    }
    const verdict = patterns.decide(identify(url), 0);
    return verdict.crawl ? { ok: true, url } : refused('seed_out_of_scope', verdict.rule);
  };
}

/** The setting is read when a process starts, so setting it is not enough. */
function howToOpen(setting: string): string {
  return `The platform allows it when it is started anew with the setting ${setting}`;
}

function refused(code: ErrorCode, detail?: string): SeedVerdict {
  const { title } = ERRORS[code];
  return { ok: false, code, message: detail === undefined ? title : `${title}: ${detail}` };
}
