import type { UrlHistory } from '@outrider/db';
import { DISCOVERY_METHODS, SKIP_REASON_NAMES, SKIP_REASONS, TARGET_STATES } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { explainSentence, outcomeOf } from './explain-sentence.js';

const URL = 'https://a.test/x';

function history(
  discovery: Partial<NonNullable<UrlHistory['discovery']>> = {},
  over: Partial<UrlHistory> = {},
): UrlHistory {
  return {
    discovery: {
      executionId: 'e',
      urlHash: 'k',
      discoveredUrl: URL,
      sourceUrl: 'https://a.test/',
      discoveryMethod: 'link',
      urlDepth: 1,
      isInternal: true,
      shouldCrawl: true,
      skipReason: null,
      skipRule: null,
      state: 'pending',
      priorityScore: 0,
      discoveredAt: '2026-01-01T00:00:00.000Z',
      ...discovery,
    },
    isSeed: false,
    path: [],
    attempts: 0,
    failureCode: null,
    statusCode: null,
    fetchedAt: null,
    decidedAt: null,
    notBefore: null,
    errors: [],
    ...over,
  };
}

describe('the sentence about a URL', () => {
  it.each(SKIP_REASON_NAMES)('names the reason of a skip in words: %s', (skipReason) => {
    const skipped = history({ shouldCrawl: false, state: null, skipReason, skipRule: 'a rule' });
    expect(outcomeOf(skipped)).toBe('skipped');
    expect(explainSentence(URL, skipped, 'running', null)).toContain(
      `because ${SKIP_REASONS[skipReason]} (a rule);`,
    );
  });

  it.each(DISCOVERY_METHODS)('says how it was found: %s', (discoveryMethod) => {
    const sentence = explainSentence(URL, history({ discoveryMethod }), 'running', null);
    expect(sentence).toMatch(/^It waits for its turn; .+\.$/);
    expect(sentence).not.toContain('undefined');
  });

  it.each(TARGET_STATES)('is one sentence in the state %s', (state) => {
    const shouldCrawl = state !== 'skipped';
    const about = history(
      { state, shouldCrawl },
      { attempts: 3, failureCode: 'dns', fetchedAt: state === 'fetched' ? 'now' : null },
    );
    expect(explainSentence(URL, about, 'running', null)).toMatch(/^It [^.]+(\.[^ ][^.]*)*\.$/);
  });

  it('counts attempts as a person does', () => {
    const fetched = (attempts: number) =>
      explainSentence(
        URL,
        history({ state: 'fetched' }, { attempts, statusCode: 200, fetchedAt: 'now' }),
        'completed',
        null,
      );
    expect(fetched(1)).toContain('at the first attempt');
    expect(fetched(2)).toContain('at the 2nd attempt');
    expect(fetched(3)).toContain('at the 3rd attempt');
    expect(fetched(11)).toContain('at the 11th attempt');
    expect(fetched(22)).toContain('at the 22nd attempt');
  });

  it('tells a URL that waits for its next attempt from one that waits for its first', () => {
    const waiting = history({}, { attempts: 1, notBefore: '2026-01-01T00:00:10.000Z' });
    expect(explainSentence(URL, waiting, 'running', null)).toContain(
      'tried once and will be tried again not before 2026-01-01T00:00:10.000Z',
    );
  });

  it('of a URL nobody named says so, and for how long that holds', () => {
    const unknown = history({}, { discovery: null });
    expect(outcomeOf(unknown)).toBe('unknown');
    expect(explainSentence(URL, unknown, 'running', null)).toContain('so far');
    expect(explainSentence(URL, unknown, 'completed', null)).not.toContain('so far');
  });
});
