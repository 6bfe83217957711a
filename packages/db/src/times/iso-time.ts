/** A moment as the API writes it: ISO 8601 in UTC, to the millisecond. */
export function isoTime(moment: Date): string {
  return moment.toISOString();
}

/** The same for a moment that may not have come. */
export function isoTimeOrNull(moment: Date | null): string | null {
  return moment === null ? null : moment.toISOString();
}
