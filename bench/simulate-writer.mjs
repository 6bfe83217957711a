// A worker without fetching and parsing: `pnpm bench:simulate` starts several. It takes a lane, claims URLs
// and commits made-up pages through the very functions a worker uses, as fast as the database takes them.
import { setTimeout as sleep } from 'node:timers/promises';
import { linksOf, pathOf } from './generated-pages.mjs';

const { BATCH_TRANSACTION, beginLane, claimTargets, commitBatch, openDatabase, renewLane } = await import(
  new URL('../packages/db/dist/index.js', import.meta.url).href
);
const { encodePageLinks } = await import(
  new URL('../packages/db/dist/links/page-links.js', import.meta.url).href
);
const { newId, urlKey } = await import(new URL('../packages/shared/dist/index.js', import.meta.url).href);

/**
 * @typedef {object} WriterTask
 * @property {string} databaseUrl
 * @property {string} tenantId
 * @property {string} laneId
 * @property {string} host
 * @property {number} size pages of its site
 * @property {number} startAt and
 * @property {number} endAt milliseconds of Date.now(), between which it counts
 */

/** As a worker has them: see recorder.ts and claim-size.ts. */
const [CLAIM_SIZE, BATCH_SIZE] = [512, 128];
const LEASE_MS = 60_000;
const WORDS = 'a page of words that says little and takes as much room as one that says more does ';

/** @type {WriterTask} */
const task = JSON.parse(process.argv[2] ?? '');
const site = { size: task.size, seed: 1 };
const database = openDatabase({
  url: task.databaseUrl,
  role: 'outrider_app',
  applicationName: 'outrider simulation',
});
/** @template T @param {(tx: any) => Promise<T>} work @returns {Promise<T>} */
const run = (work) => database.withTenant(task.tenantId, work, { durability: 'relaxed' });

const offer = { laneId: task.laneId, epoch: 1 };
const { hold, config } = await run((tx) => beginLane(tx, offer, { instanceId: newId(), leaseMs: LEASE_MS }));

/** @type {Map<number, { url: string, key: string }>} */
const known = new Map();
const logged = new Set([0]);

/** @param {number} number */
function identify(number) {
  const found = known.get(number);
  if (found !== undefined) return found;
  const url = `http://${task.host}${pathOf(site, number)}`;
  const made = { url, key: urlKey(url) };
  known.set(number, made);
  return made;
}

/** @param {any} target */
function settle(target) {
  const number = target.depth === 0 ? 0 : Number(target.url.slice(target.url.lastIndexOf('-') + 1));
  const numbers = [...Array.from({ length: 15 }, (_, nth) => nth + 1), ...linksOf(site, number)];
  const links = numbers.map((to, ordinal) => ({
    ordinal,
    targetKey: identify(to).key,
    targetUrl: identify(to).url,
    rawHref: identify(to).url.slice(`http://${task.host}`.length),
    linkType: 'hyperlink',
    isInternal: true,
    follow: true,
    rel: null,
    anchorText: 'Some words of a link',
    altText: null,
    position: ordinal < 15 ? 'nav' : 'content',
    pathType: 'root_relative',
    problem: null,
    origin: 'html',
  }));
  const discoveries = numbers
    .filter((to) => !logged.has(to) && logged.add(to))
    .map((to) => ({
      url: identify(to).url,
      urlKey: identify(to).key,
      host: task.host,
      sourceUrl: target.url,
      method: 'link',
      depth: target.depth + 1,
      isInternal: true,
      skip: null,
      priority: 1_000 - target.depth,
      redirectHops: [],
      isSeed: false,
    }));
  return {
    urlKey: target.urlKey,
    attempt: target.attempt,
    verdict: { kind: 'fetched', page: pageOf(target, number), links: encodePageLinks(links) },
    discoveries,
    errors: [],
  };
}

/** @param {any} target @param {number} number */
function pageOf(target, number) {
  return {
    url: target.url,
    host: target.host,
    depth: target.depth,
    attempt: target.attempt,
    statusCode: 200,
    contentType: 'text/html; charset=utf-8',
    isHtml: true,
    fetchedAt: new Date(),
    ttfbMs: 1.5,
    totalMs: 3 + (number % 7),
    wireBytes: 12_000,
    decodedBytes: 12_000,
    redirectUrl: null,
    redirectKey: null,
    title: `A made-up page with the number ${number}`,
    titleLength: 40,
    titlePixels: 400,
    description: WORDS,
    descriptionLength: WORDS.length,
    descriptionPixels: 700,
    h1: `Number ${number}`,
    canonicalUrl: target.url,
    indexable: true,
    indexabilityReason: null,
    language: 'en',
    wordCount: 1_200,
    internalLinks: 40,
    externalLinks: 2,
    bodyHash: target.urlKey.replaceAll('-', '').repeat(2),
    textHash: target.urlKey.replaceAll('-', '').repeat(2),
    mainTextHash: target.urlKey.replaceAll('-', '').repeat(2),
    simhash: String(number),
    soft404Score: 0,
    response: JSON.stringify({
      headers: { server: 'made-up', etag: target.urlKey },
      timings: { dns: 0, connect: 0, firstByte: 1.5 },
    }),
    page: JSON.stringify({
      headings: Array.from({ length: 6 }, (_, nth) => `${nth} ${WORDS}`),
      number,
      text: WORDS.repeat(4),
    }),
    rendering: null,
  };
}

async function claim() {
  const outcome = await run((tx) =>
    claimTargets(tx, hold, {
      wanted: CLAIM_SIZE,
      leaseMs: LEASE_MS,
      config,
      inFlight: new Map(),
      held: new Set(),
      delayOf: () => ({ delayMs: 0, cause: null }),
      seen: new Map(),
      backOffMs: 60_000,
      afterHost: '',
    }),
  );
  if (outcome.kind === 'lost') throw new Error('the lane is lost');
  return outcome.targets;
}

let [pages, counting, renewedAt] = [0, false, 0];
let cpu = process.cpuUsage();
let next = claim();
while (Date.now() < task.endAt) {
  if (!counting && Date.now() >= task.startAt) [counting, pages, cpu] = [true, 0, process.cpuUsage()];
  if (Date.now() - renewedAt > LEASE_MS / 4) {
    renewedAt = Date.now();
    await run((tx) => renewLane(tx, hold, { leaseMs: LEASE_MS, memoryMb: 0, waitingReason: null, held: 0 }));
  }
  const targets = await next;
  next = claim();
  if (targets.length === 0) await sleep(5);
  for (let from = 0; from < targets.length; from += BATCH_SIZE) {
    const settlements = targets.slice(from, from + BATCH_SIZE).map(settle);
    await database.withTenant(
      task.tenantId,
      (/** @type {any} */ tx) => commitBatch(tx, hold, { settlements, scopeHosts: [] }),
      BATCH_TRANSACTION,
    );
    pages += settlements.length;
  }
}
const { user, system } = process.cpuUsage(cpu);
await next;
await database.close();
process.stdout.write(`${JSON.stringify({ pages, cpuSeconds: (user + system) / 1e6 })}\n`);
