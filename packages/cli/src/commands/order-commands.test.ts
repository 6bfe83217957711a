import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { runCli } from '../program/run-cli.js';
import { openTerminal } from '../terminal/terminal.js';

const ID = '01890000-0000-7000-8000-000000000001';
const cleanups: (() => unknown)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** The origin of a server that refuses every order to an ended execution, and breaks when it is asked about it. */
async function serveRefusals(): Promise<string> {
  const server = createServer(({ method }, response) => {
    const [status, code, detail] =
      method === 'POST'
        ? [409, 'illegal_transition', 'The execution is stopped.']
        : [500, 'internal_error', 'The database is away.'];
    const body = { type: 'about:blank', title: '', status, code, detail, requestId: 'r' };
    response
      .writeHead(status, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ ...body, fields: [] }));
  }).listen(0, '127.0.0.1');
  cleanups.push(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return `http://127.0.0.1:${address.port}`;
}

it('a refusal to resume is told, whatever comes of looking for what to do about it', async () => {
  const [out, err] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const environment = {
    OUTRIDER_API_URL: await serveRefusals(),
    OUTRIDER_API_KEY: 'x'.repeat(32),
    OUTRIDER_DATA_DIR: join(tmpdir(), 'outrider-orders'),
  };
  const code = await runCli(['resume', ID], environment, openTerminal({ out, err }));
  expect(code).toBe(1);
  expect(String(err.read())).toContain('The execution is stopped. (illegal_transition, request r)');
});
