import {
  SCHEDULE_ENDS,
  type Schedule,
  type ScheduleTick,
  scheduleCreate,
  schedulePatch,
} from '@outrider/shared';
import type { Command } from 'commander';
import { findCampaign } from '../client/find-campaign.js';
import { formatTime } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { idFrom, wholeNumber } from '../program/option-values.js';
import { PREVIEW_COLUMNS, SCHEDULE_COLUMNS, TICK_COLUMNS } from './list-columns.js';
import { readDocument } from './read-document.js';
import { type ListOptions, showList } from './show-list.js';

interface JsonOption {
  readonly json: boolean;
}

const CREATE_EXAMPLES = `
Example:
  echo '{"name":"Nightly","cron":"30 2 * * *","timeZone":"Europe/Berlin"}' | outrider schedules create Docs --file -`;

const scheduleId = idFrom('outrider schedules <campaign>');

/** `outrider schedules`: when campaigns run by themselves, and what became of each tick. */
export function addScheduleCommands(program: Command, context: CommandContext): void {
  const schedules = program
    .command('schedules')
    .description('list, make, preview and run the schedules of a campaign, and read their ticks');
  addListing(schedules, context);
  addEditing(schedules, context);
  addSwitches(schedules, context);
  addRunning(schedules, context);
}

function addListing(schedules: Command, context: CommandContext): void {
  addListOptions(schedules.command('list', { isDefault: true }), 'listSchedules')
    .description('list the schedules of a campaign (what `schedules <campaign>` alone does)')
    .argument('<campaign>', 'id or exact name')
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const params = { id: (await findCampaign(client, reference)).id };
      const list = { route: 'listSchedules', params, noun: 'schedule', columns: SCHEDULE_COLUMNS } as const;
      await showList(context, client, list, options);
    });
  addListOptions(schedules.command('ticks').argument('<schedule>', 'id', scheduleId), 'listTicks')
    .description('list the ticks of a schedule, newest first: planned and actual time, outcome and reason')
    .action(async (id: string, options: ListOptions) => {
      const list = { route: 'listTicks', params: { id }, noun: 'tick', columns: TICK_COLUMNS } as const;
      await showList(context, await context.connect(), list, options);
    });
  schedules
    .command('preview')
    .description('show the next ticks in local time and UTC, and which rule applies where clocks change')
    .argument('<schedule>', 'id', scheduleId)
    .option('--count <n>', 'how many', wholeNumber(1), 10)
    .option('--from <time>', 'ticks after this time; now unless given (ISO 8601)')
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { count, from, json }: JsonOption & { count: number; from?: string }) => {
      const query = { count: String(count), ...(from === undefined ? {} : { from }) };
      const preview = await (await context.connect()).call('previewSchedule', { params: { id }, query });
      if (json) {
        context.terminal.print(JSON.stringify(preview));
        return;
      }
      const { renderTable } = await import('../display/render-table.js');
      const { terminal } = context;
      if (preview.ticks.length > 0)
        terminal.print(renderTable(PREVIEW_COLUMNS, preview.ticks, terminal.colors));
      if (preview.end !== null) terminal.note(`No tick follows: ${SCHEDULE_ENDS[preview.end]}.`);
    });
}

