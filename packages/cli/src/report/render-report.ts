import {
  type CoverageReceipt,
  type ExecutionDetail,
  type ExecutionReport,
  executionReport,
  type SitemapTotals,
} from '@outrider/shared';
import { printable } from '../display/printable.js';
import { countOf, formatBytes, formatCount, formatDuration, formatRate } from '../display/quantities.js';
import type { Colors } from '../terminal/terminal.js';
import { coverageLines } from './coverage-lines.js';
import { END_SENTENCES } from './end-sentences.js';
import { waitingSentence } from './waiting-sentence.js';

export interface ReportSubject {
  readonly execution: ExecutionDetail;
  readonly campaignName: string;
  /** Why nothing was fetched, in sentences; none where something was. */
  readonly causes?: readonly string[];
}

/** What is said of an execution whose answers were all 4xx and 5xx. */
const NO_SUCCESS = 'no page answered with success (2xx or 3xx)';

const SLOWEST_SHOWN = 5;
const BROKEN_SHOWN = 20;

/** The report of an execution as text: what came out, the coverage receipt, errors, slow and broken pages. */
export function renderReport(subject: ReportSubject, colors: Colors): string {
  const { execution } = subject;
  const parsed = executionReport.safeParse(execution.resultSummary);
  const report = parsed.success ? parsed.data : null;
  const blocks = [
    headLines(subject, report, colors),
    titled('Coverage', coverageLines(execution.coverage, report?.receipt ?? null), colors),
    ...(report === null ? [] : detailBlocks(report, colors)),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headLines(
  { execution, campaignName, causes = [] }: ReportSubject,
  report: ExecutionReport | null,
  colors: Colors,
): string[] {
  const { status, endReason, number, pagesCrawled, errorsEncountered } = execution;
  const waits = waitingSentence(execution.waitingReason);
  const seconds = execution.durationSeconds ?? 0;
  const rate = report?.pagesPerSecond ?? (seconds > 0 ? pagesCrawled / seconds : 0);
  const paint = status === 'completed' ? colors.green : status === 'failed' ? colors.red : colors.yellow;
  const why = endReason === null ? '' : `: ${END_SENTENCES[endReason]}`;
  const size = report === null ? '' : `, ${formatBytes(report.bytes)}`;
  return [
    colors.bold(`${printable(campaignName)}, execution ${number}`),
    `  Status    ${paint(status)}${why}`,
    ...(waits === null ? [] : [`  Waits     ${colors.yellow(waits)}`]),
    ...causes.map((cause, index) => `  ${(index === 0 ? 'Why' : '').padEnd(8)}  ${printable(cause)}`),
    `  Pages     ${formatCount(pagesCrawled)} in ${formatDuration(seconds)} (${formatRate(rate)} pages/s${size})`,
    `  Errors    ${countOf(errorsEncountered, 'URL')} failed or answered with 4xx or 5xx`,
    ...sitemapLines(report?.sitemaps ?? null),
    ...(report !== null && hasNoSuccess(report.receipt) ? [`  Warning   ${colors.yellow(NO_SUCCESS)}`] : []),
  ];
}

function sitemapLines(sitemaps: SitemapTotals | null): string[] {
  if (sitemaps === null) return [];
  const { files, filesFailed, urlsInSitemaps, inSitemapNotLinked, linkedNotInSitemap } = sitemaps;
  const failed = filesFailed === 0 ? '' : ` (${formatCount(filesFailed)} failed)`;
  const unlinked = `${formatCount(inSitemapNotLinked)} of them linked from nowhere`;
  const unnamed = `${formatCount(linkedNotInSitemap)} linked and in none`;
  return [
    `  Sitemaps  ${countOf(files, 'file')}${failed}: ${countOf(urlsInSitemaps, 'URL')}, ${unlinked}, ${unnamed}`,
  ];
}

function detailBlocks(report: ExecutionReport, colors: Colors): string[][] {
  return [
    titled('Attempts that went wrong, by type', tally(report.errorsByType), colors),
    titled('Slowest pages', slowestLines(report), colors),
    brokenBlock(report, colors),
  ];
}

function titled(title: string, lines: readonly string[], colors: Colors): string[] {
  return lines.length === 0 ? [] : [colors.bold(title), ...lines];
}

function tally(counts: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, count]) => `  ${name.padEnd(width)}  ${formatCount(count)}`);
}

function slowestLines({ slowest }: ExecutionReport): string[] {
  return slowest
    .slice(0, SLOWEST_SHOWN)
    .map(
      ({ url, statusCode, totalMs }) =>
        `${`${formatCount(totalMs)} ms`.padStart(11)}  ${statusCode}  ${printable(url)}`,
    );
}

function brokenBlock({ broken, receipt }: ExecutionReport, colors: Colors): string[] {
  const total = brokenAnswers(receipt) + receipt.failed;
  const shown = broken.slice(0, BROKEN_SHOWN);
  const title =
    total > shown.length ? `Broken pages (${shown.length} of ${formatCount(total)})` : 'Broken pages';
  const marks = shown.map(({ statusCode, failureCode }) => String(statusCode ?? failureCode ?? 'failed'));
  const width = Math.max(0, ...marks.map((mark) => mark.length));
  const lines = shown.flatMap(({ url, linkedFrom }, index) => [
    `  ${(marks[index] ?? '').padEnd(width)}  ${printable(url)}`,
    `  ${' '.repeat(width)}  ${colors.dim(linkedFrom === null ? 'a start URL' : `linked from ${printable(linkedFrom)}`)}`,
  ]);
  const rest = total - shown.length;
  if (rest > 0) lines.push(`  … and ${formatCount(rest)} more`);
  return titled(title, lines, colors);
}

/** Whether something was fetched, but nothing with success. */
function hasNoSuccess({ fetched, fetchedByStatus }: CoverageReceipt): boolean {
  return fetched > 0 && !Object.keys(fetchedByStatus).some((status) => /^[23]/.test(status));
}

/** Answers of 4xx and 5xx. The receipt counts them by status or by class. */
function brokenAnswers(receipt: CoverageReceipt): number {
  return Object.entries(receipt.fetchedByStatus)
    .filter(([status]) => status >= '4')
    .reduce((sum, [, count]) => sum + count, 0);
}
