import { readKnownRobots, type Tx } from '@outrider/db';
import type { CampaignConfig, KnownRobots, PlannedHost, PlannedUrl } from '@outrider/shared';
import type { IdentifiedUrl, JudgeUrl } from './judge-urls.js';
import { knownRobots, readRobotsRules } from './known-robots.js';

export type RobotsSummary = PlannedHost['robots'];

export const UNKNOWN_ROBOTS: RobotsSummary = {
  status: 'unknown',
  fetchedAt: null,
  crawlDelaySeconds: null,
  sitemaps: 0,
};

/** Texts held at a time, each half a megabyte at most: a plan may be over a thousand origins. */
const TEXTS_AT_ONCE = 8;

interface JudgedByOrigin {
  readonly config: CampaignConfig;
  readonly judge: JudgeUrl;
  /** Those of the URLs, and others whose robots.txt is of interest. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Judges URLs by the robots.txt files that executions of the tenant were told of, a few files at a time.
 * Returns the verdicts in the order asked, and what each file says of its host.
 */
export async function judgeByOrigin(
  tx: Tx,
  urls: readonly IdentifiedUrl[],
  { config, judge, origins }: JudgedByOrigin,
): Promise<{ urls: PlannedUrl[]; robots: Map<string, RobotsSummary> }> {
  const told = await readKnownRobots(tx, [...origins]);
  const places = groupBy(urls.keys(), (place) => originOf(urls[place]));
  const judged = new Map<number, PlannedUrl>();
  const summaries = new Map<string, RobotsSummary>();
  const originsOf = groupBy(origins, (origin) => told.get(origin)?.bodyHash ?? null);
  const hashes = [...originsOf.keys()];
  for (let first = 0; first < hashes.length; first += TEXTS_AT_ONCE) {
    const part = hashes.slice(first, first + TEXTS_AT_ONCE);
    const rules = await readRobotsRules(
      tx,
      part.filter((hash) => hash !== null),
    );
    for (const origin of part.flatMap((hash) => originsOf.get(hash) ?? [])) {
      const robots = knownRobots(told.get(origin) ?? null, rules);
      summaries.set(origin, summarize(robots, config));
      judgeAll(places.get(origin) ?? [], robots);
    }
  }
  judgeAll(places.get(null) ?? [], { status: 'unknown' });
  return { urls: [...urls.keys()].flatMap((place) => judged.get(place) ?? []), robots: summaries };

  function judgeAll(chosen: readonly number[], robots: KnownRobots): void {
    for (const place of chosen) {
      const one = urls[place];
      if (one !== undefined) judged.set(place, judge(one, robots));
    }
  }
}

/** Null for what is no URL. */
function originOf(one: IdentifiedUrl | undefined): string | null {
  return one === undefined || 'problem' in one ? null : new URL(one.url).origin;
}

/** What a plan says of a host's robots.txt. */
export function summarize(robots: KnownRobots, { politeness }: CampaignConfig): RobotsSummary {
  if (robots.status === 'unknown') return UNKNOWN_ROBOTS;
  const { status, fetchedAt, file } = robots;
  return {
    status,
    fetchedAt,
    crawlDelaySeconds: politeness.obeyRobots
      ? (file?.crawlDelaySeconds(politeness.robotsToken) ?? null)
      : null,
    sitemaps: file?.sitemaps.length ?? 0,
  };
}

function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
