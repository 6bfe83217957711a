import {
  type CoverageReceipt,
  type CoverageTotals,
  SKIP_REASONS,
  type SkipReason,
} from '@outrider/shared/contract';
import { inWords } from '../display/format.js';

/** One part of a total. */
export interface Share {
  readonly name: string;
  readonly count: number;
  readonly meaning?: string;
}

export const OUTCOMES = ['fetched', 'failed', 'skipped', 'pending'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OUTCOME_MEANINGS: Readonly<Record<Outcome, string>> = {
  fetched: 'an answer was recorded, whatever its status',
  failed: 'no usable answer after all tries',
  skipped: 'a rule or a limit left it out',
  pending: 'its turn has not come',
};

/** Outcomes with their counts, in the order in which the picture draws them; what there is none of is left out. */
export function outcomesOf(totals: CoverageTotals): { readonly outcome: Outcome; readonly count: number }[] {
  return OUTCOMES.map((outcome) => ({ outcome, count: totals[outcome] })).filter(({ count }) => count > 0);
}

/** The parts of an outcome, largest first. */
export function partsOf(receipt: CoverageReceipt, outcome: Outcome): Share[] {
  switch (outcome) {
    case 'fetched':
      return largestFirst(receipt.fetchedByStatus);
    case 'failed':
      return largestFirst(receipt.failedByCode);
    case 'skipped':
      return largestFirst(receipt.skippedByReason).map((share) => ({
        ...share,
        meaning: SKIP_REASONS[share.name as SkipReason],
      }));
    case 'pending':
      return [];
  }
}

/** How the URLs became known, largest first. */
export function methodsOf(receipt: CoverageReceipt): Share[] {
  return largestFirst(receipt.discoveredByMethod);
}

function largestFirst(counts: Readonly<Record<string, number | undefined>>): Share[] {
  return Object.entries(counts)
    .flatMap(([name, count]) => (count === undefined || count === 0 ? [] : [{ name, count }]))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

/** The sentence that says the same as the picture. */
export function coverageSentence(totals: CoverageTotals, format: (count: number) => string): string {
  const parts = outcomesOf(totals).map(({ outcome, count }) => `${format(count)} ${inWords(outcome)}`);
  return parts.length === 0
    ? 'No URL is known yet.'
    : `${format(totals.discovered)} URLs: ${parts.join(', ')}.`;
}
