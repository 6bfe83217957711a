import { expect, it } from 'vitest';
import { readDocumentedTable } from '../testing/markdown-table.js';
import { STALL_CAUSES, STALL_REPAIRS } from './stall-causes.js';

const pairs = (heading: string) =>
  readDocumentedTable('recovery.md', heading).map((row) => Object.values(row).slice(0, 2));

it('the causes of stalls and their order are those of docs/recovery.md', () => {
  expect(pairs('Causes')).toEqual(Object.entries(STALL_CAUSES));
});

it('the repairs are those of docs/recovery.md', () => {
  expect(pairs('Repairs')).toEqual(Object.entries(STALL_REPAIRS));
});
