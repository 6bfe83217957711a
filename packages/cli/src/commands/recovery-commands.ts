import type { Command } from 'commander';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { executionId, urlKeyFrom } from '../program/option-values.js';
import { AUDIT_COLUMNS, QUARANTINE_COLUMNS } from './list-columns.js';
import { type ListOptions, showList } from './show-list.js';

/** `outrider quarantine`: URLs that took their workers down; `outrider audit`: who changed what. */
export function addRecoveryCommands(program: Command, context: CommandContext): void {
  const quarantine = program
    .command('quarantine')
    .description('list URLs that took their workers down and were given up; try one again');
  addListOptions(
    quarantine.command('list', { isDefault: true }).argument('<execution>', 'id', executionId),
    'listQuarantine',
  )
    .description('list the quarantined URLs of an execution (what `quarantine <execution>` alone does)')
    .action(async (id: string, options: ListOptions) => {
      const list = {
        route: 'listQuarantine',
        params: { id },
        noun: 'quarantined URL',
        columns: QUARANTINE_COLUMNS,
      } as const;
      await showList(context, await context.connect(), list, options);
    });
  quarantine
    .command('retry')
    .description('try a quarantined URL again: in its execution while that runs, else in one of its own')
    .argument('<execution>', 'id', executionId)
    .argument('<key>', "the URL's key, as `quarantine <execution>` lists it", urlKeyFrom)
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, key: string, { json }: { json: boolean }) => {
      const retried = await (await context.connect()).call('retryQuarantined', { params: { id, key } });
      const where = retried.into === 'same' ? 'It is tried again in' : 'It is tried again by itself in';
      context.terminal.print(json ? JSON.stringify(retried) : `${where} execution ${retried.executionId}.`);
    });
  addListOptions(program.command('audit'), 'listAuditLog')
    .description('list who changed what, from where, newest first')
    .action(async (options: ListOptions) => {
      const list = {
        route: 'listAuditLog',
        params: undefined,
        noun: 'entry',
        plural: 'entries',
        columns: AUDIT_COLUMNS,
      } as const;
      await showList(context, await context.connect(), list, options);
    });
}
