// Web sites that nobody here wrote, for measuring: Debian's documentation packages, served by nginx on
// loopback. `node bench/sites.mjs start` and `stop`; `pnpm bench` starts them itself.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProgram } from '../scripts/setup.mjs';

/**
 * @typedef {object} Site
 * @property {string} title
 * @property {string} url where a crawl starts
 * @property {number} port
 * @property {string} root
 * @property {string} debianPackage
 * @property {{ pages: number, errors: number }} expected what a complete crawl fetches, and how much of it is broken
 */

/** @type {Readonly<Record<string, Site>>} */
export const SITES = {
  postgresql: site('PostgreSQL manual', 8082, '/usr/share/doc/postgresql-doc-15/html', 'postgresql-doc-15', {
    pages: 1_169,
    errors: 0,
  }),
  rust: site('Rust documentation', 8084, '/usr/share/doc/rust-doc/html', 'rust-doc', {
    pages: 21_663,
    errors: 28,
  }),
  sqlite: site('SQLite documentation', 8085, '/usr/share/doc/sqlite3', 'sqlite3-doc', {
    pages: 1_184,
    errors: 426,
  }),
};

/**
 * @param {string} title
 * @param {number} port
 * @param {string} root
 * @param {string} debianPackage
 * @param {Site['expected']} expected
 * @returns {Site}
 */
function site(title, port, root, debianPackage, expected) {
  return { title, url: `http://127.0.0.1:${port}/index.html`, port, root, debianPackage, expected };
}

/**
 * @param {string} name as `--site` takes it
 * @returns {Site}
 */
export function siteNamed(name) {
  const named = SITES[name];
  if (named === undefined) throw new Error(`--site is one of ${Object.keys(SITES).join(', ')}`);
  return named;
}

const FOLDER = join(tmpdir(), 'outrider-bench-sites');
const PID_FILE = join(FOLDER, 'nginx.pid');

/**
 * Installs Debian packages that are missing. Throws when that needs another user or another system.
 * @param {readonly string[]} packages
 */
export function requirePackages(packages) {
  const missing = packages.filter(
    (name) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status !== 0,
  );
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(`these Debian packages are needed: apt-get install ${missing.join(' ')}`);
  }
  /** @type {import('node:child_process').ExecFileSyncOptions} */
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  execFileSync('apt-get', ['update', '-qq'], options);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
}

/**
 * @param {string} url
 * @returns {Promise<boolean>} whether it answers with 200
 */
function answers(url) {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'HEAD', timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.end();
  });
}

function nginxConfiguration() {
  const servers = Object.values(SITES).map(
    ({ port, root }) => `  server { listen 127.0.0.1:${port}; root ${root}; index index.html; }`,
  );
  return [
    `worker_processes 1; pid ${PID_FILE}; error_log ${join(FOLDER, 'error.log')};`,
    'events { worker_connections 4096; }',
    'http {',
    '  include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nodelay on;',
    '  keepalive_requests 1000000;',
    ...servers,
    '}',
    '',
  ].join('\n');
}

/**
 * Serves the sites. Returns a function that stops what was started here; sites that were served already
 * are left alone by it.
 * @returns {Promise<() => void>}
 */
export async function startSites() {
  requirePackages(['nginx-light', ...Object.values(SITES).map(({ debianPackage }) => debianPackage)]);
  const all = async () =>
    (await Promise.all(Object.values(SITES).map(({ url }) => answers(url)))).every(Boolean);
  if (await all()) return () => undefined;
  mkdirSync(FOLDER, { recursive: true });
  const configuration = join(FOLDER, 'nginx.conf');
  writeFileSync(configuration, nginxConfiguration());
  execFileSync('nginx', ['-c', configuration], { stdio: 'inherit' });
  for (let tries = 0; !(await all()); tries += 1) {
    if (tries === 50) throw new Error(`nginx does not serve the sites; see ${join(FOLDER, 'error.log')}`);
    await sleep(100);
  }
  return stopSites;
}

/** Stops the nginx that `startSites` started, in whatever process. */
export function stopSites() {
  if (!existsSync(PID_FILE)) return;
  try {
    process.kill(Number(readFileSync(PID_FILE, 'utf8')), 'SIGTERM');
  } catch (error) {
    // The file outlives an nginx that was killed, or a machine that was switched off.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    rmSync(PID_FILE);
  }
}

if (isProgram(import.meta.url)) {
  if (process.argv[2] === 'stop') stopSites();
  else {
    await startSites();
    for (const { title, url } of Object.values(SITES)) process.stdout.write(`${title}: ${url}\n`);
  }
}
