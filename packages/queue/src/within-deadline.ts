/**
 * The result of `work`, or the rejection made by `onTimeout` after `milliseconds`. The work itself is not
 * stopped; its late rejection is swallowed, since nobody waits for it any more.
 */
export async function withinDeadline<T>(
  work: Promise<T>,
  milliseconds: number,
  onTimeout: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onTimeout()), milliseconds);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