function addEditing(schedules: Command, context: CommandContext): void {
  schedules
    .command('create')
    .description('create a schedule from a JSON document')
    .argument('<campaign>', 'id or exact name')
    .requiredOption(
      '--file <path>',
      'the document, as POST /campaigns/:id/schedules takes it; - for standard input',
    )
    .option('--json', 'print one JSON document', false)
    .addHelpText('after', CREATE_EXAMPLES)
    .action(async (reference: string, { file, json }: JsonOption & { file: string }) => {
      const body = await readDocument(file, scheduleCreate, 'a schedule');
      const client = await context.connect();
      const { id } = await findCampaign(client, reference);
      printSchedule(context, await client.call('createSchedule', { params: { id }, body }), json);
    });
  schedules
    .command('change')
    .description('change a schedule by a JSON document with the fields to change')
    .argument('<schedule>', 'id', scheduleId)
    .requiredOption('--file <path>', 'the document, as PATCH /schedules/:id takes it; - for standard input')
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { file, json }: JsonOption & { file: string }) => {
      const body = await readDocument(file, schedulePatch, 'a change of a schedule');
      const client = await context.connect();
      printSchedule(context, await client.call('updateSchedule', { params: { id }, body }), json);
    });
  schedules
    .command('delete')
    .description('delete a schedule; what it started goes on, and its ticks stay readable')
    .argument('<schedule>', 'id', scheduleId)
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { json }: JsonOption) => {
      await (await context.connect()).call('deleteSchedule', { params: { id } });
      context.terminal.print(json ? JSON.stringify({ deleted: id }) : `Deleted schedule ${id}.`);
    });
}

function addSwitches(schedules: Command, context: CommandContext): void {
  const switches = [
    ['pause', 'pauseSchedule', 'pause a schedule: its ticks are noted as skipped'],
    ['resume', 'resumeSchedule', 'resume a paused schedule, from its next tick on'],
    ['show', 'getSchedule', 'show a schedule'],
  ] as const;
  for (const [name, route, description] of switches) {
    schedules
      .command(name)
      .description(description)
      .argument('<schedule>', 'id', scheduleId)
      .option('--json', 'print one JSON document', false)
      .action(async (id: string, { json }: JsonOption) => {
        printSchedule(context, await (await context.connect()).call(route, { params: { id } }), json);
      });
  }
}

function addRunning(schedules: Command, context: CommandContext): void {
  schedules
    .command('run')
    .description('run a schedule now, by its overlap policy')
    .argument('<schedule>', 'id', scheduleId)
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { json }: JsonOption) => {
      const tick = await (await context.connect()).call('runSchedule', { params: { id } });
      context.terminal.print(json ? JSON.stringify(tick) : tickSentence(tick));
    });
  schedules
    .command('backfill')
    .description('start the ticks of a past range that have not started, one after another')
    .argument('<schedule>', 'id', scheduleId)
    .requiredOption('--from <time>', 'first planned time (ISO 8601)')
    .requiredOption('--to <time>', 'ticks before this time (ISO 8601)')
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { from, to, json }: JsonOption & { from: string; to: string }) => {
      const client = await context.connect();
      const done = await client.call('backfillSchedule', { params: { id }, body: { from, to } });
      const words = `${done.ticks.length} ticks wait to be started; ${done.alreadyStarted} had been already.`;
      context.terminal.print(json ? JSON.stringify(done) : words);
    });
}

function tickSentence({ outcome, reason, executionId, detail }: ScheduleTick): string {
  if (executionId !== null) return `Started execution ${executionId}.`;
  return `${outcome}: ${reason}${detail === null ? '' : ` (${detail})`}`;
}

function printSchedule({ terminal }: CommandContext, schedule: Schedule, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(schedule));
    return;
  }
  const { catchUp, statusReason } = schedule;
  terminal.print(
    renderFacts([
      ['ID', schedule.id],
      ['Name', schedule.name],
      ['Status', statusReason === null ? schedule.status : `${schedule.status}: ${statusReason}`],
      ['Cron', `${schedule.cron} (${schedule.timeZone})`],
      ['Next', formatTime(schedule.nextTickAt) || 'none'],
      ['Overlap', schedule.overlap],
      ['Catch-up', `${catchUp.mode}, at most ${catchUp.max}, within ${catchUp.windowSeconds} s`],
      ['Jitter', `${schedule.jitterSeconds} s`],
      ['Planned runs', plannedRuns(schedule)],
      ['Failures', `${schedule.consecutiveFailures} in a row`],
    ]),
  );
}

/** Only these count towards the limit. */
function plannedRuns({ runsStarted, maxRuns }: Schedule): string {
  const runs = maxRuns === null ? String(runsStarted) : `${runsStarted} of ${maxRuns}`;
  return `${runs} (those by hand and backfills are not among them)`;
}
