import type { ApiResponse } from '../client/call-api.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatMilliseconds,
  inWords,
} from '../display/format.js';

type Compared = ApiResponse<'compareExecutions'>['items'][number];

/** One side of a comparison: an execution, or a campaign over some days. */
export interface ComparedSide {
  readonly figures: Compared['figures'];
  readonly differences: Compared['differences'];
  readonly durationSeconds?: number | null;
  readonly pagesPerSecond?: number | null;
}

/** Whether more of it is good news. */
export type Leaning = 'more' | 'less' | 'neither';

export interface FigureRow {
  /** As the API's differences name it: `responseTimes.p95Ms`. */
  readonly path: string;
  readonly name: string;
  readonly leaning: Leaning;
  readonly values: readonly (number | null)[];
  readonly format: (value: number | null) => string;
}

export interface FigureGroup {
  readonly name: string;
  readonly rows: readonly FigureRow[];
}

type Known = readonly [path: string, name: string, leaning: Leaning, format: FigureRow['format']];

const CRAWL: readonly Known[] = [
  ['durationSeconds', 'Duration', 'less', formatDuration],
  ['pagesPerSecond', 'Pages per second', 'more', formatFigure],
  ['pagesCrawled', 'Pages crawled', 'neither', formatCount],
  ['pagesFailed', 'URLs without an answer', 'less', formatCount],
  ['errorsEncountered', 'Errors', 'less', formatCount],
  ['urlsDiscovered', 'URLs discovered', 'neither', formatCount],
  ['urlsSkipped', 'URLs skipped', 'neither', formatCount],
  ['indexablePages', 'Indexable pages', 'more', formatCount],
  ['wireBytes', 'Received', 'neither', formatBytes],
  ['links.internal', 'Links within the sites', 'neither', formatCount],
  ['links.external', 'Links elsewhere', 'neither', formatCount],
];

const TIMES: readonly Known[] = [
  ['responseTimes.averageMs', 'Mean', 'less', formatMilliseconds],
  ['responseTimes.p50Ms', 'Median', 'less', formatMilliseconds],
  ['responseTimes.p95Ms', '95th percentile', 'less', formatMilliseconds],
  ['responseTimes.p99Ms', '99th percentile', 'less', formatMilliseconds],
];

/** Groups whose figures are whatever there was of a kind. */
const COUNTED = [
  ['statusClasses', 'Pages by status', 'neither'],
  ['errorsByType', 'Errors by type', 'less'],
  ['failuresByCode', 'No answer, by cause', 'less'],
  ['skippedByReason', 'Skipped, by rule', 'neither'],
  ['contentTypes', 'Pages by content type', 'neither'],
  ['depths', 'Pages by clicks from a seed', 'neither'],
] as const;

/** The figures of a comparison as the lines of a table, without those that no side has; pure. */
export function figureGroups(sides: readonly ComparedSide[]): FigureGroup[] {
  const counted = COUNTED.map(([group, name, leaning]) => ({
    name,
    rows: namesIn(sides, group).map((kind) => ({
      ...{ path: `${group}.${kind}`, name: inWords(kind), leaning, format: formatCount },
      values: sides.map(({ figures }) => figures[group][kind] ?? 0),
    })),
  }));
  const groups = [
    { name: 'Crawl', rows: rowsOf(CRAWL, sides) },
    { name: 'Response time', rows: rowsOf(TIMES, sides) },
    ...counted,
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}

function rowsOf(known: readonly Known[], sides: readonly ComparedSide[]): FigureRow[] {
  return known
    .map(([path, name, leaning, format]) => ({
      ...{ path, name, leaning, format },
      values: sides.map((side) => valueAt({ ...side.figures, ...side }, path)),
    }))
    .filter(({ values }) => values.some((value) => value !== null));
}

function valueAt(side: object, path: string): number | null {
  let value: unknown = side;
  for (const step of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  return typeof value === 'number' ? value : null;
}

function namesIn(sides: readonly ComparedSide[], group: (typeof COUNTED)[number][0]): string[] {
  const names = new Set(sides.flatMap(({ figures }) => Object.keys(figures[group])));
  return [...names].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}
