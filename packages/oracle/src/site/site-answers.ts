import type { Answer } from './answer.js';
import { type HtmlLink, renderHtml } from './page-html.js';
import { writeProse } from './page-prose.js';
import { answerRobots } from './robots-answer.js';
import { seededHash, seededStream } from './seeded-hash.js';
import type { SiteGraph } from './site-graph.js';
import type { SitePlan } from './site-plan.js';
import { answerSitemap } from './sitemap-answer.js';

/** Rendered pages are kept up to this many bytes; beyond, pages are rendered on each request. */
const CACHE_BYTES = 64 * 1024 * 1024;
const BINARY_BYTES = 4096;
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

/** The status a resource answers with; null when it gives no answer, or when a test decides. */
export function statusOf(graph: SiteGraph, id: number): number | null {
  switch (graph.kindOf(id)) {
    case 'notFound':
      return 404;
    case 'serverError':
      return 500;
    case 'redirect':
    case 'chain':
      return REDIRECT_STATUSES[(graph.planted(id)?.ordinal ?? 0) % REDIRECT_STATUSES.length] ?? 301;
    case 'loop':
      return 302;
    case 'reset':
    case 'hang':
    case 'outside':
    case 'custom':
      return null;
    case 'page':
    case 'landing':
    case 'chainEnd':
    case 'slow':
    case 'copy':
    case 'noindex':
    case 'deep':
    case 'binary':
      return 200;
  }
}

/** The site as a function from host and request target to answer. */
export class SiteAnswers {
  readonly #plan: SitePlan;
  readonly #graph: SiteGraph;
  readonly #outsideOrigin: string;
  readonly #bodies = new Map<number, Buffer>();
  #cachedBytes = 0;

  /** `outsideOrigin` is where out-of-scope links point. */
  constructor(plan: SitePlan, graph: SiteGraph, outsideOrigin: string) {
    this.#plan = plan;
    this.#graph = graph;
    this.#outsideOrigin = outsideOrigin;
  }

  answer(target: string, origin: string): Answer {
    if (target === '/robots.txt') return answerRobots(this.#plan, origin);
    if (this.#plan.plant?.sitemap === true && target.startsWith('/sitemap')) {
      const sitemap = answerSitemap(this.#graph, target, origin);
      if (sitemap !== undefined) return sitemap;
    }
    const id = this.#graph.find(target);
    return id === undefined ? this.#notFound() : this.#answerResource(id);
  }

  #answerResource(id: number): Answer {
    const status = statusOf(this.#graph, id) ?? 404;
    switch (this.#graph.kindOf(id)) {
      case 'reset':
        return 'reset';
      case 'hang':
        return 'hang';
      case 'redirect':
      case 'chain':
      case 'loop':
        return { status, headers: { location: this.#graph.pathOf(this.#graph.outlinks(id)[0] ?? 0) } };
      case 'notFound':
      case 'outside':
      case 'custom':
        return this.#notFound();
      case 'serverError':
        return { status, headers: { 'content-type': 'text/plain' }, body: 'Internal server error\n' };
      case 'binary':
        return { headers: { 'content-type': 'application/octet-stream' }, body: this.#binary(id) };
      case 'slow':
        return { headers: HTML, body: this.#html(id), delayMs: this.#plan.plant?.slow?.ms ?? 0 };
      case 'copy':
        return { headers: HTML, body: this.#html(this.#graph.planted(id)?.target ?? 0) };
      case 'page':
      case 'landing':
      case 'chainEnd':
      case 'noindex':
      case 'deep':
        return { headers: HTML, body: this.#html(id) };
    }
  }

  #notFound(): Answer {
    const prose = {
      title: 'Page not found',
      description: 'Nothing is here.',
      paragraphs: ['Nothing is here.'],
    };
    const body = renderHtml({ prose, noindex: false, nav: [this.#link(0, 0, 0)], body: [] });
    return { status: 404, headers: HTML, body };
  }

  #html(id: number): Buffer {
    const kept = this.#bodies.get(id);
    if (kept !== undefined) return kept;
    const body = Buffer.from(this.#render(id));
    if (this.#cachedBytes + body.length <= CACHE_BYTES) {
      this.#cachedBytes += body.length;
      this.#bodies.set(id, body);
    }
    return body;
  }

  #render(id: number): string {
    const links = this.#graph.outlinks(id).map((to, position) => this.#link(id, to, position));
    const navLength = id > 0 && id < this.#graph.pageCount ? 2 : 1;
    return renderHtml({
      prose: writeProse(seededHash(this.#plan.seed, id, 0x7e), id),
      noindex: this.#graph.kindOf(id) === 'noindex',
      nav: links.slice(0, navLength),
      body: links.slice(navLength),
    });
  }

  /** Every eighth link or so carries a fragment: another spelling of the same URL. */
  #link(from: number, to: number, position: number): HtmlLink {
    const path = this.#graph.pathOf(to);
    if (this.#graph.kindOf(to) === 'outside') return { href: this.#outsideOrigin + path, text: 'a partner' };
    const draw = seededHash(this.#plan.seed, from, 0x1000 + position);
    const fragment = draw % 8 === 0 ? `#part-${1 + (draw % 3)}` : '';
    return { href: path + fragment, text: to === 0 ? 'Home' : `sheet ${to}` };
  }

  #binary(id: number): Buffer {
    const next = seededStream(seededHash(this.#plan.seed, id, 0x7e));
    const body = Buffer.alloc(BINARY_BYTES);
    for (let offset = 0; offset < BINARY_BYTES; offset += 4) body.writeUInt32LE(next(), offset);
    return body;
  }
}
