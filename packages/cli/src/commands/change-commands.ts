import type { PageChange } from '@outrider/shared';
import type { Command } from 'commander';
import { findExecution } from '../client/find-execution.js';
import type { Column } from '../display/render-table.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { describeChange } from '../report/describe-change.js';
import { type ListOptions, showList } from './show-list.js';

const COLUMNS: readonly Column<PageChange>[] = [
  { head: 'KIND', cell: (row) => row.kind },
  { head: 'WHAT', cell: (row) => row.fields.join(', ') },
  { head: 'URL', cell: (row) => row.url },
  { head: 'BEFORE AND AFTER', cell: describeChange },
];

const EXAMPLES = `
Examples:
  outrider changes Docs                        the last execution of a campaign and the one before it
  outrider changes <execution> --kind changed --field title
  outrider changes <execution> --since <earlier execution> --all --json`;

/** `outrider changes`: what became of pages since an earlier execution. */
export function addChangeCommands(program: Command, context: CommandContext): void {
  const command = program
    .command('changes')
    .argument('<execution-or-campaign>', 'id of either, or exact name of a campaign: its last execution');
  addListOptions(command, 'listPageChanges')
    .description('list the pages that are new, gone or changed since the execution before, or another')
    .addHelpText('after', EXAMPLES)
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const { id, number, hasEnded } = await findExecution(client, reference);
      if (!hasEnded) {
        context.terminal.note(`Execution ${number} goes on: pages that it has yet to fetch count as gone.`);
      }
      const list = { route: 'listPageChanges', params: { id }, noun: 'page', columns: COLUMNS } as const;
      await showList(context, client, list, options);
    });
}
