import type { ProgressReading } from '@outrider/db';
import type { EventPayload } from '@outrider/shared';

/** What is worth telling beside the counters. */
export interface ProgressNews {
  readonly milestone: EventPayload<'execution.milestone'> | null;
  readonly burst: EventPayload<'execution.error_burst'> | null;
  /** Whether errors are to be weighed anew from here. */
  readonly beginsWindow: boolean;
}

/** Errors are weighed over so many seconds. */
const WINDOW_SECONDS = 10;
/** So many errors within a window are a burst, when they are half of the pages or more. */
const BURST_ERRORS = 20;
const BURST_SHARE = 0.5;

/** Holds the counters of an execution against those that were told before. */
export function judgeProgress({ now, told }: ProgressReading): ProgressNews {
  const { fetched } = now.coverage;
  const reached = milestoneOf(fetched);
  const isNew = reached > milestoneOf(told?.fetched ?? 0);
  const milestone = isNew ? { pages: reached, coverage: now.coverage } : null;
  if (told === null) return { milestone, burst: null, beginsWindow: true };
  const errors = now.errors - told.windowErrors;
  const pages = fetched + now.coverage.failed - told.windowSettled;
  const isBurst = errors >= BURST_ERRORS && errors >= BURST_SHARE * pages;
  const isOver = told.windowSeconds >= WINDOW_SECONDS;
  // A burst is told at the end of its window, so that one window tells one.
  const burst = isOver && isBurst ? { errors, pages, seconds: told.windowSeconds } : null;
  return { milestone, burst, beginsWindow: isOver };
}

/** The highest milestone that so many pages have passed: 1, 100, 1,000 and on by tens; 0 for none. */
function milestoneOf(pages: number): number {
  if (pages < 1) return 0;
  if (pages < 100) return 1;
  let milestone = 100;
  while (milestone * 10 <= pages) milestone *= 10;
  return milestone;
}
