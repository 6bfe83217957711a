import type { Campaign, DeletedCampaign } from '@outrider/shared';
import { CliError } from '../program/cli-error.js';
import type { ApiClient } from './api-client.js';
import { ApiProblem } from './api-problem.js';
import { walkList } from './list-walker.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the text has the form of an id. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** The campaigns of exactly this name, newest first. */
export async function listCampaignsNamed(client: ApiClient, name: string): Promise<Campaign[]> {
  const { items } = await walkList({ limit: null }, (page) =>
    client.call('listCampaigns', { query: { ...page, nameContains: name } }),
  );
  return items.filter((campaign) => campaign.name === name);
}

/** The campaign of an id or an exact name. Throws CliError when there is none, or several of that name. */
export async function findCampaign(client: ApiClient, reference: string): Promise<Campaign> {
  if (isId(reference)) {
    const found = await readCampaign(client, reference);
    if (found !== null) return found;
  }
  return theOnly(await listCampaignsNamed(client, reference), reference, 'campaign');
}

/** The same among the deleted campaigns that can be restored. */
export async function findDeletedCampaign(client: ApiClient, reference: string): Promise<DeletedCampaign> {
  const { items } = await walkList({ limit: null }, (query) =>
    client.call('listDeletedCampaigns', { query }),
  );
  const byId = items.find(({ id }) => id === reference.toLowerCase());
  if (byId !== undefined) return byId;
  return theOnly(
    items.filter(({ name }) => name === reference),
    reference,
    'deleted campaign',
  );
}

function theOnly<One extends { readonly id: string }>(
  named: readonly One[],
  reference: string,
  noun: string,
): One {
  const [only] = named;
  if (only === undefined) {
    throw new CliError('not_found', `There is no ${noun} with the id or name "${reference}".`);
  }
  if (named.length === 1) return only;
  const ids = named.map(({ id }) => `  ${id}`).join('\n');
  throw new CliError('usage', `${named.length} ${noun}s are named "${reference}". Use an id:\n${ids}`);
}

async function readCampaign(client: ApiClient, id: string): Promise<Campaign | null> {
  try {
    return await client.call('getCampaign', { params: { id } });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}
