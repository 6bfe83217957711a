import { checkPoliteness } from '@outrider/oracle';
import { abridged, type Evidence } from './evidence.js';

/** I6: never more fetches on the host at once than the campaign allows, whoever they came from. */
export function polite({ oracle, maxConcurrency }: Evidence): Promise<string[]> {
  const found = checkPoliteness(oracle.fetches(), {
    maxConcurrency,
    delayMs: 0,
    exceptPaths: ['/robots.txt'],
  });
  return Promise.resolve(abridged(`fetches beyond ${maxConcurrency} at once`, found));
}
