/** Notices a server that has fallen silent: a cut network may not close a connection for a quarter of an hour. */
export interface AnswerWatch {
  /** Counts a statement as waiting for its answer until its promise settles. */
  expect(answer: Promise<unknown>): void;
}

/**
 * Calls `onSilence` once when statements wait and none has been answered for `limitMs`. The limit must be
 * longer than the server lets a statement run.
 */
export function createAnswerWatch(limitMs: number, onSilence: () => void): AnswerWatch {
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    waiting -= 1;
    clearTimeout(timer);
    if (waiting > 0) timer = setTimeout(onSilence, limitMs);
  };
  return {
    expect: (answer) => {
      if (waiting === 0) timer = setTimeout(onSilence, limitMs);
      waiting += 1;
      answer.then(settle, settle);
    },
  };
}
