import { readExecutionAnalytics, type Tx } from '@outrider/db';
import { compareFigures, type ExecutionAnalytics, OutriderError } from '@outrider/shared';

interface ComparedExecution extends ExecutionAnalytics {
  readonly differences: ReturnType<typeof compareFigures> | null;
}

/** The figures of several executions in the order of their ids. Throws `not_found`, naming the place of the id that is not there. */
export async function compareExecutions(
  tx: Tx,
  ids: readonly string[],
): Promise<{ items: ComparedExecution[] }> {
  const items: ComparedExecution[] = [];
  for (const [place, id] of ids.entries()) {
    const one = await named(place, 'execution', readExecutionAnalytics(tx, id));
    const [first] = items;
    items.push({ ...one, differences: first === undefined ? null : compareFigures(first, one) });
  }
  return { items };
}

/** Says of what is not found which of the ids it is. */
export async function named<T>(place: number, noun: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof OutriderError && error.code === 'not_found')) throw error;
    const message = `There is no such ${noun}.`;
    throw new OutriderError('not_found', message, {
      fields: [{ path: `ids.${place}`, code: 'not_found', message }],
      cause: error,
    });
  }
}
