import { checkPoliteness } from '@outrider/oracle';
import { abridged, type Evidence } from './evidence.js';

/** I6: never more fetches on the host at once than the campaign allows, nor sooner, whoever they came from. */
export function polite({ oracle, maxConcurrency, delayMs = 0 }: Evidence): Promise<string[]> {
  const found = checkPoliteness(oracle.fetches(), {
    maxConcurrency,
    delayMs,
    exceptPaths: ['/robots.txt'],
  });
  return Promise.resolve(
    abridged(`fetches beyond ${maxConcurrency} at once, or within ${delayMs} ms`, found),
  );
}
