import { abridged, type Evidence, ownFetchesByUrl } from './evidence.js';

/** I1: every in-scope URL is in a terminal state, and none was made up. */
export async function nothingLost(evidence: Evidence): Promise<string[]> {
  const { db, expected, executionId, isComplete } = evidence;
  const rows = await db.system.withSystem(
    (tx) => tx.sql<{ url: string; state: string }[]>`
      select url, state from crawl_targets where execution_id = ${executionId}`,
  );
  const open = rows.filter(({ state }) => state === 'pending' || state === 'leased');
  const { inScopeUrls, blockedByRobots } = expected;
  const settled = new Set(rows.filter(({ state }) => state !== 'skipped').map(({ url }) => url));
  const skipped = new Set(rows.filter(({ state }) => state === 'skipped').map(({ url }) => url));
  const asked = ownFetchesByUrl(evidence);
  const neverAsked = [...settled].filter((url) => !asked.has(url) && !isRobots(url));
  const violations = [
    ...abridged('URLs left open', open),
    ...abridged(
      'URLs outside the site',
      [...settled].filter((url) => !inScopeUrls.has(url)),
    ),
    ...abridged('URLs with an outcome that the site was never asked for', neverAsked),
  ];
  if (!isComplete) return violations;
  return [
    ...violations,
    ...abridged(
      'URLs lost',
      [...inScopeUrls].filter((url) => !settled.has(url)),
    ),
    ...abridged(
      'URLs left out for no reason',
      [...skipped].filter((url) => !blockedByRobots.has(url)),
    ),
  ];
}

const isRobots = (url: string): boolean => url.endsWith('/robots.txt');
