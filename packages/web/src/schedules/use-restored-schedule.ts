import { useCall } from '../client/use-call.js';

/** Takes the deletion of a schedule back. */
export function useRestoredSchedule() {
  return useCall('restoreSchedule', {
    changes: ['listSchedules', 'listAllSchedules', 'getSchedule', 'readCalendar'],
    said: ({ name }) => `${name} is back, and goes on with its next tick.`,
  });
}
