import { type Campaign, campaignCreate } from '@outrider/shared';
import type { Command } from 'commander';
import { findCampaign, findDeletedCampaign } from '../client/find-campaign.js';
import { formatCount, formatTime } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { renderConfig } from '../report/render-config.js';
import { renderPlan } from '../report/render-plan.js';
import { CAMPAIGN_COLUMNS } from './list-columns.js';
import { readDocument } from './read-document.js';
import { type ListOptions, showList } from './show-list.js';

const CREATE_EXAMPLES = `
Example:
  echo '{"name":"Docs","seeds":["https://example.com/"],"scope":{"maxPages":500}}' | outrider campaigns create --file -`;

/** `outrider campaigns`: list, show, create, plan, delete and restore campaigns. */
export function addCampaignCommands(program: Command, context: CommandContext): void {
  const campaigns = program
    .command('campaigns')
    .description('list, show, create, delete and restore campaigns');
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
      printCampaign(context, await client.call('createCampaign', { body }), json);
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
  addDeletion(campaigns, context);
}

function addDeletion(campaigns: Command, context: CommandContext): void {
  campaigns
    .command('delete')
    .description('delete a campaign with all its executions and records; for a day it can be restored')
    .argument('<campaign>', 'id or exact name')
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, { json }: { json: boolean }) => {
      const client = await context.connect();
      const { id, name } = await findCampaign(client, reference);
      await client.call('deleteCampaign', { params: { id } });
      context.terminal.print(
        json
          ? JSON.stringify({ deleted: id })
          : `Deleted campaign "${name}" (${id}). For a day it can be restored: outrider campaigns restore ${id}`,
      );
    });
  campaigns
    .command('restore')
    .description('undo the deletion of a campaign')
    .argument('<campaign>', 'id or exact name of the deleted campaign')
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, { json }: { json: boolean }) => {
      const client = await context.connect();
      const { id } = await findDeletedCampaign(client, reference);
      printCampaign(context, await client.call('restoreCampaign', { params: { id } }), json);
    });
}

function printCampaign({ terminal }: CommandContext, campaign: Campaign, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(campaign));
    return;
  }
  const { metrics, lastExecution } = campaign;
  const last =
    lastExecution === null ? 'none' : `${lastExecution.number}, ${lastExecution.status}, ${lastExecution.id}`;
  terminal.print(
    renderFacts([
      ['ID', campaign.id],
      ['Name', campaign.name],
      ['Status', campaign.status],
      ['Seeds', formatCount(campaign.seedCount)],
      ['Executions', formatCount(metrics.executionsTotal)],
      ['Last', last],
      ['Pages', formatCount(metrics.pagesCrawled)],
      ['Errors', formatCount(metrics.errorsEncountered)],
      ['Created', formatTime(campaign.createdAt)],
      ['Revision', String(campaign.configRevision)],
    ]),
  );
  terminal.print(renderConfig(campaign.config));
}
