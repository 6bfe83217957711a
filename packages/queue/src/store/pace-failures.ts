import { setTimeout as sleep } from 'node:timers/promises';

/** The call by which a worker of BullMQ takes its next job. */
interface JobSource<A extends unknown[], R> {
  moveToActive(...args: A): Promise<R>;
}

/**
 * Makes a failed fetch of a job take at least `milliseconds`. BullMQ asks again at once after an error that
 * it does not know as a lost connection, such as PostgreSQL's "too many clients" or "is starting up", and
 * would so open hundreds of connections a second to a server that is short of them.
 */
export function paceFailures<A extends unknown[], R, B extends JobSource<A, R>>(
  backend: B,
  milliseconds: number,
): B {
  const moveToActive = backend.moveToActive.bind(backend);
  backend.moveToActive = async (...args: A): Promise<R> => {
    try {
      return await moveToActive(...args);
    } catch (error) {
      await sleep(milliseconds);
      throw error;
    }
  };
  return backend;
}
