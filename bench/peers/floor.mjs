// The floor to chase: a loop over undici and htmlparser2 that follows every link of a site, takes the same
// facts from each page, and records nothing. Usage: floor.mjs <url> <concurrency> [limit]
import { Parser } from 'htmlparser2';
import { Pool } from 'undici';
import { report } from './report.mjs';

const [start = '', concurrency = '16', limit = 'Infinity'] = process.argv.slice(2);
const { origin } = new URL(start);
const pool = new Pool(origin, { connections: Number(concurrency), pipelining: 1 });
const found = [start];
const seen = new Set(found);
let next = 0;
let pages = 0;

/**
 * @param {string} html
 * @param {string} base
 */
function readPage(html, base) {
  const facts = { title: '', h1: '', description: '', canonical: '', anchors: '', textLength: 0 };
  /** @type {string[]} */
  const hrefs = [];
  /** @type {string[]} */
  const open = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'a' && attributes['href'] !== undefined) hrefs.push(attributes['href']);
      if (name === 'meta' && attributes['name'] === 'description')
        facts.description = attributes['content'] ?? '';
      if (name === 'link' && attributes['rel'] === 'canonical') facts.canonical = attributes['href'] ?? '';
      if (['a', 'title', 'h1', 'script', 'style'].includes(name)) open.push(name);
    },
    ontext(text) {
      const inside = open[open.length - 1];
      if (inside === 'script' || inside === 'style') return;
      if (inside === 'title') facts.title += text;
      if (inside === 'h1') facts.h1 += text;
      if (inside === 'a') facts.anchors += text;
      facts.textLength += text.length;
    },
    onclosetag(name) {
      if (open[open.length - 1] === name) open.pop();
    },
  });
  parser.end(html);
  const links = new Set();
  for (const href of hrefs) {
    const url = parseUrl(href, base);
    if (url === null || !url.protocol.startsWith('http')) continue;
    url.hash = '';
    links.add(url.href);
  }
  return { facts, links };
}

/**
 * @param {string} href
 * @param {string} base
 */
function parseUrl(href, base) {
  try {
    return new URL(href, base);
  } catch {
    return null;
  }
}

/** @param {string} url */
async function visit(url) {
  const { headers, statusCode, body } = await pool.request({ path: url.slice(origin.length), method: 'GET' });
  pages += 1;
  if (statusCode !== 200 || !String(headers['content-type']).includes('html')) {
    await body.dump();
    return;
  }
  const { links } = readPage(await body.text(), url);
  for (const link of links) {
    if (seen.has(link) || !link.startsWith(`${origin}/`)) continue;
    seen.add(link);
    found.push(link);
  }
}

const begun = performance.now();
await new Promise((resolve, reject) => {
  let inFlight = 0;
  const fill = () => {
    while (inFlight < Number(concurrency) && next < found.length && pages < Number(limit)) {
      inFlight += 1;
      visit(found[next++] ?? '').then(() => {
        inFlight -= 1;
        fill();
      }, reject);
    }
    if (inFlight === 0) resolve(undefined);
  };
  fill();
});
report({ pages, seconds: (performance.now() - begun) / 1_000 });
await pool.close();
