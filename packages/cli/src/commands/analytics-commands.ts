import type { CampaignRollup } from '@outrider/shared';
import type { Command } from 'commander';
import { findCampaign } from '../client/find-campaign.js';
import { formatBytes, formatCount } from '../display/quantities.js';
import type { Column } from '../display/render-table.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { executionId } from '../program/option-values.js';
import {
  type DifferenceRow,
  differenceRows,
  renderAnalytics,
  renderEstimate,
} from '../report/render-figures.js';
import { type ListOptions, showList } from './show-list.js';

const ROLLUP_COLUMNS: readonly Column<CampaignRollup>[] = [
  { head: 'DAY OR EXECUTION', cell: (row) => row.day ?? row.executionId },
  { head: 'RUNS', align: 'right', cell: (row) => formatCount(row.executions) },
  { head: 'PAGES', align: 'right', cell: (row) => formatCount(row.figures.pagesCrawled) },
  { head: 'ERRORS', align: 'right', cell: (row) => formatCount(row.figures.errorsEncountered) },
  { head: 'DISCOVERED', align: 'right', cell: (row) => formatCount(row.figures.urlsDiscovered) },
  { head: 'RECEIVED', align: 'right', cell: (row) => formatBytes(row.figures.wireBytes) },
  { head: 'P50 MS', align: 'right', cell: (row) => row.figures.responseTimes?.p50Ms },
  { head: 'P95 MS', align: 'right', cell: (row) => row.figures.responseTimes?.p95Ms },
];

const DIFFERENCE_COLUMNS: readonly Column<DifferenceRow>[] = [
  { head: 'EXECUTION', cell: (row) => row.execution },
  { head: 'FIGURE', cell: (row) => row.figure },
  { head: 'CHANGE', align: 'right', cell: (row) => row.change },
  { head: 'SHARE', align: 'right', cell: (row) => row.share },
];

/** `outrider analytics`, `trend`, `progress` and `compare`. */
export function addAnalyticsCommands(program: Command, context: CommandContext): void {
  addReadCommand(program, context, 'analytics', 'getExecutionAnalytics');
  addReadCommand(program, context, 'progress', 'getExecutionProgress');
  addListOptions(program.command('trend').argument('<campaign>', 'id or exact name'), 'listCampaignAnalytics')
    .description('list the figures of a campaign by day or by execution, newest first')
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const params = { id: (await findCampaign(client, reference)).id };
      const list = { route: 'listCampaignAnalytics', params, noun: 'row', columns: ROLLUP_COLUMNS } as const;
      await showList(context, client, list, options);
    });
  addCompareCommand(program, context);
}

const DESCRIPTIONS = {
  getExecutionAnalytics: 'show the figures of an execution',
  getExecutionProgress: 'say how far an execution is, when it is likely to end, and why that may be wrong',
} as const;

function addReadCommand(
  program: Command,
  context: CommandContext,
  name: string,
  route: keyof typeof DESCRIPTIONS,
): void {
  program
    .command(name)
    .description(DESCRIPTIONS[route])
    .argument('<execution>', 'id', executionId)
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { json }: { json: boolean }) => {
      const client = await context.connect();
      const params = { id };
      if (route === 'getExecutionAnalytics') {
        const analytics = await client.call(route, { params });
        context.terminal.print(json ? JSON.stringify(analytics) : renderAnalytics(analytics));
      } else {
        const estimate = await client.call(route, { params });
        context.terminal.print(json ? JSON.stringify(estimate) : renderEstimate(estimate));
      }
    });
}

function addCompareCommand(program: Command, context: CommandContext): void {
  program
    .command('compare')
    .description('list in which figures executions differ from the first')
    .argument('<executions...>', 'ids, two to ten')
    .option('--json', 'print one JSON document', false)
    .action(async (ids: string[], { json }: { json: boolean }) => {
      const client = await context.connect();
      const comparison = await client.call('compareExecutions', { query: { ids: ids.join(',') } });
      const { terminal } = context;
      if (json) {
        terminal.print(JSON.stringify(comparison));
        return;
      }
      const rows = comparison.items.flatMap((item) =>
        differenceRows(item.executionId, item.differences ?? {}),
      );
      const { renderTable } = await import('../display/render-table.js');
      terminal.print(
        rows.length === 0 ? 'No difference.' : renderTable(DIFFERENCE_COLUMNS, rows, terminal.colors),
      );
    });
}
