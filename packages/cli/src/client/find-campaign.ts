import type { Campaign, DeletedCampaign } from '@outrider/shared';
import { formatTime } from '../display/quantities.js';
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
  const named = await listCampaignsNamed(client, reference);
  return theOnly(named, { reference, noun: 'campaign', when: whenMade });
}

/** The same among the deleted campaigns that can be restored. */
export async function findDeletedCampaign(client: ApiClient, reference: string): Promise<DeletedCampaign> {
  const { byId, named } = await readDeleted(client, reference);
  return byId ?? theOnly(named, { reference, noun: 'deleted campaign', when: whenDeleted });
}

/**
 * The same among the campaigns that are there and the deleted ones: a name that some of both bear may mean either, and is
 * refused like any other that several bear.
 */
export async function findCampaignOrDeleted(
  client: ApiClient,
  reference: string,
): Promise<Campaign | DeletedCampaign> {
  const present = isId(reference) ? await readCampaign(client, reference) : null;
  if (present !== null) return present;
  const { byId, named } = await readDeleted(client, reference);
  if (byId !== undefined) return byId;
  const either = [...(await listCampaignsNamed(client, reference)), ...named];
  return theOnly(either, {
    reference,
    noun: 'campaign',
    when: (one) => ('deletedAt' in one ? whenDeleted(one) : whenMade(one)),
  });
}

/** The deleted campaign of this id, and those of exactly this name, newest first. */
async function readDeleted(
  client: ApiClient,
  reference: string,
): Promise<{ readonly byId: DeletedCampaign | undefined; readonly named: DeletedCampaign[] }> {
  const { items } = await walkList({ limit: null }, (query) =>
    client.call('listDeletedCampaigns', { query }),
  );
  return {
    byId: items.find(({ id }) => id === reference.toLowerCase()),
    named: items.filter(({ name }) => name === reference),
  };
}

function whenMade({ createdAt }: Campaign): string {
  return `made ${formatTime(createdAt)}`;
}

function whenDeleted({ deletedAt }: DeletedCampaign): string {
  return `deleted ${formatTime(deletedAt)}`;
}

interface Sought<One> {
  readonly reference: string;
  readonly noun: string;
  /** What tells it from others of its name. */
  readonly when: (one: One) => string;
}

function theOnly<One extends { readonly id: string }>(
  named: readonly One[],
  { reference, noun, when }: Sought<One>,
): One {
  const [only] = named;
  if (only === undefined) {
    throw new CliError('not_found', `There is no ${noun} with the id or name "${reference}".`);
  }
  if (named.length === 1) return only;
  const choices = named.map((one) => `  ${one.id}  ${when(one)}`).join('\n');
  throw new CliError('usage', `${named.length} ${noun}s are named "${reference}". Use an id:\n${choices}`);
}

async function readCampaign(client: ApiClient, id: string): Promise<Campaign | null> {
  try {
    return await client.call('getCampaign', { params: { id } });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}
