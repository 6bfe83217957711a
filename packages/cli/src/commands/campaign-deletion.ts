import type { Command } from 'commander';
import { findCampaign, findCampaignOrDeleted, findDeletedCampaign } from '../client/find-campaign.js';
import { printable } from '../display/printable.js';
import type { CommandContext } from '../program/command-context.js';
import { printCampaign } from '../report/print-campaign.js';

interface DeleteOptions {
  readonly forGood: boolean;
  readonly json: boolean;
}

/** `outrider campaigns delete` and `restore`. */
export function addCampaignDeletion(campaigns: Command, context: CommandContext): void {
  campaigns
    .command('delete')
    .description('delete a campaign with all its executions and records; for a day it can be restored')
    .argument('<campaign>', 'id or exact name')
    .option('--for-good', 'delete it at once and beyond restoring, also when it was deleted before', false)
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, { forGood, json }: DeleteOptions) => {
      const client = await context.connect();
      const { id, name } = forGood
        ? await findCampaignOrDeleted(client, reference)
        : await findCampaign(client, reference);
      await client.call('deleteCampaign', { params: { id }, query: forGood ? { forGood } : {} });
      const undo = forGood
        ? 'It cannot be restored.'
        : `For a day it can be restored: ${context.settings().programName} campaigns restore ${id}`;
      const text = `Deleted campaign "${printable(name)}" (${id}). ${undo}`;
      context.terminal.print(json ? JSON.stringify({ deleted: id, forGood }) : text);
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
