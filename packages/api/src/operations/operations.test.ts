import { beginLane } from '@outrider/db';
import { plantExecution } from '@outrider/db/testing';
import { newId } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';

const api = oneApiPerFile();

async function campaign(fields: object = {}): Promise<string> {
  const json = { name: 'Orders', seeds: ['https://example.org/a', 'https://example.org/b'], ...fields };
  return (await api().call('POST', '/campaigns', { json })).body.id;
}
const post = (path: string, json: object = {}) => api().call('POST', path, { json });

async function started(): Promise<{ campaignId: string; executionId: string }> {
  const campaignId = await campaign();
  const { body } = await post(`/campaigns/${campaignId}/start`);
  return { campaignId, executionId: body.execution.id };
}

/** A campaign with two executions that overlap, each at a worker. */
async function twoRunning(): Promise<{ campaignId: string; old: string; young: string }> {
  const campaignId = await campaign();
  const { db } = api();
  const make = async (): Promise<string> => {
    const seeds = ['https://example.org/a', 'https://example.org/b'];
    const { executionId, laneIds } = await plantExecution(db, { campaignId, seeds });
    const taker = { instanceId: newId(), leaseMs: 3_600_000 };
    await db.app.withTenant(db.tenantId, (tx) =>
      beginLane(tx, { laneId: laneIds[0] ?? '', epoch: 1 }, taker),
    );
    return executionId;
  };
  const old = await make();
  return { campaignId, old, young: await make() };
}
const endOf = (executionId: string) =>
  api().db.app.withTenant(
    api().db.tenantId,
    ({ sql }) => sql`
      update campaign_executions set status = 'completed', end_reason = 'frontier_exhausted',
        completed_at = clock_timestamp(), duration_seconds = 1 where id = ${executionId}`,
  );
const statusOf = async (executionId: string) =>
  (await api().call('GET', `/executions/${executionId}`)).body['status'];

describe('an order to a campaign whose executions overlap', () => {
  it('reaches all that go on, and answers with each operation, the youngest first', async () => {
    const { campaignId, old, young } = await twoRunning();
    const paused = await post(`/campaigns/${campaignId}/pause`);
    expect(paused.status).toBe(202);
    expect(paused.body.execution.id).toBe(young);
    const operations = paused.body['operations'] as { id: string; executionId: string }[];
    expect(operations[0]).toEqual(paused.body.operation);
    expect(operations.map(({ executionId }) => executionId)).toEqual([young, old]);
    expect([await statusOf(old), await statusOf(young)]).toEqual(['pausing', 'pausing']);

    const again = await post(`/campaigns/${campaignId}/pause`);
    expect((again.body['operations'] as typeof operations).map(({ id }) => id)).toEqual(
      operations.map(({ id }) => id),
    );
  });

  it('passes over those that cannot do it, and is refused only when none can', async () => {
    const { campaignId, old, young } = await twoRunning();
    await post(`/executions/${young}/stop`);
    const { body } = await post(`/campaigns/${campaignId}/pause`);
    expect(body.execution.id).toBe(old);
    expect([await statusOf(old), await statusOf(young)]).toEqual(['pausing', 'stopping']);
    expect(body['operations']).toHaveLength(1);
    await post(`/executions/${old}/cancel`);
    expect((await post(`/campaigns/${campaignId}/pause`)).body.code).toBe('illegal_transition');
  });

  it('reaches the older one when the younger has ended', async () => {
    const { campaignId, old, young } = await twoRunning();
    await endOf(young);
    const { status, body } = await post(`/campaigns/${campaignId}/stop`);
    expect(status).toBe(202);
    expect(body.execution).toMatchObject({ id: old, status: 'stopping' });
  });

  it('ends all of them at once where no worker has touched them', async () => {
    const campaignId = await campaign();
    for (let n = 0; n < 2; n += 1) {
      await plantExecution(api().db, { campaignId, seeds: ['https://example.org/a'] });
    }
    const { body } = await post(`/campaigns/${campaignId}/cancel`);
    expect((body['operations'] as { state: string }[]).map(({ state }) => state)).toEqual(['done', 'done']);
    expect((await post(`/campaigns/${campaignId}/stop`)).body.code).toBe('illegal_transition');
  });
});

