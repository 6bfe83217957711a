import { addFigures, type CrawlFigures, emptyFigures } from '@outrider/shared';

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
