import type { CalendarEntry, ListedSchedule } from '@outrider/shared/contract';
import type { CalendarView } from './calendar-days.js';

/** What a calendar shows, in whichever form. Days are dates by the clocks of `zone`. */
export interface CalendarContent {
  readonly view: CalendarView;
  /** The one that was asked for: its month or week is shown. */
  readonly day: string;
  readonly today: string;
  readonly zone: string;
  readonly days: readonly string[];
  readonly entries: readonly CalendarEntry[];
  readonly schedules: readonly ListedSchedule[];
}
