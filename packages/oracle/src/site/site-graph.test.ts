import { describe, expect, it } from 'vitest';
import { hrefsOf } from '../testing/loopback-get.js';
import { SiteAnswers } from './site-answers.js';
import { SiteGraph } from './site-graph.js';
import type { SitePlan } from './site-plan.js';

const ORIGIN = 'http://127.0.0.1:1';
const OUTSIDE = 'http://localhost:1';
const PLAN: SitePlan = {
  seed: 42,
  pages: 300,
  linksPerPage: 7,
  plant: {
    notFound: 5,
    serverError: 3,
    redirects: 6,
    redirectChain: 4,
    redirectLoop: true,
    slow: { count: 2, ms: 10 },
    reset: 2,
    hang: 2,
    duplicates: 5,
    noindex: 4,
    outOfScope: 6,
    deep: 9,
    binary: 3,
    customPaths: ['/custom?a=1&b=2'],
  },
};

function reachable(graph: SiteGraph): Set<number> {
  const seen = new Set([0]);
  for (const id of seen) for (const link of graph.outlinks(id)) seen.add(link);
  return seen;
}

function bytesOf(plan: SitePlan): string[] {
  const graph = new SiteGraph(plan);
  const answers = new SiteAnswers(plan, graph, OUTSIDE);
  return Array.from({ length: graph.size }, (_, id) => {
    const answer = answers.answer(graph.pathOf(id), ORIGIN);
    if (typeof answer === 'string') return answer;
    return `${JSON.stringify(answer.headers)} ${Buffer.from(answer.body ?? '').toString('latin1')}`;
  });
}

describe('the site graph', () => {
  it.each([
    [1, 1, 0],
    [2, 2, 1],
    [3, 50, 1],
    [4, 1000, 2],
    [5, 1001, 3],
    [6, 20_000, 12],
    [7, 10, 50],
  ])('reaches every page from the first (seed %i, %i pages, %i links)', (seed, pages, linksPerPage) => {
    const graph = new SiteGraph({ seed, pages, linksPerPage });
    expect(reachable(graph).size).toBe(pages);
  });

  it('reaches everything planted from the first page', () => {
    const graph = new SiteGraph(PLAN);
    const seen = reachable(graph);
    const missed = Array.from({ length: graph.size }, (_, id) => id).filter((id) => !seen.has(id));
    expect(missed.map((id) => graph.pathOf(id))).toEqual([]);
  });

  it('is the same, byte by byte, for the same seed', () => {
    expect(bytesOf(PLAN)).toEqual(bytesOf({ ...PLAN }));
  });

  it('differs in paths, links and prose for another seed', () => {
    const [one, two] = [bytesOf(PLAN), bytesOf({ ...PLAN, seed: 43 })];
    const same = one.slice(0, PLAN.pages).filter((bytes, id) => bytes === two[id]);
    expect(same).toEqual([]);
  });

  it('keeps the ordinary links where they are when more is planted', () => {
    const bare = new SiteGraph({ seed: 42, pages: 300, linksPerPage: 7 });
    const full = new SiteGraph(PLAN);
    for (let id = 0; id < 300; id += 1) {
      const links = bare.outlinks(id);
      expect(full.outlinks(id).slice(0, links.length)).toEqual(links);
    }
  });

  it('finds every URL by its path and no path that it did not make', () => {
    const graph = new SiteGraph(PLAN);
    for (let id = 0; id < graph.size; id += 1) {
      if (graph.kindOf(id) !== 'outside') expect(graph.find(graph.pathOf(id))).toBe(id);
    }
    const path = graph.pathOf(7);
    expect(graph.find(`${path}?utm_source=x`)).toBe(7);
    expect(graph.find(path.replace(/docs\/[a-z]+/, 'docs/elsewhere'))).toBeUndefined();
    expect(graph.find(path.replace('7.html', '07.html'))).toBeUndefined();
    expect(graph.find('/docs/guides/300.html')).toBeUndefined();
    expect(graph.find('/outside/0')).toBeUndefined();
  });

  it('writes into each document exactly the links it counts, and the home link twice', () => {
    const graph = new SiteGraph(PLAN);
    const answers = new SiteAnswers(PLAN, graph, OUTSIDE);
    for (let id = 0; id < graph.size; id += 1) {
      const answer = answers.answer(graph.pathOf(id), ORIGIN);
      if (typeof answer === 'string' || graph.kindOf(id) === 'outside' || graph.kindOf(id) === 'custom')
        continue;
      if (answer.headers?.['content-type'] !== 'text/html; charset=utf-8') continue;
      const expected = graph
        .outlinks(id)
        .map((to) => (graph.kindOf(to) === 'outside' ? OUTSIDE : ORIGIN) + graph.pathOf(to));
      const html = Buffer.from(answer.body ?? '').toString();
      expect(hrefsOf(html, ORIGIN)).toEqual([...expected, `${ORIGIN}/`]);
    }
  });

  it('gives a copy the bytes of an ordinary page', () => {
    const graph = new SiteGraph(PLAN);
    const bytes = bytesOf(PLAN);
    for (let id = PLAN.pages; id < graph.size; id += 1) {
      if (graph.kindOf(id) === 'copy') expect(bytes.slice(0, PLAN.pages)).toContain(bytes[id]);
    }
    expect(new Set(bytes.slice(0, PLAN.pages)).size).toBe(PLAN.pages);
  });
});
