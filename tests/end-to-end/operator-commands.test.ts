import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry, Execution, TenantQuotas } from '@outrider/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from './outrider-program.js';
import { crawlResultOf, jsonOf, openSession, type Session } from './outrider-session.js';

const RUN_LIMIT_MS = 120_000;
const SITE = { seed: 11, pages: 12, linksPerPage: 3 };
const KEY = '00000000-0000-0000-0000-000000000001';
let session: Session;

beforeEach(async () => {
  session = await openSession();
});
afterEach(() => session.close());

it(
  'who runs the platform has quotas, quarantine, revisions, repeats and the audit log on the command line',
  async () => {
    const oracle = await session.site(SITE);
    const platform = session.start(['up', '--port', '0', '--json']);
    await until('the platform', () => platform.stdout().includes('\n'));

    const quotas = await session.run('quotas', 'set', 'me', '--executions', '3', '--json');
    expect(jsonOf<TenantQuotas>(quotas)).toMatchObject({ maxRunningExecutions: 3, maxPagesPerDay: null });
    await session.run('quotas', 'set', 'me', '--pages-per-day', '5000');
    const shown = await session.run('quotas');
    expect(shown.stdout).toMatch(/Executions +0 of 3\nPages today +0 of 5,000/);
    const lifted = await session.run('quotas', 'set', 'me', '--executions', 'none', '--json');
    expect(jsonOf<TenantQuotas>(lifted).maxRunningExecutions).toBeNull();

    const { executionId } = crawlResultOf(await session.run('crawl', oracle.seedUrl, '--json'));
    const none = await session.run('quarantine', executionId);
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toContain('0 quarantined URLs');
    expect(await session.run('quarantine', 'retry', executionId, KEY)).toMatchObject({ code: 5 });

    const change = join(session.dataDir, 'campaign.json');
    const fields = { name: 'Operated', seeds: [oracle.seedUrl], scope: { maxPages: 5 } };
    await writeFile(change, JSON.stringify(fields));
    expect(await session.run('campaigns', 'create', '--file', change)).toMatchObject({ code: 0 });
    const revisions = await session.run('revisions', 'Operated', '--json');
    expect(jsonOf(revisions)).toMatchObject({ items: [{ revision: 1, createdByName: expect.any(String) }] });
    const same = await session.run('revisions', 'show', 'Operated', '1', '--compare', '1');
    expect(same.stdout).toContain('No difference.');

    const deleted = await session.run('campaigns', 'delete', 'Operated');
    expect(deleted.stdout).toMatch(/For a day it can be restored: outrider campaigns restore \S+\n$/);
    expect(await session.run('campaigns', 'show', 'Operated')).toMatchObject({ code: 5 });
    expect(await session.run('campaigns', 'restore', 'Other')).toMatchObject({ code: 5 });
    const restored = await session.run('campaigns', 'restore', 'Operated', '--json');
    expect(jsonOf(restored)).toMatchObject({ name: 'Operated' });
    expect(await session.run('campaigns', 'show', 'Operated')).toMatchObject({ code: 0 });

    const repeated = jsonOf<Execution>(
      await session.run('repeat', executionId, '--reason', 'again', '--json'),
    );
    expect(repeated).toMatchObject({ repeatsExecutionId: executionId, triggerReason: 'again' });

    const audit = await session.run('audit', '--all', '--json');
    const actions = jsonOf<{ items: AuditEntry[] }>(audit).items.map(({ action }) => action);
    expect(actions[0]).toBe('execution.repeat');
    expect(actions.filter((action) => action === 'tenant.set_quotas')).toHaveLength(3);
    const own = await session.run('audit', '--action', 'campaign.create');
    expect(own.stdout).toContain('127.0.0.1');
    expect(own.stderr).toContain('2 entries');
  },
  RUN_LIMIT_MS,
);
