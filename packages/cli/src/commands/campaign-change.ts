import { type Campaign, type CampaignPatch, campaignChange, ERRORS } from '@outrider/shared';
import type { Command } from 'commander';
import type { ApiClient } from '../client/api-client.js';
import { ApiProblem } from '../client/api-problem.js';
import { findCampaign } from '../client/find-campaign.js';
import { CliError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import { withAdvice } from '../program/describe-failure.js';
import { wholeNumber } from '../program/option-values.js';
import { printCampaign } from '../report/print-campaign.js';
import { addSeeds } from '../seeds/add-seeds.js';
import { printSeedsResult } from '../seeds/print-seeds-result.js';
import { readDocument } from './read-document.js';

interface ChangeOptions {
  readonly file: string;
  readonly revision?: number;
  readonly json: boolean;
}

const EXAMPLES = `
Only what the document names changes. It may be the one that the campaign was created from: seeds in it that the
campaign lacks are added, and none is taken out (\`seeds remove\` does that).

Examples:
  echo '{"scope":{"maxPages":500}}' | outrider campaigns change Docs --file -
  outrider campaigns change Docs --file docs.json --revision 3`;

/** `outrider campaigns change`. */
export function addCampaignChange(campaigns: Command, context: CommandContext): void {
  campaigns
    .command('change')
    .description('change a campaign by a JSON document with the fields to change')
    .argument('<campaign>', 'id or exact name')
    .requiredOption('--file <path>', 'the document, as `campaigns create` takes it; - for standard input')
    .option(
      '--revision <n>',
      'only if it is still at this revision: that which the change was made for',
      wholeNumber(1),
    )
    .option('--json', 'print one JSON document', false)
    .addHelpText('after', EXAMPLES)
    .action(async (reference: string, { file, revision, json }: ChangeOptions) => {
      const { seeds, ...patch } = await readDocument(file, campaignChange, 'a change of a campaign');
      const client = await context.connect();
      const before = await findCampaign(client, reference);
      const { programName } = context.settings();
      const after = await change(client, {
        before,
        patch,
        revision: revision ?? before.configRevision,
        programName,
      });
      if (seeds === undefined) {
        printCampaign(context, after, json);
        return;
      }
      const added = await addSeeds(client, before.id, seeds);
      printCampaign(context, await client.call('getCampaign', { params: { id: before.id } }), json);
      printSeedsResult(context, added);
    });
}

interface Change {
  readonly before: Campaign;
  readonly patch: CampaignPatch;
  readonly revision: number;
  readonly programName: string;
}

async function change(
  client: ApiClient,
  { before, patch, revision, programName }: Change,
): Promise<Campaign> {
  const { id, configRevision } = before;
  const isUnchanged = Object.keys(patch).length === 0;
  // Seeds make no revision, so the API would add them at any.
  if (isUnchanged && revision !== configRevision) {
    const advice = revisionAdvice(before, revision, programName);
    throw new CliError('failed', `${ERRORS.revision_conflict.title}.\n${advice}`);
  }
  if (isUnchanged) return before;
  try {
    return await client.call('updateCampaign', { params: { id }, body: patch, ifRevision: revision });
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 'revision_conflict')) throw error;
    const now = await client.call('getCampaign', { params: { id } });
    throw withAdvice(error, revisionAdvice(now, revision, programName));
  }
}

/** What to do when the campaign is at another revision than the one that the change was made for. */
function revisionAdvice(
  { id, configRevision: now }: Campaign,
  revision: number,
  programName: string,
): string {
  return [
    'To see what changed since, and then to change it as it is now:',
    `  ${programName} revisions show ${id} ${now} --compare ${revision}`,
    `  ${programName} campaigns change ${id} --file <path> --revision ${now}`,
  ].join('\n');
}
