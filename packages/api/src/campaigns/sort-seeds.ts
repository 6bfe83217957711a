import { type ErrorCode, OutriderError, urlKey } from '@outrider/shared';
import type { SeedJudge } from './judge-seed.js';

/** A seed that was refused. `index` counts the seeds as they were sent, from 0. */
export interface SeedProblem {
  readonly index: number;
  readonly input: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface SortedSeeds {
  /** Normalised, each once, in the order in which they came. */
  readonly urls: readonly string[];
  readonly duplicate: number;
  readonly invalid: number;
  /** Of the invalid ones, the first hundred. */
  readonly problems: readonly SeedProblem[];
}

const REPORTED_PROBLEMS = 100;
const SHOWN_INPUT = 200;

/** Sorts seeds as they arrive; only what is new is kept. Throws `limit_exceeded` for more than `limit` of them. */
export async function sortSeeds(
  rows: AsyncIterable<string> | Iterable<string>,
  judge: SeedJudge,
  limit: number,
): Promise<SortedSeeds> {
  const byKey = new Map<string, string>();
  const problems: SeedProblem[] = [];
  let count = 0;
  let invalid = 0;
  for await (const raw of rows) {
    const index = count;
    count += 1;
    if (count > limit) {
      throw new OutriderError('limit_exceeded', `At most ${limit} seeds may be sent at once.`);
    }
    const verdict = judge(raw);
    if (verdict.ok) {
      const key = urlKey(verdict.url);
      if (!byKey.has(key)) byKey.set(key, verdict.url);
      continue;
    }
    invalid += 1;
    if (problems.length < REPORTED_PROBLEMS) {
      const input = storable(raw.slice(0, SHOWN_INPUT));
      problems.push({ index, input, code: verdict.code, message: verdict.message });
    }
  }
  const urls = [...byKey.values()];
  return { urls, duplicate: count - invalid - urls.length, invalid, problems };
}

/** The answer may be stored with its Idempotency-Key, and PostgreSQL takes neither of these. */
function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
}
