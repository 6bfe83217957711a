import type { ConfigChange } from '@outrider/shared';
import type { Command } from 'commander';
import { findCampaign } from '../client/find-campaign.js';
import { printable } from '../display/printable.js';
import { formatTime } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { wholeNumber } from '../program/option-values.js';
import { renderConfig } from '../report/render-config.js';
import { REVISION_COLUMNS } from './list-columns.js';
import { type ListOptions, showList } from './show-list.js';

interface ShowOptions {
  readonly compare?: number;
  readonly json: boolean;
}

/** `outrider revisions`: the configurations a campaign has had, and what differs between two. */
export function addRevisionCommands(program: Command, context: CommandContext): void {
  const revisions = program
    .command('revisions')
    .description('list the configurations that a campaign has had; show one and compare two');
  addListOptions(
    revisions.command('list', { isDefault: true }).argument('<campaign>', 'id or exact name'),
    'listRevisions',
  )
    .description('list the revisions of a campaign, newest first (what `revisions <campaign>` alone does)')
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const params = { id: (await findCampaign(client, reference)).id };
      const list = { route: 'listRevisions', params, noun: 'revision', columns: REVISION_COLUMNS } as const;
      await showList(context, client, list, options);
    });
  revisions
    .command('show')
    .description('show a revision, or what it changed of another')
    .argument('<campaign>', 'id or exact name')
    .argument('<revision>', 'its number', wholeNumber(1))
    .option('--compare <revision>', 'show only what differs from this one', wholeNumber(1))
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, revision: number, { compare, json }: ShowOptions) => {
      const client = await context.connect();
      const { id } = await findCampaign(client, reference);
      const params = { id, revision: String(revision) };
      const query = compare === undefined ? {} : { compare: String(compare) };
      const found = await client.call('getRevision', { params, query });
      if (json) {
        context.terminal.print(JSON.stringify(found));
        return;
      }
      const facts = renderFacts([
        ['Revision', String(found.revision)],
        ['Made', formatTime(found.createdAt)],
        ['By', found.createdByName],
      ]);
      context.terminal.print(facts);
      context.terminal.print(
        found.changes === null ? renderConfig(found.config) : changeLines(found.changes),
      );
    });
}

function changeLines(changes: readonly ConfigChange[]): string {
  if (changes.length === 0) return 'No difference.';
  const lines = changes.map(
    ({ path, before, after }) => `${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
  );
  return lines.map(printable).join('\n');
}
