import type {
  ExecutionAnalytics,
  ExecutionEstimate,
  FigureAnswer,
  FigureDifferences,
} from '@outrider/shared';
import { formatBytes, formatCount, formatDuration, formatRate } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';
import { waitingSentence } from './waiting-sentence.js';

const MOST_NAMED = 8;

/** The figures of an execution, one kind a line. */
export function renderAnalytics(analytics: ExecutionAnalytics): string {
  const { figures, basis, sample, durationSeconds, pagesPerSecond } = analytics;
  return renderFacts([
    ['Execution', `${analytics.number} (${analytics.executionId}), ${analytics.status}`],
    ['Basis', sample === null ? basis : `${basis}, from ${formatCount(sample.pages)} pages`],
    ['Duration', durationSeconds === null ? null : formatDuration(durationSeconds)],
    ['Pages/s', pagesPerSecond === null ? null : formatRate(pagesPerSecond)],
    ...figureFacts(figures),
  ]);
}

function figureFacts(figures: FigureAnswer): [string, string | null][] {
  const { responseTimes: times } = figures;
  return [
    ['Pages', `${formatCount(figures.pagesCrawled)} (${formatCount(figures.indexablePages)} indexable)`],
    ['Failed', namedCounts(figures.pagesFailed, figures.failuresByCode)],
    ['Errors', namedCounts(figures.errorsEncountered, figures.errorsByType)],
    ['Discovered', namedCounts(figures.urlsDiscovered, figures.discoveredByMethod)],
    ['Skipped', namedCounts(figures.urlsSkipped, figures.skippedByReason)],
    ['Status', named(figures.statusClasses)],
    ['Types', named(figures.contentTypes)],
    ['Depths', named(figures.depths)],
    [
      'Links',
      `${formatCount(figures.links.internal)} internal, ${formatCount(figures.links.external)} external`,
    ],
    ['Received', `${formatBytes(figures.wireBytes)}, decoded ${formatBytes(figures.decodedBytes)}`],
    [
      'Response ms',
      times === null
        ? null
        : `p50 ${times.p50Ms}, p90 ${times.p90Ms}, p95 ${times.p95Ms}, p99 ${times.p99Ms}, at most ${times.maxMs}`,
    ],
  ];
}

function namedCounts(total: number, counts: Readonly<Record<string, number>>): string {
  const names = named(counts);
  return names === null ? formatCount(total) : `${formatCount(total)}: ${names}`;
}

/** The largest counts by name; null when there are none. */
function named(counts: Readonly<Record<string, number>>): string | null {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return null;
  const shown = entries.slice(0, MOST_NAMED).map(([name, count]) => `${name} ${formatCount(count)}`);
  const rest = entries.length - shown.length;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}

/** How far an execution is, and why that may be wrong. */
export function renderEstimate(estimate: ExecutionEstimate): string {
  const { expectedTotal, remainingSeconds, remainingRange: range, slowestHost } = estimate;
  const facts = renderFacts([
    ['Status', estimate.status],
    ['Waits', waitingSentence(estimate.waitingReason)],
    ['Done', `${formatCount(estimate.done)}, known to be left ${formatCount(estimate.pending)}`],
    ['Expected', expectedTotal === null ? 'no end in sight' : formatCount(expectedTotal)],
    ['Pages/s', estimate.ratePerSecond === null ? null : formatRate(estimate.ratePerSecond)],
    ['Left', remainingSeconds === null ? 'cannot be said' : formatDuration(remainingSeconds)],
    [
      'Between',
      range === null
        ? null
        : `${formatDuration(range.low)} and ${range.high === null ? 'no bound' : formatDuration(range.high)}`,
    ],
    [
      'Slowest host',
      slowestHost === null ? null : `${slowestHost.host}, a page every ${slowestHost.delayMs} ms`,
    ],
  ]);
  return [facts, ...estimate.caveats.map(({ sentence }) => `- ${sentence}`)].join('\n');
}

/** A figure that differs from the first of a comparison. */
export interface DifferenceRow {
  readonly execution: string;
  readonly figure: string;
  readonly change: string;
  readonly share: string;
}

/** The differences of one side of a comparison, one row each. */
export function differenceRows(execution: string, differences: FigureDifferences): DifferenceRow[] {
  return Object.entries(differences).map(([figure, { change, share }]) => ({
    execution,
    figure,
    change: `${change > 0 ? '+' : ''}${Math.round(change * 100) / 100}`,
    share: share === null ? '' : `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`,
  }));
}
