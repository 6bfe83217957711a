import type { Checker, Evidence, Invariant } from './evidence.js';
import { gaplessEvents } from './gapless-events.js';
import { legalHistory } from './legal-history.js';
import { nothingHeld } from './nothing-left-over.js';
import { nothingLost } from './nothing-lost.js';
import { nothingTwice } from './nothing-twice.js';
import { polite } from './polite.js';

/** What is asked of every execution. I3 is the time limit it ended within; I8 asks processes that slept. */
const CHECKERS: readonly (readonly [Invariant, Checker])[] = [
  ['I1', nothingLost],
  ['I2', nothingTwice],
  ['I4', legalHistory],
  ['I5', gaplessEvents],
  ['I6', polite],
  ['I7', nothingHeld],
];

/** Judges one execution that has ended: each invariant with what breaks it, if anything. */
export async function checkExecution(
  evidence: Evidence,
): Promise<readonly { readonly invariant: Invariant; readonly violations: readonly string[] }[]> {
  const verdicts = [];
  for (const [invariant, check] of CHECKERS) {
    verdicts.push({ invariant, violations: await check(evidence) });
  }
  return verdicts;
}
