const DAY_S = 86_400;

/**
 * What stands below the ticks of an axis of time, short enough to stand side by side: days where ticks are days apart, else
 * clock times, with seconds only where ticks are less than a minute apart. Times are seconds since 1970.
 */
export function tickLabels(times: readonly number[], apart: number, locale?: string): string[] {
  const format = new Intl.DateTimeFormat(
    locale,
    apart >= DAY_S
      ? { day: 'numeric', month: 'short' }
      : {
          ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
          ...(apart < 60 ? { second: '2-digit' } : {}),
        },
  );
  return times.map((time) => format.format(new Date(time * 1_000)));
}
