import { setTimeout as sleep } from 'node:timers/promises';
import { appendEvent, type Database, listEvents } from '@outrider/db';
import { createTestDatabase, plantCampaign, type TestDatabase } from '@outrider/db/testing';
import { createLogger } from '@outrider/telemetry';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { createEventFollower, type EventFollower } from './event-follower.js';
import { replayEvents } from './replay-events.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const logger = createLogger({ name: 'test', level: 'silent' });
const silent = { onEvents: () => undefined, onEnd: () => undefined };
const deaf = (): Promise<never> => Promise.reject(new Error('no bell'));

function startFollower(options: { system?: Database; pollMs?: number } = {}): EventFollower {
  const follower = createEventFollower({ system: db.system, logger, ...options });
  onTestFinished(() => follower.close());
  return follower;
}

function write(campaignId: string, events = 1, { holdMs = 0, rollsBack = false } = {}): Promise<void> {
  return db.app.withTenant(db.tenantId, async (tx) => {
    for (let nth = 0; nth < events; nth++) {
      const payload = { name: `${nth}`, configRevision: 1 };
      const about = { tenantId: db.tenantId, campaignId, executionId: null };
      await appendEvent(tx, { ...about, type: 'campaign.updated', payload });
      await sleep(holdMs);
    }
    if (rollsBack) throw new Error('rolled back');
  });
}

/** A client: it leaves after each leg of its way, and comes back with the last number that it saw. */
async function readInLegs(
  follower: EventFollower,
  campaignId: string,
  plan: { readonly startMs: number; readonly legsMs: readonly number[]; readonly slowMs: number },
): Promise<{ seen: number[]; stop: () => void }> {
  const seen: number[] = [];
  const attend = async (signal: AbortSignal): Promise<() => void> => {
    let hasJoined = false;
    const take = (events: readonly { seq: number }[]) => seen.push(...events.map(({ seq }) => seq));
    const following = await follower.follow(campaignId, {
      onEvents: (events) => hasJoined && take(events),
      onEnd: () => undefined,
    });
    if (following === null) throw new Error('no such campaign');
    const replay = replayEvents(
      {
        following,
        after: seen.at(-1) ?? 0,
        read: (range) =>
          db.app.withTenant(
            db.tenantId,
            async (tx) => (await listEvents(tx, { campaignId, ...range })).items,
          ),
        give: async (events) => {
          take(events);
          await sleep(plan.slowMs);
        },
        signal,
      },
      () => {
        hasJoined = true;
      },
    );
    return () => {
      following.stop();
      void replay;
    };
  };
  await sleep(plan.startMs);
  for (const legMs of plan.legsMs) {
    const leg = new AbortController();
    const leave = await attend(leg.signal);
    await sleep(legMs);
    leg.abort();
    leave();
    // What was being handed over when it left is still its own.
    await sleep(plan.slowMs + 5);
  }
  return { seen, stop: await attend(new AbortController().signal) };
}

