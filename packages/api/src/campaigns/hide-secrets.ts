import type { CampaignConfig } from '@outrider/shared';
import { type Caller, mayDo } from '../access/caller.js';

/** What stands in the place of a value. */
const HIDDEN = '[hidden]';

/**
 * What a caller may see of something with a configuration; pure. A campaign's own request headers may carry
 * credentials: who may not change them sees their names alone.
 */
export function hideSecrets<T extends { readonly config: CampaignConfig }>(caller: Caller, shown: T): T {
  const { fetch } = shown.config;
  const names = Object.keys(fetch.headers);
  if (names.length === 0 || mayDo(caller, 'operator')) return shown;
  const headers = Object.fromEntries(names.map((name) => [name, HIDDEN]));
  return { ...shown, config: { ...shown.config, fetch: { ...fetch, headers } } };
}
