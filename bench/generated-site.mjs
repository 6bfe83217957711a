// A web site of any size on loopback, made on the fly: `node bench/generated-site.mjs --size 1000000
// [--seed 1] [--port 0]`. Prints one line of JSON when it serves, and one with what it was asked when it is
// told to stop. It speaks just enough HTTP/1.1 to cost little beside what is measured with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isProgram } from '../scripts/setup.mjs';
import { expectedOf, htmlOf, kindOf, numberOf, pathOf } from './generated-pages.mjs';

/**
 * What the site was asked. `distinct` are pages of the site that were asked for at least once.
 * @typedef {{ requests: number, distinct: number, elsewhere: number, bytes: number, cpuSeconds: number }} Answered
 *
 * @typedef {object} ServedSite
 * @property {string} url
 * @property {{ pages: number, errors: number }} expected
 * @property {() => Promise<Answered>} stop
 * @property {() => void} end without asking; once is enough, and more does no harm
 */

/**
 * @param {string} status
 * @param {string} type
 * @param {string} body
 * @param {string} more header lines
 */
function answer(status, type, body, more = '') {
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`;
}

/**
 * The answer to a path, as it goes over the wire.
 * @param {import('./generated-pages.mjs').GeneratedSite} site
 * @param {number} number of the page, -1 for none
 * @param {string} origin
 */
function answerOf(site, number, origin) {
  const kind = number < 0 ? 'missing' : kindOf(site, number);
  switch (kind) {
    case 'missing':
      return answer(
        '404 Not Found',
        'text/html',
        '<!doctype html><title>Not found</title><h1>Not found</h1>',
      );
    case 'moved': {
      const target = pathOf(site, Math.floor(number / 8));
      return answer('301 Moved Permanently', 'text/html', '', `location: ${origin}${target}\r\n`);
    }
    case 'data':
      return answer('200 OK', 'application/json', `{"part":${number},"values":[${'1,'.repeat(400)}0]}`);
    case 'page':
    case 'noindex':
    case 'nofollow':
      return answer('200 OK', 'text/html; charset=utf-8', htmlOf(site, number, origin));
  }
}

/**
 * @param {import('./generated-pages.mjs').GeneratedSite} site
 * @param {number} port 0 for a free one
 */
async function serve(site, port) {
  const asked = new Uint8Array(site.size);
  /** @type {Answered} */
  const answered = { requests: 0, distinct: 0, elsewhere: 0, bytes: 0, cpuSeconds: 0 };
  let origin = '';
  const note = (/** @type {number} */ number) => {
    answered.requests += 1;
    if (number < 0) answered.elsewhere += 1;
    else if (asked[number] === 0) {
      asked[number] = 1;
      answered.distinct += 1;
    }
  };
  const server = createServer({ noDelay: true }, (socket) => {
    let held = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (let end = held.indexOf('\r\n\r\n'); end >= 0; end = held.indexOf('\r\n\r\n')) {
        const head = held.slice(0, end);
        held = held.slice(end + 4);
        const from = head.indexOf(' ') + 1;
        const number = numberOf(site, head.slice(from, head.indexOf(' ', from)));
        note(number);
        const sent = answerOf(site, number, origin);
        answered.bytes += sent.length;
        socket.write(sent, 'latin1');
        if (/\r\nconnection: close/i.test(head)) socket.end();
      }
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  origin = `http://127.0.0.1:${address.port}`;
  process.stdout.write(`${JSON.stringify({ url: `${origin}/`, expected: expectedOf(site) })}\n`);
  const stop = () => {
    const { user, system } = process.cpuUsage();
    answered.cpuSeconds = (user + system) / 1e6;
    process.stdout.write(`${JSON.stringify(answered)}\n`, () => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/**
 * Serves a generated site from a process of its own.
 * @param {import('./generated-pages.mjs').GeneratedSite} site
 * @returns {Promise<ServedSite>}
 */
export async function startGeneratedSite({ size, seed }) {
  const program = fileURLToPath(import.meta.url);
  const args = [program, '--size', String(size), '--seed', String(seed)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the generated site has ended');
    return JSON.parse(value);
  };
  const { url, expected } = await read();
  return {
    url,
    expected,
    stop: async () => {
      child.kill('SIGTERM');
      return read();
    },
    end: () => void child.kill('SIGKILL'),
  };
}

if (isProgram(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      port: { type: 'string', default: '0' },
    },
  });
  await serve({ size: Number(values.size), seed: Number(values.seed) }, Number(values.port));
}
