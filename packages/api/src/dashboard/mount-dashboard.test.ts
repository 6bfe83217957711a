import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';
import { readDashboard } from './dashboard-files.js';

const PAGE =
  '<!doctype html><title>Outrider</title><script type="module" src="/assets/app-1a2b.js"></script>';
const SCRIPT = `console.log('${'x'.repeat(2_000)}');`;
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let folder: string;
let api: TestApi;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outrider-dashboard-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'app-1a2b.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'secret.txt'), 'not a part of it');
  api = await startTestApi(inject('postgresAdminUrl'), { dashboard: readDashboard(folder) });
});
afterAll(async () => {
  await api?.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  api.call('GET', `/${path}`, { key: null, headers });

describe('the dashboard', () => {
  it.each(['/', '/campaigns', '/executions/1/urls?status=4xx', '/welcome'])(
    'is the page at %s',
    async (path) => {
      const answer = await get(path, BROWSER);
      expect([answer.status, answer.text]).toEqual([200, PAGE]);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it.each(['/api/none', '/api/crawler/none', '/metrics/x', '/docs/none', '/socket.io/', '/assets/none.js'])(
    'is not the answer at %s',
    async (path) => {
      const answer = await get(path, BROWSER);
      expect(answer.body).toMatchObject({ status: 404, code: 'not_found' });
    },
  );

  it.each(['/', '/welcome', '/sign-in'])(
    'is at %s for whoever asks, since people are told of it',
    async (path) => {
      expect((await get(path)).headers.get('content-type')).toContain('text/html');
    },
  );

  it('is not the answer to a program, or to a request that would change something', async () => {
    expect((await get('/campaigns')).status).toBe(404);
    expect((await api.call('POST', '//campaigns', { key: null, headers: BROWSER })).status).toBe(404);
  });

  it('comes with a policy that lets nothing run but its own files', async () => {
    const { headers } = await get('/', BROWSER);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('has assets that are compressed and kept for a year', async () => {
    const answer = await get('/assets/app-1a2b.js', { 'accept-encoding': 'gzip' });
    expect(answer.text).toBe(SCRIPT);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toContain('text/javascript');
    const plain = await get('/assets/app-1a2b.js', { 'accept-encoding': 'identity' });
    expect([plain.text, plain.headers.get('content-encoding')]).toEqual([SCRIPT, null]);
  });

  it('is not sent again to a browser that has it', async () => {
    const etag = (await get('/', BROWSER)).headers.get('etag') ?? '';
    expect((await get('/', { ...BROWSER, 'if-none-match': etag })).status).toBe(304);
  });

  it.each([
    '/assets/secret.txt',
    '/assets/../assets/secret.txt',
    '/..%2fpackage.json',
    '/assets/app-1a2b.js.gz',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('is missing where it was not built, and the API serves all the same', () => {
    expect(readDashboard(join(folder, 'assets'))).toBeNull();
  });
});
