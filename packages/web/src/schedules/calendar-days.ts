const DAY_MS = 86_400_000;

export type CalendarView = 'month' | 'week';

/** The day (ISO 8601) so many days later; pure. */
export function daysLater(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The day that a moment (milliseconds since 1970) is on by the clocks of a zone. */
export function dayIn(zone: string, at: number): string {
  // The Canadian way of writing a date is that of ISO 8601.
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);
}

/** The days that a view shows, whole weeks from Monday on; a month is shown with the ends of its neighbours. */
export function shownDays(view: CalendarView, day: string): string[] {
  const first = mondayOf(view === 'month' ? `${day.slice(0, 8)}01` : day);
  const last = view === 'month' ? daysLater(mondayOf(lastOfMonth(day)), 6) : daysLater(first, 6);
  const days: string[] = [];
  for (let shown = first; shown <= last; shown = daysLater(shown, 1)) days.push(shown);
  return days;
}

/** The same view one step on or back. */
export function stepped(view: CalendarView, day: string, step: 1 | -1): string {
  if (view === 'week') return daysLater(day, step * 7);
  return step === 1
    ? daysLater(lastOfMonth(day), 1)
    : `${daysLater(`${day.slice(0, 8)}01`, -1).slice(0, 8)}01`;
}

/** What a view is called: `November 2026`, `16 – 22 Nov 2026`. */
export function nameOf(view: CalendarView, day: string, locale?: string): string {
  if (view === 'month') {
    return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
      new Date(day),
    );
  }
  const [first = day] = shownDays('week', day);
  const words = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return words.formatRange(new Date(first), new Date(daysLater(first, 6)));
}

/** Entries by their days. */
export function byDay<T extends { readonly day: string }>(entries: readonly T[]): ReadonlyMap<string, T[]> {
  const days = new Map<string, T[]>();
  for (const entry of entries) {
    const own = days.get(entry.day);
    if (own === undefined) days.set(entry.day, [entry]);
    else own.push(entry);
  }
  return days;
}

function lastOfMonth(day: string): string {
  const date = new Date(day);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).toISOString().slice(0, 10);
}

function mondayOf(day: string): string {
  return daysLater(day, -((new Date(day).getUTCDay() + 6) % 7));
}
