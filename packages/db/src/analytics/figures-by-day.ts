import { addFigures, type CrawlFigures, emptyFigures } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { addPageFigures } from './page-figures.js';
import { addDiscoveryFigures, addErrorFigures, addFailureFigures } from './url-figures.js';

/** The figures of an execution, in the days (UTC, `2026-01-31`) to which they belong. */
export class FiguresByDay {
  readonly #days = new Map<string, CrawlFigures>();

  /** The day's own object, to be added to. */
  of(day: string): CrawlFigures {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const figures = emptyFigures();
    this.#days.set(day, figures);
    return figures;
  }

  /** Earliest first. */
  entries(): [day: string, figures: CrawlFigures][] {
    return [...this.#days].sort(([a], [b]) => a.localeCompare(b));
  }

  total(): CrawlFigures {
    return this.entries().reduce((sum, [, figures]) => addFigures(sum, figures), emptyFigures());
  }
}

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
