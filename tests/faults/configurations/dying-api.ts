import { randomUUID } from 'node:crypto';
import { openLaneQueue } from '@outrider/queue';
import { createLogger } from '@outrider/telemetry';
import { UnexpectedAnswer } from '../../platform/api-client.js';
import type { Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes } from './configuration.js';

/** F08, F09 and F25: requests and jobs that are lost half-way, or come twice. */
export const DYING_API: readonly Configuration[] = [
  {
    fault: 'F08',
    name: 'kill -9 the API between commit and enqueue',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['postgres'],
    async run(stage) {
      const [api] = await Promise.all([
        stage.start('api', { OUTRIDER_CRASH_AT: 'before_enqueue' }),
        stage.start('orchestrator'),
        stage.start('worker'),
      ]);
      const campaignId = await stage.createCampaign();
      await answerIsLost(stage, campaignId, {});
      stage.verdicts.expect('it was killed by its crash point', (await api.ended) === null);
      await stage.start('api');
      const executionId = await onlyExecution(stage, campaignId);
      await stage.until('the first fetch', () => stage.oracle.fetches().length > 0, 15_000);
      await completes(stage, executionId, 60_000);
    },
  },
  {
    fault: 'F09',
    name: 'kill -9 the API before its answer, same key again',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['postgres'],
    async run(stage) {
      const [api] = await Promise.all([
        stage.start('api', { OUTRIDER_CRASH_AT: 'after_enqueue' }),
        stage.start('orchestrator'),
        stage.start('worker'),
      ]);
      const campaignId = await stage.createCampaign();
      const key = { 'idempotency-key': randomUUID() };
      await answerIsLost(stage, campaignId, key);
      stage.verdicts.expect('it was killed by its crash point', (await api.ended) === null);
      await stage.start('api');
      const again = await stage.startExecution(campaignId, key).catch(refusalOf);
      const executionId = await onlyExecution(stage, campaignId);
      stage.verdicts.expect(`the repeated request got ${again}`, again === executionId);
      await completes(stage, executionId, 60_000);
    },
  },
  {
    fault: 'F25',
    name: 'a lane job delivered to two workers',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['redis'],
    async run(stage) {
      await stage.startPlatform(2);
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(20);
      await offerAgain(stage, executionId);
      await completes(stage, executionId, 60_000);
    },
  },
  {
    fault: 'F25',
    name: 'the same POST many times',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['postgres'],
    async run(stage) {
      await stage.startPlatform(1);
      const campaignId = await stage.createCampaign();
      const key = { 'idempotency-key': 'start-once' };
      const first = await stage.startExecution(campaignId, key);
      const again = await stage.startExecution(campaignId, key).catch(refusalOf);
      stage.verdicts.expect(`the same key got ${again}`, again === first);
      const other = await stage.startExecution(campaignId).catch(refusalOf);
      stage.verdicts.expect(`another request got ${other}`, other === 'campaign_already_running');
      const many = await Promise.all(
        Array.from({ length: 20 }, () => stage.startExecution(campaignId, key).catch(refusalOf)),
      );
      const strange = many.filter((one) => one !== first && !one.startsWith('idempotency'));
      stage.verdicts.record(
        '-',
        strange.map((one) => `one of twenty got ${one}`),
      );
      await onlyExecution(stage, campaignId);
      await completes(stage, first, 60_000);
    },
  },
];

/** The code of the API's refusal. */
function refusalOf(error: unknown): string {
  if (error instanceof UnexpectedAnswer) return error.code;
  throw error;
}

async function answerIsLost(
  stage: Stage,
  campaignId: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const answer = await stage.startExecution(campaignId, headers).catch((error: unknown) => error);
  stage.verdicts.expect('the request got no answer', answer instanceof Error);
}

async function onlyExecution(stage: Stage, campaignId: string): Promise<string> {
  const { items } = await stage.api.call('listExecutions', { params: { id: campaignId } });
  stage.verdicts.expect(`${items.length} executions`, items.length === 1);
  return items[0]?.id ?? '';
}

/** The same offers again, and offers from the past and the future: only the ledger decides. */
async function offerAgain(stage: Stage, executionId: string): Promise<void> {
  const queue = openLaneQueue(stage.queueStore, { logger: createLogger({ name: 'test', level: 'error' }) });
  try {
    const lanes = await stage.db.system.withSystem(
      (tx) => tx.sql<{ id: string; epoch: number }[]>`
        select id, epoch from execution_lanes where execution_id = ${executionId}`,
    );
    for (let round = 0; round < 5; round++) {
      for (const { id, epoch } of lanes) {
        await queue.offer({ laneId: id, epoch });
        await queue.offer({ laneId: id, epoch: epoch + 1 + round });
      }
    }
  } finally {
    await queue.close();
  }
}
