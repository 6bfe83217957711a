import { seededHash } from './seeded-hash.js';
import type { SitePlan } from './site-plan.js';

/** Everything on the site that is not an ordinary page. */
export type PlantedKind =
  | 'notFound'
  | 'serverError'
  | 'redirect'
  | 'landing'
  | 'chain'
  | 'chainEnd'
  | 'loop'
  | 'slow'
  | 'reset'
  | 'hang'
  | 'copy'
  | 'noindex'
  | 'outside'
  | 'deep'
  | 'binary'
  | 'custom';

export interface PlantedResource {
  readonly kind: PlantedKind;
  /** Position among its kind, from 0. */
  readonly ordinal: number;
  readonly path: string;
  /** The ordinary page that links to it; null when only another planted resource leads to it. */
  readonly parent: number | null;
  /** Where it redirects or links to, or the page it copies: an id in the site's numbering. */
  readonly target: number | null;
}

/** Kinds spread over the site at random, with the folder they live in. */
const SCATTERED = [
  ['notFound', 'missing'],
  ['serverError', 'broken'],
  ['reset', 'reset'],
  ['hang', 'silent'],
  ['noindex', 'unlisted'],
  ['outside', 'outside'],
  ['binary', 'files'],
  ['slow', 'slow'],
] as const;

// Each kind draws from its own stream, so planting more of one kind moves nothing else.
const STREAM_START = 0x4000_0000;

/**
 * Lays out the planted resources after the ordinary pages: the resource at index j has the id
 * `plan.pages + j`. Memory grows with what is planted, not with the pages.
 */
export function plantResources(plan: SitePlan): PlantedResource[] {
  const planted: PlantedResource[] = [];
  const nextId = (): number => plan.pages + planted.length;
  const anyPage = (stream: number, ordinal: number): number =>
    seededHash(plan.seed, STREAM_START + stream, ordinal) % plan.pages;

  plantScattered(plan, planted, anyPage);
  plantRedirects(plan, planted, anyPage, nextId);
  plantCopies(plan, planted, anyPage);
  plantDeep(plan, planted, nextId);
  for (const [ordinal, path] of (plan.plant?.customPaths ?? []).entries()) {
    planted.push({ kind: 'custom', ordinal, path, parent: 0, target: null });
  }
  return planted;
}

type AnyPage = (stream: number, ordinal: number) => number;

function countOf(plan: SitePlan, kind: (typeof SCATTERED)[number][0]): number {
  const plant = plan.plant ?? {};
  if (kind === 'slow') return plant.slow?.count ?? 0;
  if (kind === 'outside') return plant.outOfScope ?? 0;
  return plant[kind] ?? 0;
}

function plantScattered(plan: SitePlan, planted: PlantedResource[], anyPage: AnyPage): void {
  for (const [stream, [kind, folder]] of SCATTERED.entries()) {
    const ending = kind === 'binary' ? '.bin' : '';
    for (let ordinal = 0; ordinal < countOf(plan, kind); ordinal += 1) {
      const path = `/${folder}/${ordinal}${ending}`;
      planted.push({ kind, ordinal, path, parent: anyPage(stream, ordinal), target: null });
    }
  }
}

function plantRedirects(
  plan: SitePlan,
  planted: PlantedResource[],
  anyPage: AnyPage,
  nextId: () => number,
): void {
  const { redirects = 0, redirectChain = 0, redirectLoop = false } = plan.plant ?? {};
  for (let ordinal = 0; ordinal < redirects; ordinal += 1) {
    const toPage = ordinal % 2 === 0;
    const target = toPage ? anyPage(20, ordinal) : nextId() + 1;
    planted.push({
      kind: 'redirect',
      ordinal,
      path: `/moved/${ordinal}`,
      parent: anyPage(21, ordinal),
      target,
    });
    if (!toPage) {
      planted.push({ kind: 'landing', ordinal, path: `/arrived/${ordinal}`, parent: null, target: null });
    }
  }
  for (let hop = 0; hop < redirectChain; hop += 1) {
    const parent = hop === 0 ? anyPage(22, 0) : null;
    planted.push({ kind: 'chain', ordinal: hop, path: `/chain/${hop}`, parent, target: nextId() + 1 });
  }
  if (redirectChain > 0) {
    planted.push({
      kind: 'chainEnd',
      ordinal: 0,
      path: `/chain/${redirectChain}`,
      parent: null,
      target: null,
    });
  }
  if (redirectLoop) {
    const first = nextId();
    planted.push({ kind: 'loop', ordinal: 0, path: '/loop/a', parent: anyPage(23, 0), target: first + 1 });
    planted.push({ kind: 'loop', ordinal: 1, path: '/loop/b', parent: null, target: first });
  }
}

function plantCopies(plan: SitePlan, planted: PlantedResource[], anyPage: AnyPage): void {
  for (let ordinal = 0; ordinal < (plan.plant?.duplicates ?? 0); ordinal += 1) {
    const path = `/copy/${ordinal}`;
    planted.push({ kind: 'copy', ordinal, path, parent: anyPage(30, ordinal), target: anyPage(31, ordinal) });
  }
}

function plantDeep(plan: SitePlan, planted: PlantedResource[], nextId: () => number): void {
  const depth = plan.plant?.deep ?? 0;
  for (let ordinal = 0; ordinal < depth; ordinal += 1) {
    const target = ordinal + 1 < depth ? nextId() + 1 : null;
    const path = `/deep/${ordinal + 1}`;
    planted.push({ kind: 'deep', ordinal, path, parent: ordinal === 0 ? 0 : null, target });
  }
}
