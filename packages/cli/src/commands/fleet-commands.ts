import type { Command } from 'commander';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { INSTANCE_COLUMNS, QUEUE_COLUMNS } from './list-columns.js';
import { type ListOptions, showList } from './show-list.js';

/** `outrider workers`: the worker processes; `outrider queue`: what waits for them. */
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
  addListOptions(program.command('queue'), 'listQueue')
    .description('list executions that wait for a worker, with their position and the reason')
    .action(async (options: ListOptions) => {
      const list = {
        route: 'listQueue',
        params: undefined,
        noun: 'waiting execution',
        columns: QUEUE_COLUMNS,
      } as const;
      await showList(context, await context.connect(), list, options);
    });
}
