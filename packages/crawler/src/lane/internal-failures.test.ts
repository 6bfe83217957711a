import { type ClaimedTarget, DatabaseConnectionError } from '@outrider/db';
import { urlKey } from '@outrider/shared';
import { createLogger } from '@outrider/telemetry';
import { describe, expect, it } from 'vitest';
import { ReadingLost } from '../reading/reading-lost.js';
import { settleBroken } from './internal-failures.js';

const RETRIES = 2;
const logger = createLogger({ name: 'test', level: 'silent' });

function settled(error: Error, attempt = 1) {
  const url = 'https://a.test/';
  const target: ClaimedTarget = {
    ...{ url, urlKey: urlKey(url), host: 'a.test', depth: 0, attempt, isSeed: true },
    ...{ redirectHops: [], startInMs: 0 },
  };
  const { verdict, errors } = settleBroken(target, error, RETRIES, logger);
  return { verdict, codes: errors.map(({ errorCode, severity }) => `${errorCode} ${severity}`) };
}

describe('a page whose handling broke', () => {
  it('loses an attempt when the thread that read it ended over it, and fails with its last', () => {
    const lost = new ReadingLost('it ended', true);
    expect(settled(lost)).toMatchObject({
      verdict: { kind: 'retry', countAttempt: true },
      codes: ['reader_killed info'],
    });
    expect(settled(lost, RETRIES + 1)).toEqual({
      verdict: { kind: 'failed', failureCode: 'reader_killed' },
      codes: ['reader_killed critical'],
    });
  });

  it('loses nothing when the thread ended over another page, or the database was away', () => {
    for (const error of [
      new ReadingLost('it ended', false),
      new DatabaseConnectionError('CONNECTION_CLOSED', 'it is away'),
    ]) {
      expect(settled(error, RETRIES + 1)).toMatchObject({
        verdict: { kind: 'retry', countAttempt: false },
        codes: [],
      });
    }
  });

  it('fails as our fault for anything else', () => {
    expect(settled(new Error('a bug'))).toEqual({
      verdict: { kind: 'failed', failureCode: 'internal_error' },
      codes: ['internal_error critical'],
    });
  });
});