describe('an order', () => {
  it('answers 202 with its operation, which can be read and is listed with its execution', async () => {
    const { campaignId, executionId } = await started();
    const { status, body } = await post(`/campaigns/${campaignId}/pause`, {
      reason: 'maintenance',
      graceSeconds: 5,
    });
    expect(status).toBe(202);
    expect(body.execution).toMatchObject({
      ...{ id: executionId, status: 'paused', waitingReason: 'paused_by' },
      orderedBy: 'a admin: maintenance',
    });
    expect(body.operation).toMatchObject({
      ...{ executionId, campaignId, kind: 'pause', state: 'done', cause: 'request', askedBy: 'a admin' },
      ...{ reason: 'maintenance', graceSeconds: 5, fetchesInFlight: 0, lanes: [] },
    });
    expect((await api().call('GET', `/operations/${body.operation?.id}`)).body).toEqual(body.operation);

    const resumed = await post(`/executions/${executionId}/resume`);
    expect(resumed.body).toMatchObject({
      execution: { status: 'queued', waitingReason: 'no_worker' },
      operation: { kind: 'resume', state: 'running' },
    });
    const { items } = (await api().call('GET', `/executions/${executionId}/operations`)).body;
    expect(items.map((item) => item['kind'])).toEqual(['resume', 'pause']);
  });

  it('given again answers with the same operation, and one that is too late with 409', async () => {
    const { campaignId, executionId } = await started();
    const first = await post(`/executions/${executionId}/cancel`);
    const again = await post(`/campaigns/${campaignId}/cancel`);
    expect(again.status).toBe(202);
    expect(again.body.operation).toEqual(first.body.operation);
    for (const late of ['pause', 'resume', 'stop']) {
      expect((await post(`/executions/${executionId}/${late}`)).body).toMatchObject({
        status: 409,
        code: 'illegal_transition',
      });
      expect((await post(`/campaigns/${campaignId}/${late}`)).body.code).toBe('illegal_transition');
    }
  });

  it('of a campaign that never ran is 409, and a resume of what was not paused too', async () => {
    const campaignId = await campaign();
    for (const kind of ['pause', 'resume', 'stop', 'cancel']) {
      expect((await post(`/campaigns/${campaignId}/${kind}`)).body).toMatchObject({
        status: 409,
        code: 'no_running_execution',
      });
    }
    const { executionId } = await started();
    expect((await post(`/executions/${executionId}/resume`)).body.code).toBe('illegal_transition');
  });

  it('takes a grace only where fetches may finish, and of ten minutes at most', async () => {
    const { executionId } = await started();
    expect((await post(`/executions/${executionId}/cancel`, { graceSeconds: 1 })).status).toBe(400);
    expect((await post(`/executions/${executionId}/stop`, { graceSeconds: 601 })).status).toBe(422);
  });
});

describe('revisions', () => {
  it('are kept, listed newest first, and compared value by value', async () => {
    const id = await campaign();
    await api().call('PATCH', `/campaigns/${id}`, { json: { scope: { maxPages: 7 }, lanes: 2 } });
    await api().call('PATCH', `/campaigns/${id}`, { json: { scope: { deny: ['/private'] } } });
    const list = await api().call('GET', `/campaigns/${id}/revisions?limit=2`);
    expect(list.body.items.map((item) => item['revision'])).toEqual([3, 2]);
    const rest = await api().call('GET', `/campaigns/${id}/revisions?limit=2&cursor=${list.body.nextCursor}`);
    expect(rest.body).toMatchObject({
      items: [{ revision: 1, config: { lanes: 1 }, createdByName: 'a admin' }],
      nextCursor: null,
    });

    expect((await api().call('GET', `/campaigns/${id}/revisions/2`)).body).toMatchObject({
      ...{ campaignId: id, revision: 2, changes: null },
      config: { lanes: 2, scope: { maxPages: 7, deny: [] } },
    });
    const compared = await api().call('GET', `/campaigns/${id}/revisions/3?compare=1`);
    expect(compared.body['changes']).toEqual([
      { path: 'scope.deny', before: [], after: ['/private'] },
      { path: 'scope.maxPages', before: 100_000, after: 7 },
      { path: 'lanes', before: 1, after: 2 },
    ]);
    expect((await api().call('GET', `/campaigns/${id}/revisions/4`)).status).toBe(404);
    expect((await api().call('GET', `/campaigns/${id}/revisions/3?compare=9`)).status).toBe(404);
    expect((await api().call('GET', `/campaigns/${id}/revisions/zero`)).status).toBe(400);
  });
});

