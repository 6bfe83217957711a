import {
  createAddressPolicy,
  ERRORS,
  normalizeUrl,
  type Settings,
  settingThatOpens,
  type UrlVerdict,
} from '@outrider/shared';
import { shortened } from '../display/printable.js';
import { usageError } from '../program/cli-error.js';
import type { CliSettings } from '../settings.js';

export interface StartUrl {
  readonly url: string;
  /** True when the person left the scheme away. */
  readonly schemeAssumed: boolean;
}

const WITH_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `mailto:x`, `javascript:alert(1)`; `localhost:8080` and `example.com:8080/x` are hosts with a port. */
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:(?!\d+(?:[/?#]|$))/i;

/** Reads the address a crawl starts from; without a scheme, https is meant. Throws a usage error. */
export function readStartUrl(raw: string): StartUrl {
  const text = raw.trim();
  const schemeAssumed = !WITH_SCHEME.test(text) && !OTHER_SCHEME.test(text);
  const normalized = normalizeUrl(schemeAssumed ? `https://${text}` : text, undefined, {
    credentials: 'refuse',
  });
  if (normalized.ok) return { url: normalized.url, schemeAssumed };
  throw usageError(
    `"${shortened(text, 200)}" cannot be crawled. ${ERRORS[normalized.problem].title}: https://example.com/ is one.`,
  );
}

/**
 * Refuses a URL that the platform would refuse anyway, as far as the URL itself shows it, before anything
 * is started. Throws a usage error that says how to allow it.
 */
export function refuseBlockedUrl(url: string, settings: Settings, programName: string): void {
  const verdict = judge(url, settings, settings.OUTRIDER_ALLOW_PRIVATE_NETWORKS);
  if (verdict.allowed) return;
  const couldBeAllowed = judge(url, settings, true).allowed;
  throw usageError(
    couldBeAllowed
      ? howToAllow(url, verdict, { settings, programName })
      : `${url} can never be crawled (${rangeOf(verdict)}).`,
  );
}

type Refusal = Exclude<UrlVerdict, { readonly allowed: true }>;

function judge(url: string, settings: Settings, allowPrivateNetworks: boolean): UrlVerdict {
  return createAddressPolicy({
    allowPrivateNetworks,
    allowedPorts: settings.OUTRIDER_ALLOWED_PORTS,
  }).checkUrl(url);
}

function rangeOf(refusal: Refusal): string {
  return refusal.reason === 'blocked_address' ? refusal.range : refusal.detail;
}

function howToAllow(
  url: string,
  refusal: Refusal,
  { settings, programName }: Pick<CliSettings, 'settings' | 'programName'>,
): string {
  if (refusal.reason === 'blocked_port') return portAdvice(url, refusal, settings.OUTRIDER_ALLOWED_PORTS);
  return `${url} lies in a private or reserved network (${rangeOf(refusal)}), and those are refused unless you allow them. ${addressAdvice(url, programName)}`;
}

/** How to allow private networks, as a command to copy. */
function addressAdvice(url: string, programName: string): string {
  const command = programName === 'outrider' ? 'outrider crawl' : 'npm run crawl --';
  return `If the site is yours:\n  OUTRIDER_ALLOW_PRIVATE_NETWORKS=1 ${command} ${url}`;
}

/** How to allow the port of a URL besides those that are allowed. */
function portAdvice(url: string, refusal: Refusal, allowedPorts: readonly number[]): string {
  const ports = new Intl.ListFormat('en').format([80, 443, ...allowedPorts].map(String));
  const setting = settingThatOpens(url, refusal, allowedPorts);
  const advice = setting === null ? '' : ` To allow it, set ${setting}.`;
  return `${url} names port ${new URL(url).port}, and only ports ${ports} may be crawled.${advice}`;
}

/** How the API says which ports to allow: with those that its platform allows already, which nobody else knows. */
const PORTS_SETTING = /\bOUTRIDER_ALLOWED_PORTS=\d+(?:,\d+)*/;

/**
 * How to make a platform that runs already take a URL that it refused: its processes read the setting when they start, so
 * setting it for this command alone changes nothing. `said` is what the platform said against the URL. Null where no
 * setting helps.
 */
export function restartAdvice(
  url: string,
  { settings, programName }: CliSettings,
  { apiUrl, said }: { readonly apiUrl: string; readonly said: string },
): string | null {
  const verdict = createAddressPolicy({ allowPrivateNetworks: false }).checkUrl(url);
  const known = verdict.allowed ? null : settingThatOpens(url, verdict, settings.OUTRIDER_ALLOWED_PORTS);
  if (known === null) return null;
  const setting = PORTS_SETTING.exec(said)?.[0] ?? known;
  const isSetHere = judge(url, settings, settings.OUTRIDER_ALLOW_PRIVATE_NETWORKS).allowed;
  const reason = isSetHere
    ? 'The setting that allows it is made here, but'
    : 'If the site is yours, a setting allows it;';
  const start = programName === 'outrider' ? 'outrider up' : 'npm start';
  return [
    `${reason} the platform at ${apiUrl} runs already, and reads its settings only when it starts. End it (Ctrl-C where it was started), and start it with:`,
    `  ${setting} ${start}`,
    'Then repeat this command.',
  ].join('\n');
}
