import type { Command } from 'commander';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { INSTANCE_COLUMNS } from './list-columns.js';
import { type ListOptions, showList } from './show-list.js';

/** `outrider workers`: the worker processes. */
export function addFleetCommands(program: Command, context: CommandContext): void {
  addListOptions(program.command('workers'), 'listInstances')
    .description('list worker processes')
    .action(async (options: ListOptions) => {
      const list = {
        route: 'listInstances',
        params: undefined,
        noun: 'worker',
        columns: INSTANCE_COLUMNS,
      } as const;
      await showList(context, await context.connect(), list, options);
    });
}
