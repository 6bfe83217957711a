import { plantCampaign, plantExecution, settleUrl } from '@outrider/db/testing';
import type { PageChange, Schedule } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCommands } from './open-commands.js';

const commands = openCommands();
const at = (path: string): string => `https://a.test/${path}`;
let campaignId: string;
let earlier: string;
let later: string;

/** Two executions: a page that stays, one that moves, one that is gone and one that is new. */
beforeAll(async () => {
  const { db } = commands().api;
  const seeds = ['same', 'moved', 'gone', 'new'].map(at);
  campaignId = await plantCampaign(db, { seeds });
  earlier = (await plantExecution(db, { campaignId, seeds })).executionId;
  const end = (id: string) =>
    db.app.withTenant(db.tenantId, async ({ sql }) => {
      await sql`
        update campaign_executions set status = 'completed', end_reason = 'frontier_exhausted', started_at = created_at,
          completed_at = now() where id = ${id}`;
    });
  await db.app.withTenant(db.tenantId, async (tx) => {
    for (const path of ['same', 'moved', 'gone']) await settleUrl(tx, earlier, at(path), { fetched: 200 });
  });
  await end(earlier);
  later = (await plantExecution(db, { campaignId, seeds })).executionId;
  await db.app.withTenant(db.tenantId, async (tx) => {
    await settleUrl(tx, later, at('same'), { fetched: 200 });
    await settleUrl(tx, later, at('moved'), { fetched: 404 });
    await settleUrl(tx, later, at('gone'), { failed: 'timeout' });
    await settleUrl(tx, later, at('new'), { fetched: 200 });
    await tx.sql`update crawl_results set title = 'Planted'`;
  });
});

describe('changes', () => {
  it('lists what became of pages since the execution before, of a campaign as of an execution', async () => {
    for (const reference of [later, campaignId, 'planted']) {
      const { code, stdout, stderr } = await commands().run('changes', reference);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^KIND +WHAT +URL +BEFORE AND AFTER\n/);
      expect(stdout).toMatch(/^changed +status +https:\/\/a\.test\/moved +status 200 -> 404$/m);
      expect(stdout).toMatch(/^gone +https:\/\/a\.test\/gone +was 200 "Planted"; now failed: timeout$/m);
      expect(stdout).toMatch(/^new +https:\/\/a\.test\/new +200 "Planted"$/m);
      expect(stdout).not.toContain(at('same'));
      expect(stderr).toContain('3 pages');
    }
  });

  it('compares with the named execution, filters, and says of one that goes on that it does', async () => {
    const list = await commands().json<{ items: PageChange[] }>(
      'changes',
      earlier,
      '--since',
      later,
      '--kind',
      'new',
    );
    expect(list.items.map(({ url }) => url)).toEqual([at('gone')]);
    const fields = await commands().json<{ items: PageChange[] }>('changes', later, '--field', 'title');
    expect(fields.items).toEqual([]);
    const { stderr } = await commands().run('changes', later);
    expect(stderr).toContain('Execution 2 goes on');
  });

  it('of a first execution are refused in words, and of nothing with 5', async () => {
    const { code, stderr } = await commands().run('changes', earlier);
    expect(code).toBe(2);
    expect(stderr).toContain('  since: No earlier execution is known: name the one to compare with.');
    expect(await commands().run('changes', 'nothing')).toMatchObject({ code: 5 });
  });
});

describe('schedules', () => {
  it('count planned runs, and say that a run by hand is none', async () => {
    const document = await commands().file({ name: 'Yearly', cron: '@yearly', maxRuns: 3 });
    const created = await commands().json<Schedule>('schedules', 'create', campaignId, '--file', document);
    expect(await commands().run('schedules', 'run', created.id)).toMatchObject({ code: 0 });
    const shown = await commands().run('schedules', 'show', created.id);
    expect(shown.stdout).toMatch(
      /^Planned runs +0 of 3 \(those by hand and backfills are not among them\)$/m,
    );
    const listed = await commands().run('schedules', campaignId);
    expect(listed.stdout).toContain('PLANNED RUNS');
  });

  it('in a zone that does not exist are told which was meant, as is a field', async () => {
    const document = await commands().file({
      name: 'x',
      cron: '@daily',
      timezone: 'UTC',
      timeZone: 'Berlin',
    });
    const { code, stderr } = await commands().run('schedules', 'create', campaignId, '--file', document);
    expect(code).toBe(2);
    expect(stderr).toContain('timeZone: not a time zone of the IANA database; did you mean Europe/Berlin?');
    expect(stderr).toContain('timezone: there is no such field; did you mean `timeZone`?');
  });
});

describe('keys revoke', () => {
  it('takes the name of a key or its beginning, and asks which when several fit', async () => {
    for (const name of ['Reporter', 'Robot', 'Robot']) await commands().run('keys', 'create', name);
    const named = await commands().run('keys', 'revoke', 'Reporter');
    expect(named).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Revoked the key "Reporter" \(/) });
    expect(await commands().run('keys', 'revoke', 'Reporter')).toMatchObject({ code: 5 });
    const several = await commands().run('keys', 'revoke', 'Robot');
    expect(several.code).toBe(2);
    const choices = several.stderr.trimEnd().split('\n').slice(1);
    expect(choices).toHaveLength(2);
    const [, shown = ''] = /^ {2}\S+ {2}(\S+) {2}viewer, made /.exec(choices[0] ?? '') ?? [];
    expect(await commands().run('keys', 'revoke', shown.slice(0, -5))).toMatchObject({ code: 0 });
    expect(await commands().run('keys', 'revoke', 'Robot')).toMatchObject({ code: 0 });
    const leaked = await commands().run('keys', 'create', 'Leaked');
    const whole = await commands().run('keys', 'revoke', leaked.stdout.trim());
    expect(whole.stdout).toMatch(/^Revoked the key "Leaked" \(/);
    expect((await commands().run('keys', 'revoke', leaked.stdout.trim())).stderr).not.toContain('crw_');
    expect(await commands().run('keys', 'revoke', shown.slice(0, 4))).toMatchObject({ code: 5 });
  });
});

describe('quotas', () => {
  it('are read and set for a tenant by its name', async () => {
    const own = await commands().run('quotas', 'show', 'test tenant');
    expect(own.stdout).toMatch(/^Tenant +test tenant \(/);
    const tenants = await commands().run('quotas', 'tenants');
    expect(tenants.stdout).toContain('test tenant');
    const other = await commands().run('quotas', 'set', 'another tenant', '--executions', '3');
    expect(other).toMatchObject({ code: 5, stderr: expect.stringContaining('`quotas tenants`') });
    const refused = await commands().run('quotas', 'set', 'test tenant', '--executions', '3');
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('(forbidden, ') });
  });
});
