import type { Command } from 'commander';
import { formatTime } from '../display/quantities.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { HOST_COLUMNS } from './list-columns.js';
import { type ListOptions, showList } from './show-list.js';

interface FreezeOptions {
  readonly reason: string;
  readonly until?: string;
  readonly json: boolean;
}

/** `outrider hosts`: who is on which host at what pace, and the freezing of hosts. */
export function addHostCommands(program: Command, context: CommandContext): void {
  const hosts = program.command('hosts').description('list hosts with their pace; freeze and release them');
  addListOptions(hosts.command('list', { isDefault: true }), 'listHosts')
    .description('list the hosts that campaigns are on or have frozen (what `hosts` alone does)')
    .action(async (options: ListOptions) => {
      const list = { route: 'listHosts', params: undefined, noun: 'host', columns: HOST_COLUMNS } as const;
      await showList(context, await context.connect(), list, options);
    });
  hosts
    .command('freeze')
    .description('keep all campaigns away from a host')
    .argument('<host>', 'with its port where that is not the default')
    .requiredOption('--reason <text>', 'why, for those who wonder')
    .option('--until <time>', 'when it ends by itself (ISO 8601)')
    .option('--json', 'print one JSON document', false)
    .action(async (host: string, { reason, until, json }: FreezeOptions) => {
      const body = { reason, ...(until === undefined ? {} : { until }) };
      const frozen = await (await context.connect()).call('freezeHost', { params: { host }, body });
      const end = frozen.until === null ? 'it is released' : formatTime(frozen.until);
      context.terminal.print(json ? JSON.stringify(frozen) : `Froze ${frozen.host} until ${end}.`);
    });
  hosts
    .command('release')
    .description('let campaigns crawl a frozen host again')
    .argument('<host>', 'with its port where that is not the default')
    .option('--json', 'print one JSON document', false)
    .action(async (host: string, { json }: { json: boolean }) => {
      await (await context.connect()).call('releaseHost', { params: { host } });
      context.terminal.print(json ? JSON.stringify({ released: host }) : `Released ${host}.`);
    });
}
