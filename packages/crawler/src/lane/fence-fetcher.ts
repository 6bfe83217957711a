import type { Fetcher } from '../fetch/fetcher.js';
import type { LaneLease } from './lane-lease.js';

/**
 * A fetcher that begins nothing once a lane's lease is over. A process that slept hears of answers that came
 * meanwhile before it hears of any timer, and would put the next fetches in their places on hosts that are another lane's
 * by now. The check ends the lane, which aborts the signal that its requests carry.
 */
export function fenceFetcher(fetcher: Fetcher, lease: Pick<LaneLease, 'check'>): Fetcher {
  return {
    fetch: (request) => {
      lease.check();
      return fetcher.fetch(request);
    },
    close: () => fetcher.close(),
  };
}
