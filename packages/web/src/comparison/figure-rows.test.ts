import { expect, it } from 'vitest';
import { type ComparedSide, figureGroups } from './figure-rows.js';

const figures: ComparedSide['figures'] = {
  pagesCrawled: 10,
  pagesFailed: 0,
  errorsEncountered: 2,
  urlsDiscovered: 12,
  urlsSkipped: 2,
  indexablePages: 8,
  wireBytes: 1_000,
  decodedBytes: 2_000,
  links: { internal: 5, external: 1 },
  responseTimes: null,
  statusClasses: { '2xx': 8, '4xx': 2 },
  contentTypes: {},
  depths: { 10: 1, 2: 3 },
  errorsByType: {},
  failuresByCode: {},
  skippedByReason: {},
  discoveredByMethod: {},
};

const side = (change: Partial<ComparedSide['figures']> = {}): ComparedSide => ({
  figures: { ...figures, ...change },
  differences: null,
});

it('a kind that one side alone has counts as none on the other', () => {
  const groups = figureGroups([side(), side({ statusClasses: { '2xx': 9, '5xx': 1 } })]);
  const statuses = groups.find(({ name }) => name === 'Pages by status')?.rows ?? [];
  expect(statuses.map(({ path, values }) => [path, ...values])).toEqual([
    ['statusClasses.2xx', 8, 9],
    ['statusClasses.4xx', 2, 0],
    ['statusClasses.5xx', 0, 1],
  ]);
});

it('what no side has makes no line, and no group', () => {
  const names = figureGroups([side(), side()]).map(({ name }) => name);
  expect(names).toEqual(['Crawl', 'Pages by status', 'Pages by clicks from a seed']);
});

it('clicks are in the order of numbers, and figures of the execution itself come first', () => {
  const [crawl, , depths] = figureGroups([{ ...side(), durationSeconds: 3, pagesPerSecond: null }]);
  expect(crawl?.rows[0]).toMatchObject({ path: 'durationSeconds', values: [3] });
  expect(depths?.rows.map(({ path }) => path)).toEqual(['depths.2', 'depths.10']);
});
