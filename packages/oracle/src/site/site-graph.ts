import { type PlantedKind, type PlantedResource, plantResources } from './planted-resources.js';
import { seededHash } from './seeded-hash.js';
import type { SitePlan } from './site-plan.js';

export type ResourceKind = 'page' | PlantedKind;

const TOPICS = ['guides', 'reference', 'tutorials', 'releases', 'concepts', 'recipes', 'internals', 'faq'];
const PAGE_PATH = /^\/docs\/[a-z]+\/([1-9]\d{0,8})\.html$/;

/**
 * The site's URLs as numbers: 0 is `/`, ids below `pageCount` are ordinary pages, the rest are planted.
 *
 * Why every page is reachable from `/`: the children of page i are i * f + 1 … i * f + f, for a fanout
 * f of at least 1, and page i links to all of them that exist. So the parent of any page j > 0 is page
 * floor((j - 1) / f), which is less than j; by induction on j a path of links leads from 0 to j. The
 * other links are random and can only shorten that path. Everything planted is linked from a page, or
 * from something planted that is.
 */
export class SiteGraph {
  readonly pageCount: number;
  readonly size: number;
  readonly #plan: SitePlan;
  readonly #fanout: number;
  readonly #resources: readonly PlantedResource[];
  readonly #idByPath = new Map<string, number>();
  readonly #idsByParent = new Map<number, number[]>();

  constructor(plan: SitePlan) {
    this.#plan = plan;
    this.#fanout = Math.max(1, Math.ceil(plan.linksPerPage / 2));
    this.#resources = plantResources(plan);
    this.pageCount = plan.pages;
    this.size = plan.pages + this.#resources.length;
    for (const [index, { kind, path, parent }] of this.#resources.entries()) {
      const id = plan.pages + index;
      if (kind !== 'outside') this.#idByPath.set(path, id);
      if (parent === null) continue;
      const siblings = this.#idsByParent.get(parent);
      if (siblings === undefined) this.#idsByParent.set(parent, [id]);
      else siblings.push(id);
    }
  }

  planted(id: number): PlantedResource | undefined {
    return this.#resources[id - this.pageCount];
  }

  kindOf(id: number): ResourceKind {
    return this.planted(id)?.kind ?? 'page';
  }

  pathOf(id: number): string {
    if (id === 0) return '/';
    const resource = this.planted(id);
    if (resource !== undefined) return resource.path;
    return `/docs/${TOPICS[seededHash(this.#plan.seed, id, 0x70) % TOPICS.length] ?? 'docs'}/${id}.html`;
  }

  /** The id behind a request target; a query is ignored unless it was planted. */
  find(target: string): number | undefined {
    const exact = this.#idByPath.get(target);
    if (exact !== undefined) return exact;
    const question = target.indexOf('?');
    const path = question < 0 ? target : target.slice(0, question);
    if (path === '/') return 0;
    const number = Number(PAGE_PATH.exec(path)?.[1] ?? Number.NaN);
    if (number < this.pageCount) return this.pathOf(number) === path ? number : undefined;
    return question < 0 ? undefined : this.#idByPath.get(path);
  }

  /** Ids this resource links or redirects to, in document order and with repetitions. */
  outlinks(id: number): number[] {
    const resource = this.planted(id);
    if (resource === undefined) return this.#pageOutlinks(id);
    const { kind, target } = resource;
    switch (kind) {
      case 'copy':
        return target === null ? [] : this.#pageOutlinks(target);
      case 'redirect':
      case 'chain':
      case 'loop':
        return target === null ? [] : [target];
      case 'deep':
        return target === null ? [0] : [0, target];
      case 'notFound':
      case 'landing':
      case 'chainEnd':
      case 'slow':
      case 'noindex':
        return [0];
      case 'serverError':
      case 'reset':
      case 'hang':
      case 'outside':
      case 'binary':
      case 'custom':
        return [];
    }
  }

  /** Home and the page above, then children, then random pages up to `linksPerPage`, then what is planted. */
  #pageOutlinks(id: number): number[] {
    const { seed, pages, linksPerPage } = this.#plan;
    const links = id === 0 ? [0] : [0, Math.floor((id - 1) / this.#fanout)];
    const first = id * this.#fanout + 1;
    const children = Math.max(0, Math.min(this.#fanout, pages - first));
    for (let k = 0; k < children; k += 1) links.push(first + k);
    for (let k = children; k < linksPerPage; k += 1) links.push(seededHash(seed, id, k) % pages);
    const here = this.#idsByParent.get(id);
    if (here !== undefined) links.push(...here);
    return links;
  }
}
