import type { ClaimedTarget, CrawlError, Verdict } from '@outrider/db';
import { crawlError } from '../record/crawl-errors.js';
import { retryDelayMs, UNTRIED } from './retry-policy.js';
import type { TargetContext } from './target-context.js';

export interface RobotsRefusal {
  readonly verdict: Verdict;
  readonly errors: readonly CrawlError[];
}

const NEW_TURN: RobotsRefusal = {
  verdict: UNTRIED,
  errors: [],
};

/**
 * Asks the site's robots.txt about a URL. Null when it may be fetched. A URL whose turn went to
 * reading the file, on a host with a pace, comes again in a new turn. While the file cannot be read the
 * host is left alone and the URL comes again, as often as the campaign retries; after that it and every
 * other URL of the origin are skipped (RFC 9309, 2.3.1.4), until the file answers again.
 * Throws when the lane is aborted meanwhile.
 */
export async function consultRobots(
  target: ClaimedTarget,
  context: TargetContext,
): Promise<RobotsRefusal | null> {
  const { politeness, fetch } = context.config;
  const { unreachable } = context;
  if (!politeness.obeyRobots) return null;
  const { origin } = new URL(target.url);
  const { standing, fetched } = await context.robots.ask({
    origin,
    userAgent: politeness.userAgent,
    timeoutMs: fetch.timeoutMs,
    signal: context.signal,
  });
  switch (standing.kind) {
    case 'allow_all':
      unreachable.reached(origin);
      return (await context.onRobots(target.host, null, fetched)) ? null : NEW_TURN;
    case 'rules': {
      unreachable.reached(origin);
      const crawlDelay = standing.file.crawlDelaySeconds(politeness.robotsToken);
      if (!(await context.onRobots(target.host, crawlDelay, fetched))) return NEW_TURN;
      const { allowed, rule } = standing.file.decide(politeness.robotsToken, target.url);
      if (allowed) return null;
      const text = rule === null ? 'robots.txt' : `robots.txt line ${rule.line}: ${rule.text}`;
      return { verdict: { kind: 'skipped', reason: 'robots_txt', rule: text }, errors: [] };
    }
    case 'unreachable': {
      const again = target.attempt <= fetch.retries && !unreachable.isGivenUp(origin);
      if (again) {
        unreachable.willAskAgain(origin);
        context.robots.forget(origin);
        // The whole host waits: no other URL of it could be fetched either, and each would ask anew.
        await context.backOff(target.host, {
          kind: 'robots_unreachable',
          forMs: retryDelayMs(target.attempt),
          reason: 'robots.txt could not be read',
        });
      } else {
        unreachable.giveUp(origin);
      }
      return refuseUnreachable(target, standing.detail, again);
    }
  }
}

function refuseUnreachable(target: ClaimedTarget, detail: string, again: boolean): RobotsRefusal {
  const error = crawlError(target, {
    errorType: 'robot_blocked',
    severity: again ? 'info' : 'error',
    code: 'robots_unreachable',
    message: `robots.txt could not be read: ${detail}`,
    context: { willRetry: again },
  });
  const verdict: Verdict = again
    ? { kind: 'retry', delayMs: 0, countAttempt: true }
    : { kind: 'skipped', reason: 'robots_unreachable', rule: detail };
  return { verdict, errors: [error] };
}
