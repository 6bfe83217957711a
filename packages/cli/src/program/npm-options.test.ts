import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openTerminal } from '../terminal/terminal.js';
import { runCli } from './run-cli.js';

/** Runs a script of package.json as npm does after it took the options in `taken`. */
async function run(script: string, args: string[], taken: Record<string, string>) {
  const err = new PassThrough({ encoding: 'utf8' });
  const environment = {
    ...{ npm_lifecycle_event: script, npm_config_user_agent: 'npm/11.19.1 node/v20.20.2 linux x64' },
    ...{ npm_config_cache: '/var/cache/npm', npm_config_noproxy: '', OUTRIDER_API_URL: 'http://127.0.0.1:1' },
    ...{ OUTRIDER_API_KEY: 'x'.repeat(32), OUTRIDER_DATA_DIR: '/nonexistent' },
    ...Object.fromEntries(Object.entries(taken).map(([name, value]) => [`npm_config_${name}`, value])),
  };
  const terminal = openTerminal({ out: new PassThrough(), err });
  const code = await runCli(args, environment, terminal);
  return { code, err: String(err.read() ?? '') };
}

const URL = 'http://x.org/';

describe('options that npm took', () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ['crawl', ['crawl', URL], { json: 'true' }, `npm run crawl -- ${URL} --json`],
    ['crawl', ['crawl', URL, '4'], { concurrency: 'true' }, `npm run crawl -- ${URL} --concurrency 4`],
    ['crawl', ['crawl', '4', URL], { max_pages: 'true' }, `npm run crawl -- ${URL} --max-pages 4`],
    ['crawl', ['crawl', URL], { max_pages: '4' }, `npm run crawl -- ${URL} --max-pages 4`],
    ['crawl', ['crawl', URL], { robots: '' }, `npm run crawl -- ${URL} --no-robots`],
    [
      'crawl',
      ['crawl', URL, '10', '4'],
      { max_pages: 'true', concurrency: 'true' },
      `npm run crawl -- ${URL} --max-pages <n> --concurrency <n>`,
    ],
    ['crawl', ['crawl', URL], { name: 'my site' }, `npm run crawl -- ${URL} --name 'my site'`],
    ['start', ['up', '0'], { port: 'true' }, 'npm start -- --port 0'],
    ['outrider', ['campaigns'], { json: 'true' }, 'npm run outrider -- campaigns --json'],
    [
      'outrider',
      ['campaigns', 'change', 'Docs', 'my docs.json'],
      { file: 'true' },
      "npm run outrider -- campaigns change Docs --file 'my docs.json'",
    ],
    [
      'outrider',
      ['resolve', 'id', 'fixed', 'it'],
      { notes: 'true', json: 'true' },
      'npm run outrider -- resolve id --notes <text> --json',
    ],
    [
      'outrider',
      ['executions', 'Docs', 'failed'],
      { status: 'true' },
      'npm run outrider -- executions Docs --status failed',
    ],
  ])('of %s %j with %j are refused with the command to type', async (script, args, taken, command) => {
    const { code, err } = await run(script, args, taken);
    expect(code).toBe(2);
    expect(err).toMatch(/^npm kept --/);
    expect(err.trimEnd().split('\n').at(-1)).toBe(`  ${command}`);
  });

  it.each<[string, string, string[], Record<string, string>]>([
    ['is of another command', 'outrider', ['campaigns', 'show', 'x'], { concurrency: 'true' }],
    ['was given where it belongs too', 'outrider', ['campaigns', '--json'], { json: 'true' }],
    ['npm sets always', 'outrider', ['campaigns'], { prefix: '/usr', scope: '@acme' }],
    ['another script was called with', 'build', ['campaigns'], { json: 'true' }],
  ])('an option that %s is no reason to refuse', async (_, script, args, taken) => {
    const { code, err } = await run(script, args, taken);
    expect([code, err]).toEqual([3, expect.stringContaining('No API answers')]);
  });

  it("npm's own name is not taken for a --user-agent", async () => {
    const { err } = await run('crawl', ['crawl', 'ftp://x.org/'], {});
    expect(err).toContain('Only http and https');
  });
});