describe('the headers of a revision', () => {
  it('are shown only to those who may change them, in what changed too', async () => {
    const id = await campaign({ fetch: { headers: { authorization: 'Bearer one' } } });
    await api().call('PATCH', `/campaigns/${id}`, {
      json: { fetch: { headers: { authorization: 'Bearer two' } } },
    });
    for (const path of ['', '/2?compare=1']) {
      const { text } = await api().call('GET', `/campaigns/${id}/revisions${path}`, {
        key: api().keys.viewer,
      });
      expect(text).toContain('[hidden]');
      expect(text).not.toContain('Bearer');
    }
    const { body } = await api().call('GET', `/campaigns/${id}/revisions/2?compare=1`);
    expect(body['changes']).toEqual([
      { path: 'fetch.headers.authorization', before: 'Bearer one', after: 'Bearer two' },
    ]);
  });
});

describe('an execution', () => {
  it('keeps the revision it began with, except for the patterns of its scope', async () => {
    const { campaignId, executionId } = await started();
    await api().call('PATCH', `/campaigns/${campaignId}`, {
      json: { scope: { deny: ['/b'], maxPages: 3 } },
    });
    const { body } = await api().call('GET', `/executions/${executionId}`);
    expect(body).toMatchObject({
      ...{ configRevision: 1, scopeRevision: 2 },
      config: { scope: { deny: ['/b'], maxPages: 100_000 } },
    });
    const events = await api().call('GET', `/campaigns/${campaignId}/events?executionId=${executionId}`);
    expect(events.body.items.find((event) => event['eventType'] === 'scope.rules_changed')).toMatchObject({
      payload: { revision: 2, allow: [], deny: ['/b'] },
    });
    await api().call('PATCH', `/campaigns/${campaignId}`, { json: { scope: { maxPages: 4 } } });
    expect((await api().call('GET', `/executions/${executionId}`)).body['scopeRevision']).toBe(2);
  });

  it('goes by a pattern that was denied while it ran, also beside a younger one', async () => {
    const { campaignId, old, young } = await twoRunning();
    await api().call('PATCH', `/campaigns/${campaignId}`, { json: { scope: { deny: ['/b'] } } });
    for (const executionId of [old, young]) {
      const { body } = await api().call('GET', `/executions/${executionId}`);
      expect(body).toMatchObject({ scopeRevision: 2, config: { scope: { deny: ['/b'] } } });
    }
  });

  it('is repeated with its configuration and seeds, whatever its campaign says by now', async () => {
    const { campaignId, executionId } = await started();
    await post(`/executions/${executionId}/cancel`);
    await api().call('PATCH', `/campaigns/${campaignId}`, { json: { lanes: 3, scope: { maxPages: 9 } } });
    await post(`/campaigns/${campaignId}/seeds`, { seeds: ['https://example.org/c'] });
    const { status, body } = await post(`/executions/${executionId}/repeat`);
    expect(status).toBe(202);
    expect(body.execution).toMatchObject({
      ...{ number: 2, configRevision: 1, repeatsExecutionId: executionId },
      ...{ triggerReason: 'repeats execution 1', coverage: { discovered: 2, pending: 2 } },
    });
    const original = await api().call('GET', `/executions/${executionId}`);
    const repeated = await api().call('GET', `/executions/${body.execution.id}`);
    expect(repeated.body['config']).toEqual(original.body['config']);
    expect((await post(`/executions/${executionId}/repeat`)).body.code).toBe('campaign_already_running');
  });
});
