import type { ApiKey } from '@outrider/shared';
import { formatTime } from '../display/quantities.js';
import { CliError } from '../program/cli-error.js';
import type { ApiClient } from './api-client.js';
import { walkList } from './list-walker.js';

/**
 * The API key of an id, an exact name, or the beginning of the key as lists show it; also of the whole key, which who finds
 * it somewhere has in hand. Only an id may be that of a revoked one. Throws CliError when there is none, or several; what
 * it says does not repeat the reference, which may be secret.
 */
export async function findApiKey(client: ApiClient, reference: string): Promise<ApiKey> {
  const { items } = await walkList({ limit: null }, (query) => client.call('listApiKeys', { query }));
  const byId = items.find(({ id }) => id === reference.toLowerCase());
  if (byId !== undefined) return byId;
  const usable = items.filter(({ revokedAt }) => revokedAt === null);
  const named = usable.filter(({ name }) => name === reference);
  const found = named.length > 0 ? named : usable.filter((key) => isShownAs(key, reference));
  const [only] = found;
  if (only === undefined) {
    throw new CliError('not_found', 'There is no usable key of this id, name or beginning: see `keys`.');
  }
  if (found.length === 1) return only;
  const choices = found.map(
    (key) => `  ${key.id}  ${shownKey(key)}  ${key.scope}, made ${formatTime(key.createdAt)}`,
  );
  throw new CliError('usage', `${found.length} keys fit. Use an id:\n${choices.join('\n')}`);
}

/** A key as lists show it: of the secret only its end. */
export function shownKey({ prefix, lastFour }: Pick<ApiKey, 'prefix' | 'lastFour'>): string {
  return `${prefix}…${lastFour}`;
}

/** All keys begin alike, so a beginning counts from the part on that is the key's own. */
function isShownAs(key: ApiKey, reference: string): boolean {
  const common = key.prefix.slice(0, key.prefix.lastIndexOf('_') + 1);
  const isBeginning = reference.length > common.length && shownKey(key).startsWith(reference);
  return isBeginning || reference.startsWith(`${key.prefix}_`);
}
