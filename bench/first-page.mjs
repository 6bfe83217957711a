// How long a person waits for the first page: from `npm run crawl` on an installed and built clone until a
// site is asked for it. robots.txt does not count.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { newDataDir, runCrawlCommand } from './outrider-crawl.mjs';

/**
 * Seconds to the first page: on a machine that never ran Outrider, and on a data directory used before.
 * @returns {Promise<{ newDataDir: number, usedDataDir: number }>}
 */
export async function measureFirstPage() {
  const dataDir = newDataDir();
  try {
    const first = await secondsToFirstPage(dataDir);
    return { newDataDir: first, usedDataDir: await secondsToFirstPage(dataDir) };
  } finally {
    rmSync(dirname(dataDir), { recursive: true, force: true });
  }
}

/**
 * @param {string} dataDir
 * @returns {Promise<number>}
 */
async function secondsToFirstPage(dataDir) {
  /** @type {number | undefined} */
  let askedAt;
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt') response.writeHead(404);
    else {
      askedAt ??= performance.now();
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<!doctype html><title>One page</title>');
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const begun = performance.now();
  try {
    await runCrawlCommand(`http://127.0.0.1:${address.port}/`, { dataDir });
    if (askedAt === undefined) throw new Error('no page was asked for');
    return (askedAt - begun) / 1_000;
  } finally {
    server.close();
  }
}
