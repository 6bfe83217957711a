// The programs Outrider is measured against, each a process of its own that prints one line of JSON.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requirePackages } from './sites.mjs';

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {readonly string[]} command
 * @property {readonly string[]} debianPackages
 * @property {boolean} followsWholeSite also where the site is large
 *
 * @typedef {{ pages: number, seconds: number, peakMb: number }} PeerRun
 */

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'peers');
const run = promisify(execFile);

/**
 * In the order of a round. The floor comes last, right before Outrider: a machine that others share is faster at one time
 * than at another, and stock crawlers take minutes.
 * @type {readonly Peer[]}
 */
export const PEERS = [
  {
    name: 'Crawlee',
    command: [process.execPath, join(FOLDER, 'stock-crawlee.mjs')],
    debianPackages: [],
    followsWholeSite: false,
  },
  {
    name: 'Scrapy',
    // Debian's Python, which has Debian's Scrapy.
    command: ['/usr/bin/python3', join(FOLDER, 'scrapy_spider.py')],
    debianPackages: ['python3-scrapy'],
    followsWholeSite: false,
  },
  {
    name: 'wget2',
    command: [process.execPath, join(FOLDER, 'wget2.mjs')],
    debianPackages: ['wget2'],
    followsWholeSite: true,
  },
  {
    name: 'floor',
    command: [process.execPath, join(FOLDER, 'floor.mjs')],
    debianPackages: [],
    followsWholeSite: true,
  },
];

/**
 * @param {Peer} peer
 * @param {{ url: string, concurrency: string, limit?: number | undefined }} task
 * @returns {Promise<PeerRun>}
 */
export async function runPeer(
  { command: [program = '', ...args], debianPackages },
  { url, concurrency, limit },
) {
  requirePackages(debianPackages);
  const limits = limit === undefined ? [] : [String(limit)];
  const { stdout } = await run(program, [...args, url, concurrency, ...limits], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
