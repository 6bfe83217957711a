import { CliError } from '../program/cli-error.js';
import type { ApiClient } from './api-client.js';
import { isId } from './find-campaign.js';

/** The id of a tenant named by id or exact name, which is unique; `me` stays as it is. Throws CliError when there is none. */
export async function findTenant(client: ApiClient, reference: string): Promise<string> {
  if (reference === 'me' || isId(reference)) return reference;
  const { items } = await client.call('listTenants', { query: { name: reference } });
  const [found] = items;
  if (found !== undefined) return found.id;
  throw new CliError(
    'not_found',
    `There is no tenant of the name "${reference}" whose quotas this key may read: see \`quotas tenants\`.`,
  );
}
