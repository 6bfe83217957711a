import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCron } from './cron-pattern.js';
import { createTickPlan } from './tick-plan.js';
import { localTime, momentsOf, timeZoneOf } from './time-zone.js';

interface PlanCase {
  readonly id: string;
  readonly layer: string;
  readonly input: { readonly cron: string; readonly timeZone: string; readonly after: string };
  /** Ticks as `<local time with offset> <rule>`. */
  readonly expected: { readonly ticks: readonly string[] };
}

const FILE = new URL('../../../../fixtures/bad-inputs/schedules.json', import.meta.url);
const CASES = (JSON.parse(readFileSync(FILE, 'utf8')) as PlanCase[]).filter(({ layer }) => layer === 'plan');

const ticksOf = ({ cron, timeZone, after }: PlanCase['input'], count: number): string[] => {
  const plan = createTickPlan({ cron, timeZone });
  return plan
    .between(Date.parse(after), Number.MAX_SAFE_INTEGER, count)
    .map(({ at, rule }) => `${localTime(plan.zone, at)} ${rule}`);
};

describe('the ticks of a schedule (G01, G02)', () => {
  it.each(CASES)('$id', ({ input, expected }) => {
    expect(ticksOf(input, expected.ticks.length)).toEqual(expected.ticks);
  });
});

const FIELD_RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** What one field of crontab(5) allows, read without the library: lists, ranges, steps and stars. */
function valuesOf(field: string, [low, high]: readonly [number, number]): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [span = '', step = '1'] = part.split('/');
    const [from, to] = span === '*' ? [low, high] : span.split('-').map(Number);
    for (let value = from ?? low; value <= (to ?? from ?? high); value += Number(step)) values.add(value);
  }
  return values;
}

/** Whether a wall time matches, by the definition of crontab(5). */
function matches(fields: readonly string[], wall: Date): boolean {
  const [minute, hour, day, month, weekday] = FIELD_RANGES.map((range, n) =>
    valuesOf(fields[n] ?? '*', range),
  );
  const dayMatches = day?.has(wall.getUTCDate()) === true;
  const weekdayMatches =
    weekday?.has(wall.getUTCDay()) === true || (wall.getUTCDay() === 0 && weekday?.has(7) === true);
  const bothRestricted = fields[2] !== '*' && fields[4] !== '*';
  const onDay = bothRestricted ? dayMatches || weekdayMatches : dayMatches && weekdayMatches;
  return (
    onDay &&
    minute?.has(wall.getUTCMinutes()) === true &&
    hour?.has(wall.getUTCHours()) === true &&
    month?.has(wall.getUTCMonth() + 1) === true
  );
}

const EXPRESSIONS = [
  ...['0 0 29 2 *', '30 2 31 * *', '0 12 13 * 5', '15 6 1-7 * 1', '0 0 * * 7', '5,35 */6 */10 1-6 *'],
  ...['59 23 31 12 *', '0 9-17/4 * * 1-5', '0 3 1,15 * 0,6', '7 */5 30 4,6,9,11 *'],
];

describe('cron expressions', () => {
  it.each(EXPRESSIONS)('%s names the minutes that crontab(5) says, over nine years (G02)', (expression) => {
    const parsed = parseCron(expression);
    if (!parsed.ok) throw new Error(parsed.problem);
    const [start, end] = [Date.UTC(2023, 0, 1), Date.UTC(2032, 0, 1)];
    const fields = expression.split(' ');
    const expected: number[] = [];
    const minutes = valuesOf(fields[0] ?? '*', FIELD_RANGES[0]);
    for (let hour = start; hour < end; hour += 3_600_000) {
      for (const minute of minutes) {
        const wall = hour + minute * 60_000;
        if (matches(fields, new Date(wall))) expected.push(wall);
      }
    }
    const named: number[] = [];
    for (let wall = parsed.pattern.next(start - 60_000); wall !== null && wall < end; ) {
      named.push(wall);
      wall = parsed.pattern.next(wall);
    }
    expect(named).toEqual(expected);
  });

  it('in five years of any zone tick once per named time, never twice and never back', () => {
    for (const timeZone of [
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'America/Sao_Paulo',
    ]) {
      const plan = createTickPlan({ cron: '30 2 * * *', timeZone });
      const ticks = plan.between(Date.UTC(2019, 0, 1), Date.UTC(2024, 0, 1), 4_000);
      expect(ticks.length, timeZone).toBe(1_826);
      const days = new Set(ticks.map(({ at }) => localTime(plan.zone, at).slice(0, 10)));
      expect(days.size, timeZone).toBe(1_826);
    }
  });
});

describe('local times', () => {
  it('and UTC agree for every hour of forty years, in zones of all kinds', () => {
    for (const name of [
      'Europe/London',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Kathmandu',
      'America/St_Johns',
    ]) {
      const zone = timeZoneOf(name);
      for (
        let instant = Date.UTC(1990, 0, 1, 0, 7);
        instant < Date.UTC(2030, 0, 1);
        instant += 37 * 3_600_000
      ) {
        const found = momentsOf(zone, instant + zone.offsetAt(instant));
        expect(found.kind === 'twice' ? [found.at, found.again] : [found.at]).toContain(instant);
      }
    }
  });

  it('that a zone skipped lead to the moment of the jump', () => {
    const zone = timeZoneOf('Pacific/Apia');
    expect(momentsOf(zone, Date.UTC(2011, 11, 30, 12))).toEqual({
      kind: 'never',
      at: Date.UTC(2011, 11, 30, 10),
    });
  });
});
