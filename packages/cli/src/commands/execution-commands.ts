import type { Execution } from '@outrider/shared';
import type { Command } from 'commander';
import { findCampaign } from '../client/find-campaign.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { executionId } from '../program/option-values.js';
import { readCauses } from '../report/read-causes.js';
import { renderReport } from '../report/render-report.js';
import { EXECUTION_COLUMNS } from './list-columns.js';
import { type ListOptions, showList } from './show-list.js';

interface ReasonOptions {
  readonly reason?: string;
  readonly json: boolean;
}

/** `outrider start`, `repeat`, `executions` and `execution`. */
export function addExecutionCommands(program: Command, context: CommandContext): void {
  program
    .command('start')
    .description('start an execution of a campaign')
    .argument('<campaign>', 'id or exact name')
    .option('--reason <text>', 'why, for the history')
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, options: ReasonOptions) => {
      const client = await context.connect();
      const { id } = await findCampaign(client, reference);
      const { execution } = await client.call('startCampaign', { params: { id }, body: reasonOf(options) });
      printAccepted(context, execution, options.json);
    });
  program
    .command('repeat')
    .description('start an execution with the configuration and the seeds of an earlier one')
    .argument('<execution>', 'id', executionId)
    .option('--reason <text>', 'why, for the history')
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, options: ReasonOptions) => {
      const client = await context.connect();
      const request = { params: { id }, body: reasonOf(options) };
      const { execution } = await client.call('repeatExecution', request);
      printAccepted(context, execution, options.json);
    });
  addListOptions(program.command('executions').argument('<campaign>', 'id or exact name'), 'listExecutions')
    .description('list the executions of a campaign, newest first')
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const params = { id: (await findCampaign(client, reference)).id };
      const list = {
        route: 'listExecutions',
        params,
        noun: 'execution',
        columns: EXECUTION_COLUMNS,
      } as const;
      await showList(context, client, list, options);
    });
  program
    .command('execution')
    .description('show the report of an execution')
    .argument('<execution>', 'id', executionId)
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { json }: { json: boolean }) => {
      const client = await context.connect();
      const execution = await client.call('getExecution', { params: { id } });
      if (json) {
        context.terminal.print(JSON.stringify(execution));
        return;
      }
      const { name } = await client.call('getCampaign', { params: { id: execution.campaignId } });
      const subject = { execution, campaignName: name, causes: await readCauses(client, execution) };
      context.terminal.print(renderReport(subject, context.terminal.colors));
    });
}

function reasonOf({ reason }: ReasonOptions): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

function printAccepted({ terminal }: CommandContext, execution: Execution, json: boolean): void {
  if (json) terminal.print(JSON.stringify(execution));
  else terminal.print(`Execution ${execution.number} (${execution.id}) is ${execution.status}.`);
}
