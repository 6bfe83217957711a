import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from './create-logger.js';

function record(level: LoggerOptions['level'] = 'info') {
  const lines: string[] = [];
  const logger = createLogger({
    name: 'probe',
    level,
    destination: { write: (line) => void lines.push(line) },
  });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const KEY = 'crw_live_Zm9vYmFy-123_x';

describe('the logger', () => {
  it('writes one JSON object a line, with level, time and name', () => {
    const { logger, lines, entries } = record();
    logger.info({ laneId: 7 }, 'lane taken');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('\n')).toBe(true);
    expect(entries()[0]).toMatchObject({ level: 'info', name: 'probe', laneId: 7, msg: 'lane taken' });
    expect(new Date(String(entries()[0]?.['time'])).getTime()).toBeGreaterThan(0);
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = record('warn');
    logger.info('no');
    logger.warn('yes');
    expect(lines).toHaveLength(1);
  });

  it('keeps line breaks and terminal codes of values inside one line of JSON (D06)', () => {
    const { logger, lines, entries } = record();
    const title = 'a\nb\r\n{"level":"error"}\u001b[31mred\u001b[0m\u0000\u2028';
    logger.info({ title }, title);
    expect(lines).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
    expect(lines[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
    expect(entries()[0]).toMatchObject({ title, msg: title });
  });

  it.each([
    ['an authorization header', { headers: { authorization: 'Bearer top-secret' } }],
    ['a header in another case', { headers: { Authorization: 'Basic dG9wOnNlY3JldA==', x: 1 } }],
    ['a proxy header', { deep: { er: { 'proxy-authorization': 'Bearer top-secret' } } }],
    ['a cookie', { headers: { cookie: 'sid=top-secret; a="b"' } }],
    [
      'several cookies that are set',
      { headers: { 'set-cookie': ['sid=top-secret; Path=/', 'b=top-secret]"'] } },
    ],
    ['an API key in a header', { headers: { 'x-api-key': 'top-secret' } }],
    ['a password with quotes', { password: 'top-secret"\\"quoted top-secret' }],
    ['an API key of ours in a value', { note: `the key ${KEY} was used` }],
    ['the userinfo of a URL', { url: 'https://bob:top-secret@example.org/path' }],
    ['a user name alone', { url: 'https://top-secret@example.org/' }],
    ['a connection string', { store: 'postgres://u:top-secret@127.0.0.1:5432/q' }],
    ['a password with an @', { url: 'redis://:top-secret@top-secret@host/0' }],
    ['a password with a quote', { url: 'https://bob:"top-secret"@example.org/' }],
    ['an error whose message tells', { err: new Error(`cannot reach redis://:top-secret@host and ${KEY}`) }],
    ['an error whose cause tells', { err: new Error('x', { cause: new Error('https://a:top-secret@b/') }) }],
  ])('takes out %s', (_, fields) => {
    const { logger, lines, entries } = record();
    logger.error(fields, 'seen');
    expect(lines.join('')).not.toMatch(/top-secret|dG9wOnNlY3JldA|Zm9vYmFy/);
    expect(lines.join('')).toContain('[redacted]');
    expect(entries()[0]).toMatchObject({ msg: 'seen' });
  });

  it('takes secrets out of the message itself', () => {
    const { logger, lines } = record();
    logger.info(`GET https://a:top-secret@b/ with Bearer top-secret and ${KEY}`);
    expect(lines.join('')).not.toMatch(/top-secret|Zm9vYmFy/);
  });

  it('leaves ordinary URLs and texts as they are', () => {
    const { logger, entries } = record();
    const fields = {
      url: 'https://example.org/@user/a?mail=a@b.c#x@y',
      other: 'mail me@example.org, the bearer of news, crw is short',
      cookies: 3,
    };
    logger.info(fields, 'ok');
    expect(entries()[0]).toMatchObject(fields);
  });

  it('takes no more than linear time on a long line', () => {
    const { logger, lines } = record();
    const start = performance.now();
    for (const unit of ['a', '://', '"', '\\', 'crw_', 'Bearer ', '"cookie":["', '://a:', 'http://a']) {
      logger.info({ title: unit.repeat(1_000_000 / unit.length) }, 'long');
    }
    expect(lines).toHaveLength(9);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('writes to standard error and leaves standard output alone', () => {
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL('./create-logger.ts', import.meta.url))],
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      write: false,
    });
    const script = `${outputFiles[0]?.text}\ncreateLogger({ name: 'child', level: 'info' }).info('hello');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(stdout).toBe('');
    expect(stderr).toContain('"msg":"hello"');
  });
});
