import type { Answer } from './answer.js';
import type { SiteGraph } from './site-graph.js';

/** The most URLs one file may hold (sitemaps.org protocol). */
const URLS_PER_FILE = 50_000;
const PART_PATH = /^\/sitemap-(\d{1,4})\.xml$/;
const NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

function xml(root: string, entry: string, locations: Iterable<string>): Answer {
  let body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${NAMESPACE}>\n`;
  for (const location of locations) body += `<${entry}><loc>${location}</loc></${entry}>\n`;
  return { headers: { 'content-type': 'application/xml' }, body: `${body}</${root}>\n` };
}

function* pageUrls(graph: SiteGraph, origin: string, part: number): Generator<string> {
  const end = Math.min(graph.pageCount, (part + 1) * URLS_PER_FILE);
  for (let id = part * URLS_PER_FILE; id < end; id += 1) yield origin + graph.pathOf(id);
}

function* partUrls(origin: string, parts: number): Generator<string> {
  for (let part = 0; part < parts; part += 1) yield `${origin}/sitemap-${part}.xml`;
}

/**
 * `/sitemap.xml` with every ordinary page; above 50,000 pages an index of `/sitemap-<n>.xml` files.
 * Undefined for any other path.
 */
export function answerSitemap(graph: SiteGraph, path: string, origin: string): Answer | undefined {
  const parts = Math.ceil(graph.pageCount / URLS_PER_FILE);
  if (path === '/sitemap.xml') {
    if (parts === 1) return xml('urlset', 'url', pageUrls(graph, origin, 0));
    return xml('sitemapindex', 'sitemap', partUrls(origin, parts));
  }
  const part = Number(PART_PATH.exec(path)?.[1] ?? Number.NaN);
  if (parts === 1 || !(part < parts)) return undefined;
  return xml('urlset', 'url', pageUrls(graph, origin, part));
}
