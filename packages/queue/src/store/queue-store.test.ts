import { OutriderError, parseSettings } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { queueStoreFrom } from './queue-store.js';

const from = (environment: Record<string, string>) => queueStoreFrom(parseSettings(environment));

describe('the queue store', () => {
  it('is Redis where there is one, whatever databases there are', () => {
    const environment = {
      REDIS_URL: 'redis://r',
      DATABASE_URL: 'postgres://d',
      QUEUE_DATABASE_URL: 'postgres://q',
    };
    expect(from(environment)).toEqual({ kind: 'redis', url: 'redis://r' });
  });

  it("is PostgreSQL without Redis: the queue's own database before the ledger's", () => {
    expect(from({ DATABASE_URL: 'postgres://d', QUEUE_DATABASE_URL: 'postgres://q' })).toEqual({
      kind: 'postgres',
      url: 'postgres://q',
      schema: 'bullmq',
    });
    expect(from({ DATABASE_URL: 'postgres://d' })).toEqual({
      kind: 'postgres',
      url: 'postgres://d',
      schema: 'bullmq',
    });
  });

  it('is an error when no setting names one', () => {
    expect(() => from({})).toThrow(OutriderError);
  });
});
