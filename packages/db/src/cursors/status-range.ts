/** The statuses that a filter means: `404` is one, `4xx` a class. Both ends belong to it. */
export function statusRange(filter: string): { readonly low: number; readonly high: number } {
  if (filter.endsWith('xx')) {
    const low = Number(filter.slice(0, 1)) * 100;
    return { low, high: low + 99 };
  }
  return { low: Number(filter), high: Number(filter) };
}
