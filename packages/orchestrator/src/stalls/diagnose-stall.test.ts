import type { StallFacts, StillLane } from '@outrider/db';
import type { StallCause } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { diagnoseStall, type Vitals } from './diagnose-stall.js';

const WELL: Vitals = {
  database: { roundTripMs: 2, lockWaits: { count: 0, longestMs: 0, relation: null }, diskFull: false },
  queue: { waiting: 0 },
  isItsTurn: true,
  patienceMs: 30_000,
};
const LANE: StillLane = {
  laneId: 'lane',
  status: 'active',
  epoch: 3,
  instanceId: 'worker',
  waitingReason: null,
  offeredMsAgo: null,
  takenMsAgo: 60_000,
  leased: 0,
  held: 0,
};
const WAITING: StillLane = { ...LANE, status: 'waiting', instanceId: null, held: null, offeredMsAgo: 60_000 };
const SILENT = { instanceId: 'worker', host: 'a', pid: 7, silentMs: 30_000 };
const HOST = { host: 'a.test', frozen: false, until: null, leftAlone: false, cause: null };
const AWAY = { ...HOST, leftAlone: true, until: '2026-01-01T00:00:00.000Z', cause: 'retry_after' };
const FACTS: StallFacts = {
  status: 'running',
  lanes: [LANE],
  workers: { capable: 1, freePlaces: 1, needsBrowser: false, silent: [] },
  strays: 0,
  idlePermits: 0,
  suspect: null,
  hosts: [HOST],
  retryInMs: null,
  hasPending: true,
  isHeldByQuota: false,
  scheduleDue: false,
};
const NOBODY = { capable: 0, freePlaces: 0, needsBrowser: false, silent: [] };
const SUSPECT = { url: 'https://a.test/', losses: 2, isLeased: false };

const causeOf = (facts: Partial<StallFacts>, vitals: Partial<Vitals> = {}) =>
  diagnoseStall({ ...FACTS, ...facts }, { ...WELL, ...vitals })?.cause ?? null;

describe('a stall', () => {
  it.each<[string, Partial<StallFacts>, StallCause]>([
    ['without any worker is for want of one', { lanes: [WAITING], workers: NOBODY }, 'no_worker_alive'],
    [
      'whose only worker is silent yet connected is that worker’s',
      { lanes: [WAITING], workers: { ...NOBODY, silent: [SILENT] } },
      'worker_stuck',
    ],
    ['whose offers nobody follows is the queue’s', { lanes: [WAITING] }, 'queue_and_ledger_apart'],
    ['with URLs of nobody is a leak', { strays: 1 }, 'leases_leaking'],
    ['with permits of nobody is a leak', { idlePermits: 2 }, 'leases_leaking'],
    [
      'with URLs that the lane does not know is a leak',
      { lanes: [{ ...LANE, leased: 2, held: 1 }] },
      'leases_leaking',
    ],
    [
      'with every host left alone is the hosts’',
      { hosts: [AWAY, { ...AWAY, frozen: true }] },
      'host_backoff',
    ],
    ['with every host frozen is a person’s', { hosts: [{ ...HOST, frozen: true }] }, 'host_frozen'],
    [
      'of a lane that holds URLs is its worker’s',
      { lanes: [{ ...LANE, leased: 2, held: 2 }] },
      'worker_stuck',
    ],
    ['with a host that is free is not the hosts’', { hosts: [HOST, AWAY] }, 'unexplained'],
    [
      'after two deaths is the suspect’s, before the missing worker’s',
      { lanes: [{ ...WAITING, waitingReason: 'worker_lost' }], workers: NOBODY, suspect: SUSPECT },
      'poison_page',
    ],
    [
      'in which the suspect hangs is the suspect’s',
      { suspect: { ...SUSPECT, isLeased: true } },
      'poison_page',
    ],
    [
      'with a suspect from long ago is not the suspect’s',
      { suspect: SUSPECT, hosts: [AWAY] },
      'host_backoff',
    ],
  ])('%s', (_, facts, cause) => {
    expect(causeOf(facts)).toBe(cause);
  });

  it('is none while all workers are busy with others, others come first, or nobody has offered its lanes', () => {
    expect(causeOf({ lanes: [WAITING], workers: { ...FACTS.workers, freePlaces: 0 } })).toBeNull();
    expect(causeOf({ lanes: [{ ...WAITING, offeredMsAgo: null }] })).toBeNull();
    expect(causeOf({ lanes: [WAITING] }, { isItsTurn: false })).toBeNull();
    expect(causeOf({ lanes: [WAITING] }, { isItsTurn: false, queue: { waiting: null } })).toBeNull();
    expect(causeOf({ lanes: [WAITING], isHeldByQuota: true })).toBeNull();
    expect(causeOf({ lanes: [WAITING], isHeldByQuota: true, workers: NOBODY })).toBeNull();
    expect(causeOf({ lanes: [{ ...LANE, leased: 2, held: 1, takenMsAgo: 1_000 }] })).toBeNull();
    expect(causeOf({ lanes: [{ ...LANE, leased: 2, held: null }] })).toBeNull();
  });

  it('is the hosts’ also while a lane has just been given URLs, or has said nothing for long', () => {
    expect(causeOf({ lanes: [{ ...LANE, leased: 1, held: null }], hosts: [AWAY] })).toBe('host_backoff');
  });

  it('is the queue’s when that does not answer, offered or not', () => {
    expect(causeOf({ lanes: [{ ...WAITING, offeredMsAgo: null }] }, { queue: { waiting: null } })).toBe(
      'queue_and_ledger_apart',
    );
  });

  it('is the database’s before anything else', () => {
    const facts = { lanes: [WAITING], workers: NOBODY, suspect: SUSPECT };
    const { database } = WELL;
    expect(causeOf(facts, { database: { ...database, roundTripMs: 1_200 } })).toBe('database_slow');
    const lockWaits = { count: 1, longestMs: 1_000, relation: 'crawl_targets' };
    expect(causeOf(facts, { database: { ...database, lockWaits } })).toBe('database_slow');
    expect(causeOf(facts, { database: { ...database, roundTripMs: 9_000, diskFull: true } })).toBe(
      'disk_full',
    );
  });

  it('says who needs a browser, and names the host with the earliest end', () => {
    expect(
      diagnoseStall({ ...FACTS, lanes: [WAITING], workers: { ...NOBODY, needsBrowser: true } }, WELL),
    ).toEqual({
      cause: 'no_worker_alive',
      diagnosis: { needs: 'browser' },
    });
    expect(diagnoseStall({ ...FACTS, hosts: [AWAY] }, WELL)?.diagnosis).toEqual({
      host: 'a.test',
      until: AWAY.until,
      why: 'retry_after',
      hosts: 1,
    });
  });
});
