import { describe, expect, it } from 'vitest';
import { campaignCreate, campaignPatch } from '../api/resources.js';
import { scheduleCreate } from '../api/schedule-resources.js';
import { type DocumentSchema, fieldProblemsOf } from './field-problems.js';

function problemsOf(schema: DocumentSchema<unknown>, document: unknown) {
  const parsed = schema.safeParse(document);
  return parsed.success ? [] : fieldProblemsOf(schema, parsed.error.issues);
}

const campaign = { name: 'Docs', seeds: ['https://example.org/'] };
const schedule = { name: 'Nightly', cron: '0 3 * * *' };

describe('fieldProblemsOf', () => {
  it.each([
    ['in another case', scheduleCreate, { ...schedule, timezone: 'UTC' }, 'timezone', 'timeZone'],
    ['mistyped', campaignCreate, { ...campaign, scope: { alow: [] } }, 'scope.alow', 'scope.allow'],
    ['in the wrong place', campaignCreate, { ...campaign, maxPages: 5 }, 'maxPages', 'scope.maxPages'],
    ['in a change', campaignPatch, { fetch: { timeoutMS: 5 } }, 'fetch.timeoutMS', 'fetch.timeoutMs'],
    ['in a group', scheduleCreate, { ...schedule, catchUp: { maximum: 1 } }, 'catchUp.maximum', null],
    ['of no meaning', campaignCreate, { ...campaign, colour: 'red' }, 'colour', null],
  ] as const)('a field %s names the one that was meant', (_, schema, document, path, meant) => {
    const message = `there is no such field${meant === null ? '' : `; did you mean \`${meant}\`?`}`;
    expect(problemsOf(schema, document)).toEqual([{ path, code: 'unknown_field', message }]);
  });

  it('a field of very many letters is told no other, and looked for nowhere', () => {
    const key = `max${'_'.repeat(100)}Pages`;
    expect(problemsOf(campaignCreate, { ...campaign, [key]: 5 })).toEqual([
      { path: key, code: 'unknown_field', message: 'there is no such field' },
    ]);
  });

  it('each wrong field is named by its dotted path', () => {
    const wrong = { name: '', seeds: [1], scope: { maxPages: 'all', x1: 1, x2: 1 } };
    expect(problemsOf(campaignCreate, wrong).map(({ path }) => path)).toEqual([
      'name',
      'seeds.0',
      'scope.maxPages',
      'scope.x1',
      'scope.x2',
    ]);
  });

  it('of very many unknown fields all are named, and the first are told what was meant', () => {
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`timeZone${at}`, 1]));
    const problems = problemsOf(scheduleCreate, { ...schedule, ...fields });
    expect(problems).toHaveLength(1_000);
    expect(problems.filter(({ message }) => message.includes('`timeZone`'))).toHaveLength(20);
  });
});
