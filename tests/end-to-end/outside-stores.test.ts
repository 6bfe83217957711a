import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import postgres from 'postgres';
import { afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { setUp } from '../../scripts/setup.mjs';
import { crawlResultOf, jsonOf, openSession, type Session } from './outrider-session.js';

const RUN_LIMIT_MS = 120_000;
const name = `outrider_e2e_${randomBytes(6).toString('hex')}`;
let session: Session;

beforeAll(async () => setUp(), 300_000);

async function asAdmin(statement: string): Promise<void> {
  const sql = postgres(inject('postgresAdminUrl'), { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

beforeEach(async () => {
  await asAdmin(`create database ${name}`);
  const url = new URL(inject('postgresAdminUrl'));
  url.pathname = `/${name}`;
  session = await openSession({ DATABASE_URL: url.href, REDIS_URL: inject('redisUrl') });
});

afterEach(async () => {
  await session.close();
  await asAdmin(`drop database ${name} with (force)`);
});

it(
  'migrate brings an empty database up to date, and then changes nothing',
  async () => {
    const first = await session.run('migrate', '--json');
    expect(first).toMatchObject({ code: 0 });
    expect(jsonOf<{ applied: string[] }>(first).applied.length).toBeGreaterThan(0);
    expect(jsonOf(await session.run('migrate', '--json'))).toEqual({ applied: [] });
    expect(await session.run('migrate')).toMatchObject({ code: 0, stdout: 'The schema is up to date.\n' });
    const wrong = await session.start(['migrate'], { DATABASE_URL: 'postgres://127.0.0.1:1/none' }).result;
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('The migration failed');
  },
  RUN_LIMIT_MS,
);

it(
  'crawl runs on an outside PostgreSQL and Redis, and starts no database of its own',
  async () => {
    const oracle = await session.site({ seed: 3, pages: 60, linksPerPage: 5 });
    const result = await session.run('crawl', oracle.seedUrl, '--json', '--workers', '2');
    expect(result).toMatchObject({ code: 0 });
    expect(crawlResultOf(result)).toMatchObject({
      status: 'completed',
      pagesCrawled: 60,
      errorsEncountered: 0,
    });
    expect((await readdir(session.dataDir)).sort()).toEqual(['api-key', 'logs']);
  },
  RUN_LIMIT_MS,
);
