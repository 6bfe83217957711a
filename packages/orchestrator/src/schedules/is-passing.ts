import { isLockTimeout, isOutOfResources, isSerializationOrDeadlock } from '@outrider/db';

/**
 * Whether what broke for one schedule may well succeed a little later: a lock that was not to be had, a lost
 * race, a disk or a memory that is full. Nothing is noted about its tick then; it is come to again.
 */
export function isPassing(error: unknown): boolean {
  return isLockTimeout(error) || isSerializationOrDeadlock(error) || isOutOfResources(error);
}
