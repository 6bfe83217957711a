/** How `/robots.txt` answers: a body with status 200, a chosen status, or silence. */
export type RobotsPlan = string | { readonly status: number; readonly body?: string } | 'hang';

/** What is planted among the ordinary pages. Counts are numbers of URLs; absent means none. */
export interface Plant {
  /** URLs that are linked and answer 404. */
  readonly notFound?: number;
  /** URLs that answer 500, every time. */
  readonly serverError?: number;
  /** URLs that redirect: every second one to an ordinary page, the others to a page nothing else links to. */
  readonly redirects?: number;
  /** One chain of this many redirects: `/chain/0` to `/chain/<n>`, which is a page. */
  readonly redirectChain?: number;
  /** Two URLs that redirect to each other. */
  readonly redirectLoop?: boolean;
  /** Pages that answer after `ms` milliseconds. */
  readonly slow?: { readonly count: number; readonly ms: number };
  /** URLs whose connection is reset (TCP RST) instead of an answer. */
  readonly reset?: number;
  /** URLs that are never answered. */
  readonly hang?: number;
  /** Without it `/robots.txt` is 404, or, with `sitemap`, allows all and names the sitemap. */
  readonly robotsTxt?: RobotsPlan;
  /** Serve `/sitemap.xml` with every ordinary page, and name it in a robots.txt that answers 200. */
  readonly sitemap?: boolean;
  /** URLs with the same bytes as an ordinary page. */
  readonly duplicates?: number;
  /** Pages with `<meta name="robots" content="noindex">`; their links may be followed. */
  readonly noindex?: number;
  /** Links to another host. It is this same server under the name `localhost`, so a leak is logged. */
  readonly outOfScope?: number;
  /** A chain of pages `/deep/1` to `/deep/<n>`, where `/deep/<k>` is k links away from `/`. */
  readonly deep?: number;
  /** Files of random bytes, `application/octet-stream`. */
  readonly binary?: number;
  /** Paths linked from `/` for a test to answer with `set()`; 404 until then. */
  readonly customPaths?: readonly string[];
}

/** A site as a pure function of its seed: the same plan always gives the same pages and links. */
export interface SitePlan {
  readonly seed: number;
  /** Ordinary pages, `/` included. Planted URLs come on top. */
  readonly pages: number;
  /**
   * Links in the body of each ordinary page. Half of them build the tree that makes every page
   * reachable, so the depth is about log(pages) to the base linksPerPage / 2; with 1 or 2 it is a chain.
   */
  readonly linksPerPage: number;
  readonly plant?: Plant;
  /** Virtual hosts on consecutive loopback addresses and one port, each with the whole site (Linux). */
  readonly hosts?: number;
  /** Milliseconds before every answer. */
  readonly delayMs?: number;
  /** Sent with every answer that no custom route gives. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Send an `ETag` with every body, and answer 304 to a request that names it. */
  readonly validators?: boolean;
}

const PLAN_KEYS = ['seed', 'pages', 'linksPerPage', 'plant', 'hosts', 'delayMs', 'headers', 'validators'];
const PLANT_COUNTS = [
  'notFound',
  'serverError',
  'redirects',
  'redirectChain',
  'reset',
  'hang',
  'duplicates',
  'noindex',
  'outOfScope',
  'deep',
  'binary',
] as const;
const PLANT_KEYS = [...PLANT_COUNTS, 'redirectLoop', 'slow', 'robotsTxt', 'sitemap', 'customPaths'];

function requireCount(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new RangeError(`site plan: ${name} must be a whole number from ${least} to ${most}, got ${value}`);
  }
}

function requireKnownKeys(name: string, value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new RangeError(`site plan: ${name} has no setting "${unknown}"`);
}

/**
 * Refuses a plan that cannot be built or that misspells a setting: a plan often arrives as JSON on a
 * command line, where a typo would otherwise plant nothing and let a test pass.
 *
 * @throws RangeError naming the setting.
 */
export function checkSitePlan(plan: SitePlan): void {
  requireKnownKeys('the plan', plan, PLAN_KEYS);
  requireCount('seed', plan.seed, 0);
  requireCount('pages', plan.pages, 1, 100_000_000);
  requireCount('linksPerPage', plan.linksPerPage, plan.pages > 1 ? 1 : 0);
  requireCount('hosts', plan.hosts ?? 1, 1, 250);
  requireCount('delayMs', plan.delayMs ?? 0, 0);
  const plant = plan.plant ?? {};
  requireKnownKeys('plant', plant, PLANT_KEYS);
  for (const name of PLANT_COUNTS) requireCount(`plant.${name}`, plant[name] ?? 0, 0);
  requireCount('plant.slow.count', plant.slow?.count ?? 0, 0);
  requireCount('plant.slow.ms', plant.slow?.ms ?? 0, 0);
  const wrong = plant.customPaths?.find((path) => !path.startsWith('/') || path.includes('#'));
  if (wrong !== undefined) throw new RangeError(`site plan: "${wrong}" is not a path`);
}
