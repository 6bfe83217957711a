import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { LINK_TYPES, ROUTES } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiProblem } from '../client/api-problem.js';
import { openTerminal } from '../terminal/terminal.js';
import { describeFailure } from './describe-failure.js';
import { EXIT_CODES } from './exit-codes.js';
import { filterNames } from './list-options.js';
import { runCli } from './run-cli.js';

const ID = '01890000-0000-7000-8000-000000000001';
let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outrider-cli-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function run(args: string[], environment: Record<string, string> = {}) {
  const [out, err] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const code = await runCli(args, { OUTRIDER_DATA_DIR: dataDir, ...environment }, openTerminal({ out, err }));
  return { code, out: String(out.read() ?? ''), err: String(err.read() ?? '') };
}

const COMMANDS = [
  ...['schedules', 'pause', 'resume', 'cancel', 'repeat', 'revisions', 'quarantine', 'audit', 'quotas'],
  ...['crawl', 'up', 'campaigns', 'start', 'stop', 'executions', 'execution', 'pages', 'page', 'links'],
  ...['errors', 'resolve', 'discovered', 'explain', 'workers', 'keys', 'doctor', 'migrate'],
  ...['analytics', 'trend', 'progress', 'compare', 'changes', 'seeds'],
];

describe('outrider', () => {
  it('shows every command and every exit code in its help, on standard output', async () => {
    const { code, out, err } = await run(['--help']);
    expect([code, err]).toEqual([0, '']);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    for (const { code: exit, meaning } of Object.values(EXIT_CODES))
      expect(out).toContain(`${exit}  ${meaning}`);
  });

  it.each(COMMANDS)('%s has help of its own and takes --json', async (command) => {
    const { code, out } = await run([command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`outrider ${command}`);
    const alone = {
      campaigns: 'list',
      keys: 'list',
      schedules: 'list',
      revisions: 'list',
      seeds: 'list',
      quarantine: 'list',
      quotas: 'show',
    };
    const [, subcommand] = Object.entries(alone).find(([name]) => name === command) ?? [];
    const listed = subcommand === undefined ? out : (await run([command, subcommand, '--help'])).out;
    expect(listed).toContain('--json');
  });

  it.each([
    [['fly'], /unknown command/],
    [['pages'], /missing required argument/],
    [['pages', 'x', '--unknown'], /unknown option/],
    [['pages', 'x', '--limit', '0'], /whole number/],
    [['pages', 'x', '--sort', 'prettiest'], /url_key/],
    [['executions', 'x', '--status', 'sleeping'], /completed/],
    [['up', '--port', '65536'], /from 0 to 65535/],
    [['up', '--workers', 'two'], /whole number/],
    [['execution', 'foo'], /must be an id, as `outrider executions <campaign>` lists them/],
    [['pages', 'foo'], /must be an id/],
    [['explain', '00000000-0000-0000-0000-00000000000a', 'https://x.org/'], /must be an id/],
    [['resolve', 'foo'], /`outrider errors <campaign>`/],
    [['changes', ID, '--since', 'yesterday'], /must be the id of an execution/],
    [['changes', ID, '--kind', 'moved'], /new, gone, changed/],
    [['campaigns', 'change', 'x', '--file', '/nowhere'], /cannot be read/],
    [['seeds', 'add', 'x'], /Name seeds, or a --file/],
    [['errors', 'x', '--execution-id', 'foo'], /must be the id of an execution/],
    [['errors', 'x', '--since', 'yesterday'], /must be a time in ISO 8601/],
    [['pages', ID, '--status', 'bad'], /must be a status like 404/],
    [['crawl', 'x.org', '--concurrency', '100000'], /whole number, from 1 to 256/],
    [['crawl', 'x.org', '--workers', '17'], /whole number, from 1 to 16/],
    [['links', ID, 'https://x.org/', '--link-type', 'img'], /hyperlink, image/],
    [['quarantine', 'retry', ID, 'x'], /must be the key of a URL/],
    [['quotas', 'set', 'me', '--executions', 'many'], /whole number/],
    [['quotas', 'set', 'me'], /Name a limit/],
    [['audit', '--api-key-id', 'foo'], /must be the id of a key/],
    [['revisions', 'show', 'x', 'first'], /whole number/],
    [['migrate'], /DATABASE_URL is not set/],
    [['campaigns', 'create', '--file', '/nowhere'], /cannot be read/],
  ])('%j is a usage error', async (args, said) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(said);
  });

  it('lists the types of links in the help of links', async () => {
    const { out } = await run(['links', '--help']);
    for (const type of LINK_TYPES) expect(out).toContain(`"${type}"`);
  });

  it('says of a setting what it should be', async () => {
    const { code, err } = await run(['campaigns'], { PORT: 'abc' });
    expect(code).toBe(2);
    expect(err).toContain('PORT: must be a whole number from 0 to 65535');
  });

  it('names the setting that is wrong, but shows help whatever the settings', async () => {
    const wrong = { PORT: 'http' };
    expect(await run(['campaigns'], wrong)).toMatchObject({ code: 2, err: expect.stringContaining('PORT') });
    expect(await run(['campaigns', '--help'], wrong)).toMatchObject({ code: 0 });
  });

  it('without a key says where one comes from, and without an API how to start it', async () => {
    expect(await run(['campaigns'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('OUTRIDER_API_KEY'),
    });
    const nowhere = { OUTRIDER_API_KEY: 'x'.repeat(32), OUTRIDER_API_URL: 'http://127.0.0.1:1/' };
    const { code, err } = await run(['campaigns'], nowhere);
    expect(code).toBe(3);
    expect(err).toContain('No API answers at http://127.0.0.1:1');
  });
});

describe('the filters of lists', () => {
  const lists = ['listCampaigns', 'listExecutions', 'listPages', 'listPageLinks', 'listErrors'] as const;
  const others = [
    'listDiscoveredUrls',
    'listInstances',
    'listApiKeys',
    'listPageChanges',
    'listTenants',
  ] as const;

  it.each([...lists, ...others])('%s offers every filter of the API', (route) => {
    const query = Object.keys(ROUTES[route].query.shape);
    expect([...filterNames(route), 'cursor', 'limit'].sort()).toEqual(query.sort());
  });

  it.each([
    'campaigns list',
    'executions',
    'pages',
    'links',
    'errors',
    'discovered',
    'workers',
    'audit',
    'changes',
    'seeds list',
  ])('%s says what each of its filters does', async (command) => {
    const { out } = await run([...command.split(' '), '--help']);
    // A filter without a sentence would show its bare name.
    expect(out).not.toMatch(/^ {2}--[a-z-]+ <[a-z]+> +[a-z]+[A-Z]?[A-Za-z]*$/m);
    expect(out).toContain('--cursor');
  });
});

describe('describeFailure', () => {
  it.each([
    [401, 'unauthenticated', 'refused'],
    [403, 'forbidden', 'refused'],
    [404, 'not_found', 'not_found'],
    [400, 'validation_failed', 'usage'],
    [422, 'limit_exceeded', 'usage'],
    [409, 'campaign_already_running', 'failed'],
    [500, 'internal_error', 'failed'],
    [404, 'unexpected_answer', 'failed'],
  ])('an answer %d %s ends with %s', (status, code, exit) => {
    const fields = [{ path: 'scope.maxPages', code: 'too_big', message: 'at most 10' }];
    const failure = describeFailure(
      new ApiProblem({ status, code, detail: 'No.', requestId: 'r-1', fields }),
    );
    const advice =
      status === 401
        ? '\nThe key is taken from OUTRIDER_API_KEY, or from the file `api-key` in the data directory.'
        : '';
    const text = `No. (${code}, request r-1)\n  scope.maxPages: at most 10${advice}`;
    expect(failure).toEqual({ exit, text });
  });

  it('shows the stack of a defect of ours', () => {
    const { exit, text } = describeFailure(new TypeError('x is undefined'));
    expect(exit).toBe('failed');
    expect(text).toMatch(/Please report this:\nTypeError: x is undefined\n\s+at /);
  });
});
