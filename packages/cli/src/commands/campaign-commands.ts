import { type Campaign, campaignCreate } from '@outrider/shared';
import type { Command } from 'commander';
import type { ApiClient, ApiRequest } from '../client/api-client.js';
import { ApiProblem } from '../client/api-problem.js';
import { findCampaign } from '../client/find-campaign.js';
import type { CommandContext } from '../program/command-context.js';
import { withAdvice } from '../program/describe-failure.js';
import { addListOptions } from '../program/list-options.js';
import { printCampaign } from '../report/print-campaign.js';
import { renderPlan } from '../report/render-plan.js';
import { addCampaignChange } from './campaign-change.js';
import { addCampaignDeletion } from './campaign-deletion.js';
import { CAMPAIGN_COLUMNS } from './list-columns.js';
import { readDocument } from './read-document.js';
import { type ListOptions, showList } from './show-list.js';

const CREATE_EXAMPLES = `
Example:
  echo '{"name":"Docs","seeds":["https://example.com/"],"scope":{"maxPages":500}}' | outrider campaigns create --file -`;

/** `outrider campaigns`: list, show, create, change, plan, delete and restore campaigns. */
export function addCampaignCommands(program: Command, context: CommandContext): void {
  const campaigns = program
    .command('campaigns')
    .description('list, show, create, change, plan, delete and restore campaigns');
  addListOptions(campaigns.command('list', { isDefault: true }), 'listCampaigns')
    .description('list campaigns, newest first (what `campaigns` alone does)')
    .action(async (options: ListOptions) => {
      const client = await context.connect();
      const list = {
        route: 'listCampaigns',
        params: undefined,
        noun: 'campaign',
        columns: CAMPAIGN_COLUMNS,
      } as const;
      await showList(context, client, list, options);
    });
  campaigns
    .command('show')
    .description('show a campaign with its configuration')
    .argument('<campaign>', 'id or exact name')
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, { json }: { json: boolean }) => {
      const campaign = await findCampaign(await context.connect(), reference);
      printCampaign(context, campaign, json);
    });
  campaigns
    .command('create')
    .description('create a campaign from a JSON document')
    .requiredOption('--file <path>', 'the document, as POST /campaigns takes it; - for standard input')
    .option('--json', 'print one JSON document', false)
    .addHelpText('after', CREATE_EXAMPLES)
    .action(async ({ file, json }: { file: string; json: boolean }) => {
      const body = await readDocument(file, campaignCreate, 'a campaign');
      const client = await context.connect();
      printCampaign(context, await create(client, body, context.settings().programName), json);
    });
  campaigns
    .command('plan')
    .description('say which URLs a campaign would crawl, which not by which rule, and how long it would take')
    .argument('<campaign>', 'id or exact name')
    .argument('<urls...>', 'at most 1,000')
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, urls: string[], { json }: { json: boolean }) => {
      const client = await context.connect();
      const { id } = await findCampaign(client, reference);
      const plan = await client.call('planCampaign', { params: { id }, body: { urls } });
      context.terminal.print(json ? JSON.stringify(plan) : renderPlan(plan));
    });
  addCampaignChange(campaigns, context);
  addCampaignDeletion(campaigns, context);
}

async function create(
  client: ApiClient,
  body: ApiRequest<'createCampaign'>['body'],
  programName: string,
): Promise<Campaign> {
  try {
    return await client.call('createCampaign', { body });
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 'payload_too_large')) throw error;
    const command = `${programName} seeds add <campaign> --file <path>`;
    throw withAdvice(
      error,
      `Leave some seeds out of the document. Afterwards this adds any number of them, one a line:\n  ${command}`,
    );
  }
}
