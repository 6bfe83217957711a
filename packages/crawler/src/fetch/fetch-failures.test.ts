import { REDIRECT_TYPES } from '@outrider/shared';
import { readDocumentedTable } from '@outrider/shared/testing';
import { describe, expect, it } from 'vitest';
import { FETCH_FAILURES } from './fetch-failures.js';

describe('the document on fetching', () => {
  it('lists every way in which a fetch fails, both ways', () => {
    const expected = Object.entries(FETCH_FAILURES).map(([code, { retry, errorType, summary }]) => ({
      Code: code,
      Type: errorType,
      Then: retry === 'retry' ? 'retry' : 'give up',
      Meaning: summary,
    }));
    expect(readDocumentedTable('fetching.md', 'Failed fetches')).toEqual(expected);
  });

  it('lists the types of redirects', () => {
    const types = readDocumentedTable('fetching.md', 'Redirects').map(({ Type: type }) => type);
    expect(types).toEqual([...REDIRECT_TYPES]);
  });
});
