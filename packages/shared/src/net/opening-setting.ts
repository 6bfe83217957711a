import { createAddressPolicy, type UrlVerdict } from './address-policy.js';

/**
 * The setting, as it is written in an environment, with which the platform would crawl a URL that its policy refuses;
 * null where none helps. `allowedPorts` are those that are set already, as far as that is known.
 */
export function settingThatOpens(
  url: string,
  refusal: Exclude<UrlVerdict, { readonly allowed: true }>,
  allowedPorts: readonly number[] = [],
): string | null {
  if (refusal.reason === 'blocked_port') {
    const port = Number(new URL(url).port);
    const ports = new Set([...allowedPorts, port]);
    return port === 0 ? null : `OUTRIDER_ALLOWED_PORTS=${[...ports].join(',')}`;
  }
  const isOpened = createAddressPolicy({ allowPrivateNetworks: true }).checkUrl(url).allowed;
  return isOpened ? 'OUTRIDER_ALLOW_PRIVATE_NETWORKS=1' : null;
}
