import { describe, expect, it } from 'vitest';
import { readDocumentedTable } from '../testing/markdown-table.js';
import { EVENTS } from './event-catalogue.js';

describe('the event catalogue', () => {
  it('is the table of docs/events.md, both ways', () => {
    const expected = Object.entries(EVENTS).map(([type, { when, payload }]) => ({
      Event: type,
      'Written when': when,
      Payload: Object.keys(payload.shape).join(', '),
    }));
    expect(readDocumentedTable('events.md', 'Events')).toEqual(expected);
  });

  it.each(Object.entries(EVENTS))('%s refuses fields it does not know', (type, { payload }) => {
    expect(type).toMatch(/^[a-z]+\.[a-z]+(_[a-z]+)*$/);
    const result = payload.safeParse({ surprise: 1 });
    expect(result.error?.issues.some(({ code }) => code === 'unrecognized_keys')).toBe(true);
  });
});
