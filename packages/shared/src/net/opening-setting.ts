import { createAddressPolicy, type UrlVerdict } from './address-policy.js';

/**
 * The setting, as it is written in an environment, with which the platform would crawl a URL that its policy refuses;
 * null where none helps. Ports that are set already are to stay in the list.
 */
export function settingThatOpens(
  url: string,
  refusal: Exclude<UrlVerdict, { readonly allowed: true }>,
): string | null {
  if (refusal.reason === 'blocked_port') {
    const { port } = new URL(url);
    return port === '0' ? null : `OUTRIDER_ALLOWED_PORTS=${port}`;
  }
  const isOpened = createAddressPolicy({ allowPrivateNetworks: true }).checkUrl(url).allowed;
  return isOpened ? 'OUTRIDER_ALLOW_PRIVATE_NETWORKS=1' : null;
}