describe('the follower', () => {
  const writer = fc.record({
    campaign: fc.nat({ max: 2 }),
    events: fc.integer({ min: 1, max: 4 }),
    startMs: fc.nat({ max: 60 }),
    holdMs: fc.nat({ max: 8 }),
    rollsBack: fc.boolean(),
  });
  const reader = fc.record({
    campaign: fc.nat({ max: 2 }),
    startMs: fc.nat({ max: 60 }),
    legsMs: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
    slowMs: fc.nat({ max: 3 }),
  });
  const plan = fc.record({
    writers: fc.array(writer, { minLength: 5, maxLength: 30 }),
    readers: fc.array(reader, { minLength: 1, maxLength: 6 }),
    hasBell: fc.boolean(),
  });

  it('gives every reader the numbers 1..n once and in order, however commits and readers come and go', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ writers, readers, hasBell }) => {
        const campaigns = [await plantCampaign(db), await plantCampaign(db), await plantCampaign(db)];
        const idOf = (nth: number): string => campaigns[nth] ?? '';
        const system = hasBell ? db.system : { ...db.system, listen: deaf };
        const follower = createEventFollower({ system, logger, pollMs: 10 });
        try {
          const reading = readers.map((one) => readInLegs(follower, idOf(one.campaign), one));
          await Promise.allSettled(
            writers.map(async ({ campaign, startMs, events, ...how }) => {
              await sleep(startMs);
              await write(idOf(campaign), events, how);
            }),
          );
          const all = await Promise.all(reading);
          for (const [nth, { seen, stop }] of all.entries()) {
            const campaign = readers[nth]?.campaign ?? 0;
            const committed = writers.filter((one) => one.campaign === campaign && !one.rollsBack);
            const count = committed.reduce((sum, { events }) => sum + events, 0);
            const numbers = Array.from({ length: count }, (_, index) => index + 1);
            await vi.waitFor(() => expect(seen).toEqual(numbers), { timeout: 5_000, interval: 5 });
            stop();
          }
        } finally {
          await follower.close();
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
  }, 120_000);

  it('hears by the bell what it would look for a minute later', async () => {
    const campaignId = await plantCampaign(db);
    const follower = startFollower({ pollMs: 60_000 });
    const heard: number[] = [];
    const onEvents = (events: readonly { seq: number }[]) => heard.push(...events.map(({ seq }) => seq));
    await follower.follow(campaignId, { onEvents, onEnd: () => undefined });
    // The bell hangs a moment later; until then it is rung in vain.
    await vi.waitFor(async () => {
      await write(campaignId);
      await sleep(50);
      expect(heard.length).toBeGreaterThan(1);
    });
    const before = heard.length;
    await write(campaignId, 3);
    await vi.waitFor(() => expect(heard).toHaveLength(before + 3), { timeout: 1_000, interval: 5 });
  });

  it('asks nothing while nobody listens, and one small question a second while nothing happens', async () => {
    const campaignId = await plantCampaign(db);
    let questions = 0;
    const system: Database = {
      ...db.system,
      withSystem: (...question) => {
        questions += 1;
        return db.system.withSystem(...question);
      },
    };
    const follower = startFollower({ system });
    await sleep(400);
    expect(questions).toBe(0);
    const following = await follower.follow(campaignId, silent);
    await write(campaignId);
    await vi.waitFor(() => expect(following?.head).toBe(1));
    following?.stop();
    await sleep(300);
    const then = questions;
    await write(campaignId);
    await sleep(600);
    expect(questions).toBe(then);
  });

  it('tells of a campaign that is deleted, and knows none that is not there', async () => {
    const campaignId = await plantCampaign(db);
    const follower = startFollower({ pollMs: 20 });
    expect(await follower.follow('01890000-0000-7000-8000-000000000000', silent)).toBeNull();
    const onEnd = vi.fn();
    await follower.follow(campaignId, { ...silent, onEnd });
    await db.app.withTenant(
      db.tenantId,
      ({ sql }) => sql`delete from crawler_campaigns where id = ${campaignId}`,
    );
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledTimes(1));
  });

  it('follows a whole tenant from now on, campaigns that are made later included', async () => {
    const known = await plantCampaign(db);
    await write(known, 2);
    const follower = startFollower();
    const heard: [string, number][] = [];
    const stop = await follower.followTenant(db.tenantId, {
      onEvents: (campaignId, events) =>
        heard.push(...events.map(({ seq }): [string, number] => [campaignId, seq])),
    });
    await write(known);
    await vi.waitFor(() => expect(heard).toEqual([[known, 3]]));
    const fresh = await plantCampaign(db);
    await write(fresh, 2);
    await vi.waitFor(
      () =>
        expect(heard.slice(1)).toEqual([
          [fresh, 1],
          [fresh, 2],
        ]),
      { timeout: 8_000 },
    );
    stop();
  }, 15_000);

  it('tells a whole tenant of a campaign that was deleted and restored only what came since', async () => {
    const campaignId = await plantCampaign(db);
    await write(campaignId, 2);
    const follower = startFollower({ pollMs: 20 });
    const heard: number[] = [];
    const stop = await follower.followTenant(db.tenantId, {
      onEvents: (from, events) => from === campaignId && heard.push(...events.map(({ seq }) => seq)),
    });
    const onEnd = vi.fn();
    await follower.follow(campaignId, { ...silent, onEnd });
    const setDeleted = (deletedAt: Date | null) =>
      db.system.withSystem(
        ({ sql }) => sql`update crawler_campaigns set deleted_at = ${deletedAt} where id = ${campaignId}`,
      );
    await setDeleted(new Date());
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledTimes(1));
    await setDeleted(null);
    await write(campaignId);
    await vi.waitFor(() => expect(heard.at(-1)).toBe(3), { timeout: 8_000 });
    expect(heard).toEqual([3]);
    stop();
  }, 15_000);

  it('goes on where it was after its connections were cut', async () => {
    const campaignId = await plantCampaign(db);
    const follower = startFollower();
    const heard: number[] = [];
    const onEvents = (events: readonly { seq: number }[]) => heard.push(...events.map(({ seq }) => seq));
    await follower.follow(campaignId, { onEvents, onEnd: () => undefined });
    await write(campaignId);
    await vi.waitFor(() => expect(heard).toEqual([1]));
    await db.terminateSessions('test system');
    await write(campaignId);
    await vi.waitFor(() => expect(heard).toEqual([1, 2]), { timeout: 10_000 });
  }, 15_000);
});
