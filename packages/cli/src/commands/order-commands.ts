import { setTimeout as sleep } from 'node:timers/promises';
import { GRACE_SECONDS, OPERATION_KINDS, type Operation, type OperationKind } from '@outrider/shared';
import type { Command } from 'commander';
import type { ApiClient } from '../client/api-client.js';
import { ApiProblem } from '../client/api-problem.js';
import { findCampaign, isId } from '../client/find-campaign.js';
import { findExecution } from '../client/find-execution.js';
import { shellWord } from '../display/shell-word.js';
import type { CommandContext } from '../program/command-context.js';
import { withAdvice } from '../program/describe-failure.js';
import { wholeNumber } from '../program/option-values.js';

interface OrderOptions {
  readonly reason?: string;
  readonly grace?: number;
  readonly wait: boolean;
  readonly json: boolean;
}

const LOOK_MS = 250;

/** `outrider pause`, `resume`, `stop` and `cancel`. */
export function addOrderCommands(program: Command, context: CommandContext): void {
  for (const kind of ['pause', 'resume', 'stop', 'cancel'] as const) addOrderCommand(program, context, kind);
}

function addOrderCommand(program: Command, context: CommandContext, kind: OperationKind): void {
  const command = program
    .command(kind)
    .description(`${kind} an execution: ${OPERATION_KINDS[kind]}`)
    .argument('<campaign-or-execution>', 'id of either, or exact name of a campaign')
    .option('--reason <text>', 'why, for the history')
    .option('--wait', 'return when it is done', false)
    .option('--json', 'print one JSON document', false);
  if (kind === 'pause' || kind === 'stop') {
    const seconds = `how long fetches in flight may take to finish (default: ${GRACE_SECONDS.fallback})`;
    command.option('--grace <seconds>', seconds, wholeNumber(0, GRACE_SECONDS.most));
  }
  command.action(async (reference: string, options: OrderOptions) => {
    const client = await context.connect();
    const { programName } = context.settings();
    const asked = await giveOrder(client, kind, reference, options).catch(async (error: unknown) => {
      throw kind === 'resume' ? await withStartAdvice(client, error, { reference, programName }) : error;
    });
    const operations: Operation[] = [];
    for (const one of asked) operations.push(options.wait ? await untilDone(client, one) : one);
    const text = operations.map(describe).join('\n');
    context.terminal.print(options.json ? JSON.stringify({ ...operations[0], operations }) : text);
  });
}

/** An id may be that of an execution or of a campaign: they are never the same. A campaign's reaches all that go on. */
async function giveOrder(
  client: ApiClient,
  kind: OperationKind,
  reference: string,
  { reason, grace }: OrderOptions,
): Promise<readonly Operation[]> {
  const body = {
    ...(reason === undefined ? {} : { reason }),
    ...(grace === undefined ? {} : { graceSeconds: grace }),
  };
  if (isId(reference)) {
    try {
      const request = { params: { id: reference }, body };
      return (await client.call(`${kind}Execution`, request)).operations;
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    }
  }
  const { id } = await findCampaign(client, reference);
  return (await client.call(`${kind}Campaign`, { params: { id }, body })).operations;
}

/** Says what begins a new execution to who would resume one that has ended. */
async function withStartAdvice(
  client: ApiClient,
  error: unknown,
  { reference, programName }: { readonly reference: string; readonly programName: string },
): Promise<unknown> {
  if (!(error instanceof ApiProblem)) return error;
  if (error.code === 'no_running_execution') {
    return withAdvice(error, `  ${programName} start ${shellWord(reference)}`);
  }
  if (error.code !== 'illegal_transition') return error;
  // What goes wrong here must not hide what was said against the order.
  const found = await findExecution(client, reference).catch(() => null);
  if (found === null || !found.hasEnded) return error;
  const { id, campaignId } = found;
  const advice = [
    `  ${programName} start ${campaignId}   as the campaign is now`,
    `  ${programName} repeat ${id}  as it was for that execution`,
  ];
  return withAdvice(error, advice.join('\n'));
}

async function untilDone(client: ApiClient, asked: Operation): Promise<Operation> {
  let operation = asked;
  while (operation.state === 'running') {
    await sleep(LOOK_MS);
    operation = await client.call('getOperation', { params: { id: asked.id } });
  }
  return operation;
}

function describe(operation: Operation): string {
  const { kind, executionId, state, lanes, fetchesInFlight } = operation;
  const seconds = operation.secondsTaken.toFixed(1);
  if (state === 'done') return `Execution ${executionId}: ${kind} is done, after ${seconds} s.`;
  if (state === 'superseded') {
    return `Execution ${executionId}: ${kind} was overtaken by another order, or by the end of the execution.`;
  }
  const heard = lanes.filter((lane) => lane.acknowledgedAt !== null).length;
  const flying = fetchesInFlight === null ? '' : `, ${fetchesInFlight} fetches in flight`;
  return `Execution ${executionId}: ${kind} is asked for; ${heard} of ${lanes.length} lanes have heard${flying}.`;
}
