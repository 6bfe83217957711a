import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerPolicy, watchAnswers } from './watch-answers.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const POLICY = { everyMs: 1_000, most: 3 };

/** A process whose answers a test chooses, and a clock that can jump. */
function watched() {
  const state = { questions: 0, answers: 0, answering: true, jumpMs: 0, silences: [] as number[] };
  const ask = (): void => {
    state.questions += 1;
    if (state.answering) state.answers += 1;
  };
  const startedAt = Date.now();
  const clock = (): number => Date.now() - startedAt + state.jumpMs;
  const end = watchAnswers(
    { ask, answers: () => state.answers },
    POLICY,
    (ms) => void state.silences.push(ms),
    clock,
  );
  return { state, end, pass: (ms: number) => vi.advanceTimersByTime(ms) };
}

describe('watchAnswers', () => {
  it('leaves alone what answers', () => {
    const { state, pass } = watched();
    pass(100_000);
    expect(state.silences).toEqual([]);
    expect(state.questions).toBe(101);
  });

  it('calls out once, after as many questions without an answer as it may miss', () => {
    const { state, pass } = watched();
    pass(5_000);
    state.answering = false;
    // The last question was answered: the one of this second is the first that is not.
    pass(3_000);
    expect(state.silences).toEqual([]);
    pass(1_000);
    expect(state.silences).toEqual([3_000]);
    pass(60_000);
    expect(state.silences).toEqual([3_000]);
  });

  it('begins to count anew with every answer, however late it comes', () => {
    const { state, pass } = watched();
    state.answering = false;
    for (let round = 0; round < 5; round += 1) {
      pass(2_500);
      state.answers += 1;
    }
    expect(state.silences).toEqual([]);
  });

  it('does not count a time in which it slept itself', () => {
    const { state, pass } = watched();
    state.answering = false;
    pass(3_500);
    expect(state.silences).toEqual([]);
    state.jumpMs += 3_600_000;
    pass(1_000);
    expect(state.silences).toEqual([]);
    pass(2_000);
    expect(state.silences).toEqual([]);
    pass(1_000);
    expect(state.silences).toEqual([3_000]);
  });

  it('asks nothing more once it is ended', () => {
    const { state, end, pass } = watched();
    state.answering = false;
    end();
    pass(60_000);
    expect(state).toMatchObject({ questions: 1, silences: [] });
  });
});

it('a process may be silent for two leases, and for twelve seconds however short they are', () => {
  const silence = (leaseMs: number): number => answerPolicy(leaseMs).everyMs * answerPolicy(leaseMs).most;
  expect(silence(15_000)).toBe(30_000);
  expect(silence(60_000)).toBe(120_000);
  expect(silence(1_000)).toBe(12_000);
});
