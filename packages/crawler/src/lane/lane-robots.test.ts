import type { RobotsReading } from '@outrider/db';
import { expect, it } from 'vitest';
import type { RobotsAnswer } from '../robots/robots-gate.js';
import { LaneRobots } from './lane-robots.js';

const ORIGIN = 'https://a.test';
const reading = (minute: number): RobotsReading => ({
  origin: ORIGIN,
  outcome: 'allow_all',
  detail: 'it answered 404',
  bodyHash: null,
  fetchedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
});
const asked = {
  origin: ORIGIN,
  userAgent: 'x',
  timeoutMs: 1_000,
  signal: new AbortController().signal,
};

function lane(note: (told: RobotsReading) => Promise<void>) {
  const state = { reading: reading(0) };
  const ask = async (): Promise<RobotsAnswer> => ({
    standing: { kind: 'allow_all' },
    reading: state.reading,
    fetched: false,
  });
  return { state, robots: new LaneRobots({ ask, forget: () => undefined }, note) };
}

it('notes what it was told of an origin once, and again when it is told something newer', async () => {
  const noted: RobotsReading[] = [];
  const { state, robots } = lane(async (told) => void noted.push(told));
  await Promise.all([robots.ask(asked), robots.ask(asked)]);
  await robots.ask(asked);
  expect(noted).toEqual([reading(0)]);
  state.reading = reading(1);
  await robots.ask(asked);
  expect(noted).toEqual([reading(0), reading(1)]);
});

it('notes it with the next question when it could not be noted', async () => {
  let tries = 0;
  const { robots } = lane(async () => {
    tries += 1;
    if (tries === 1) throw new Error('the database is away');
  });
  await expect(robots.ask(asked)).rejects.toThrow('away');
  expect(await robots.ask(asked)).toMatchObject({ standing: { kind: 'allow_all' } });
  expect(tries).toBe(2);
});
