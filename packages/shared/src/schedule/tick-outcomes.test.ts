import { describe, expect, it } from 'vitest';
import { readDocumentedTable } from '../testing/markdown-table.js';
import { TICK_OUTCOMES, TICK_REASONS } from './tick-outcomes.js';
import { TICK_RULES } from './tick-plan.js';

const rowsOf = (entries: Readonly<Record<string, string>>, head: string) =>
  Object.entries(entries).map(([name, meaning]) => ({ [head]: name, Meaning: meaning.replaceAll('`', '') }));

describe('docs/schedules.md', () => {
  it('lists the outcomes of a tick as they are', () => {
    expect(readDocumentedTable('schedules.md', 'The ledger')).toEqual(rowsOf(TICK_OUTCOMES, 'Outcome'));
  });

  it('lists the reasons of an outcome as they are', () => {
    expect(readDocumentedTable('schedules.md', 'Reasons')).toEqual(rowsOf(TICK_REASONS, 'Reason'));
  });

  it('lists the rules for days on which clocks change', () => {
    const documented = readDocumentedTable('schedules.md', 'Days on which clocks change');
    expect(documented.map((row) => row['Rule'])).toEqual([...TICK_RULES]);
  });
});
