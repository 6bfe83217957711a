import type { FigureAnswer, FigureDifferences } from '../api/analytics-resources.js';

/** A row of a comparison, as far as it is compared. */
export interface ComparedFigures {
  readonly figures: FigureAnswer;
  readonly durationSeconds?: number | null;
  readonly pagesPerSecond?: number | null;
}

/** The numbers of a row by their names: `pagesCrawled`, `links.internal`, `responseTimes.p95Ms`, `statusClasses.4xx`. */
function numbersOf({ figures, durationSeconds, pagesPerSecond }: ComparedFigures): Map<string, number> {
  const numbers = new Map<string, number>();
  const take = (prefix: string, value: unknown): void => {
    if (typeof value === 'number') numbers.set(prefix, value);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value))
        take(prefix === '' ? name : `${prefix}.${name}`, inner);
    }
  };
  take('', { durationSeconds, pagesPerSecond, ...figures });
  return numbers;
}

/** Figures of which one side may have none of a kind: that is a zero and not a gap. */
const COUNTED =
  /^(statusClasses|contentTypes|depths|errorsByType|failuresByCode|skippedByReason|discoveredByMethod)\./;

/**
 * How a row differs from the first: for each figure that differs, by how much, and by what share of the first (null where
 * that is zero). A figure that one of the two does not have, a response time without an answer, is left out. Pure.
 */
export function compareFigures(first: ComparedFigures, other: ComparedFigures): FigureDifferences {
  const [before, after] = [numbersOf(first), numbersOf(other)];
  const differences: FigureDifferences = {};
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const missing = COUNTED.test(name) ? 0 : undefined;
    const [was, is] = [before.get(name) ?? missing, after.get(name) ?? missing];
    if (was === undefined || is === undefined || was === is) continue;
    const change = rounded(is - was);
    differences[name] = { change, share: was === 0 ? null : rounded((is - was) / was) };
  }
  return differences;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
