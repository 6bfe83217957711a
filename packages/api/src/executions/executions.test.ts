import { newId } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();

async function campaign(fields: object = {}): Promise<string> {
  const json = { name: 'Runs', seeds: ['https://example.org/'], ...fields };
  return (await api().call('POST', '/campaigns', { json })).body.id;
}

describe('starting', () => {
  it('queues an execution and offers its lanes', async () => {
    const id = await campaign({ lanes: 2 });
    const { status, body } = await api().call('POST', `/campaigns/${id}/start`, {
      json: { reason: 'a test' },
    });
    expect(status).toBe(202);
    expect(body.execution).toMatchObject({
      campaignId: id,
      number: 1,
      status: 'queued',
      executionType: 'api',
      triggeredBy: 'a admin',
      triggerReason: 'a test',
      coverage: { discovered: 1, pending: 1 },
    });
    const detail = await api().call('GET', `/executions/${body.execution.id}`);
    expect(detail.body).toMatchObject({ lanes: [{ laneNumber: 1, status: 'waiting' }, { laneNumber: 2 }] });
    expect((await api().call('GET', `/campaigns/${id}`)).body).toMatchObject({
      lastExecution: { id: body.execution.id, status: 'queued' },
      metrics: { executionsTotal: 1 },
    });
  });

  it('twice is refused while the first has not ended, also twenty times at once', async () => {
    const id = await campaign();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api().call('POST', `/campaigns/${id}/start`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array(19).fill(409)]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe('campaign_already_running');
  });

  it('without seeds is refused', async () => {
    const id = await campaign();
    await api().call('DELETE', `/campaigns/${id}/seeds`, { json: { seeds: ['https://example.org/'] } });
    expect((await api().call('POST', `/campaigns/${id}/start`)).body).toMatchObject({
      status: 409,
      code: 'no_seeds',
    });
  });

  it('leaves one line in the audit log, with who and from where', async () => {
    const id = await campaign();
    const { body, headers } = await api().call('POST', `/campaigns/${id}/start`, {
      key: api().keys.operator,
    });
    const rows = await api().db.app.withTenant(
      api().db.tenantId,
      (tx) => tx.sql`
        select action, remote_address, request_id, api_keys.scope from audit_log join api_keys on api_keys.id = api_key_id
        where subject_id = ${body.execution.id}`,
    );
    expect(rows).toEqual([
      {
        action: 'execution.start',
        remote_address: '127.0.0.1',
        request_id: headers.get('x-request-id'),
        scope: 'operator',
      },
    ]);
  });
});

describe('stopping', () => {
  it('by the campaign or by the execution stops what no worker has touched at once', async () => {
    const id = await campaign();
    const first = await api().call('POST', `/campaigns/${id}/start`);
    const stopped = await api().call('POST', `/campaigns/${id}/stop`, { json: { reason: 'enough' } });
    expect(stopped.status).toBe(202);
    expect(stopped.body.execution).toMatchObject({
      id: first.body.execution.id,
      status: 'stopped',
      endReason: 'stopped_by_user',
    });
    const second = await api().call('POST', `/campaigns/${id}/start`);
    const executionId = second.body.execution.id;
    const again = await api().call('POST', `/executions/${executionId}/stop`);
    expect(again.body.execution).toMatchObject({
      number: 2,
      status: 'stopped',
      previousExecutionId: first.body.execution.id,
    });
  });

  // A14
  it('what has ended, or never ran, is 409', async () => {
    const id = await campaign();
    expect((await api().call('POST', `/campaigns/${id}/stop`)).body).toMatchObject({
      status: 409,
      code: 'no_running_execution',
    });
    const { body } = await api().call('POST', `/campaigns/${id}/start`);
    await api().call('POST', `/campaigns/${id}/cancel`);
    const late = await api().call('POST', `/executions/${body.execution.id}/stop`);
    expect(late.body).toMatchObject({ status: 409, code: 'illegal_transition' });
  });
});

describe('reading', () => {
  it('lists executions newest first, by status and by time, in pages', async () => {
    const id = await campaign();
    for (let run = 0; run < 3; run += 1) {
      await api().call('POST', `/campaigns/${id}/start`);
      if (run < 2) await api().call('POST', `/campaigns/${id}/stop`);
    }
    const path = `/campaigns/${id}/executions`;
    const numbers = async (query: string): Promise<unknown[]> =>
      (await api().call('GET', `${path}?${query}`)).body.items.map((execution) => execution['number']);
    expect(await numbers('')).toEqual([3, 2, 1]);
    expect(await numbers('status=stopped')).toEqual([2, 1]);
    const hourAgo = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString());
    expect(await numbers(`since=${hourAgo}`)).toEqual([3, 2, 1]);
    expect(await numbers(`until=${hourAgo}`)).toEqual([]);
    const first = await api().call('GET', `${path}?limit=2`);
    expect(await numbers(`limit=2&cursor=${first.body.nextCursor}`)).toEqual([1]);
  });

  it('recounts the coverage of a small execution that runs from the rows', async () => {
    const { executionId } = await plantSite(api());
    const { body } = await api().call('GET', `/executions/${executionId}/coverage`);
    expect(body).toMatchObject({
      executionId,
      status: 'queued',
      source: 'recount',
      totals: { discovered: 13, fetched: 9, failed: 1, skipped: 2, pending: 1 },
      receipt: {
        discovered: 13,
        fetched: 9,
        failed: 1,
        skipped: 2,
        pending: 1,
        balanced: true,
        failedByCode: { connect_timeout: 1 },
        skippedByReason: { robots_txt: 1, out_of_scope: 1 },
        discoveredByMethod: { seed: 1, link: 10, redirect: 2 },
        fetchedByStatus: { '2xx': 3, '3xx': 5, '4xx': 1 },
      },
    });
  });

  it('gives the counters of a large execution that runs, and the receipt of one that has ended', async () => {
    const { executionId } = await plantSite(api());
    const read = async () => (await api().call('GET', `/executions/${executionId}/coverage`)).body;
    const change = (text: string) =>
      api().db.app.withTenant(api().db.tenantId, ({ sql }) =>
        text === 'lanes'
          ? sql`update execution_lanes set discovered = 12345, fetched = 12000 where execution_id = ${executionId}`
          : sql`
              update campaign_executions set result_summary = jsonb_build_object('receipt', ${text}::text::jsonb)
              where id = ${executionId}`,
      );
    await change('lanes');
    expect(await read()).toMatchObject({
      source: 'counters',
      totals: { discovered: 12_346, fetched: 12_000, pending: 346 },
      receipt: null,
    });
    const totals = { discovered: 3, fetched: 3, failed: 0, skipped: 0, pending: 0 };
    const groups = { failedByCode: {}, skippedByReason: {}, discoveredByMethod: { link: 3 } };
    const receipt = { ...totals, balanced: true, ...groups, fetchedByStatus: { '2xx': 3 } };
    await change(JSON.stringify(receipt));
    expect(await read()).toMatchObject({ source: 'receipt', totals, receipt });
  });

  it('of an unknown execution is 404', async () => {
    expect((await api().call('GET', `/executions/${newId()}`)).status).toBe(404);
  });
});
