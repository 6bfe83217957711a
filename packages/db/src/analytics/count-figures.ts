import type { Tx } from '../connect/database.js';
import { FiguresByDay } from './figures-by-day.js';
import { addPageFigures } from './page-figures.js';
import { addDiscoveryFigures, addErrorFigures, addFailureFigures } from './url-figures.js';

/** Figures, and how many lines of the error log they come from. */
export interface CountedFigures {
  readonly days: FiguresByDay;
  readonly errorEntries: number;
}

/**
 * Counts the figures of an execution from its rows: of all of them (some seconds for a million pages), or of at most so many
 * of each kind, which takes tens of milliseconds however large it is.
 */
export async function countFigures(
  tx: Tx,
  executionId: string,
  atMost: number | null,
): Promise<CountedFigures> {
  const days = new FiguresByDay();
  await addPageFigures(tx, days, executionId, atMost);
  await addDiscoveryFigures(tx, days, executionId, atMost);
  await addFailureFigures(tx, days, executionId, atMost);
  const errorEntries = await addErrorFigures(tx, days, executionId, atMost);
  return { days, errorEntries };
}
