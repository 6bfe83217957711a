import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import {
  isConnectionError,
  isOutOfResources,
  isSerializationOrDeadlock,
  isStatementTimeout,
  isUniqueViolation,
} from './connection-errors.js';

const withCode = (code: string, cause?: unknown): Error =>
  Object.assign(new Error(code, { cause }), { code });

describe('isConnectionError', () => {
  it.each(['CONNECTION_CLOSED', 'ECONNREFUSED', 'EPIPE', '08006', '57P01', '57P03', '53300', '25P03'])(
    '%s is one, alone and as a cause',
    (code) => {
      expect(isConnectionError(withCode(code))).toBe(true);
      expect(isConnectionError(new Error('outer', { cause: withCode(code) }))).toBe(true);
    },
  );
  it.each(['23505', '40001', '57014', 'ENOENT'])('%s is none', (code) => {
    expect(isConnectionError(withCode(code))).toBe(false);
  });
  it.each([undefined, null, 'ECONNREFUSED', {}])('%s is none', (value) => {
    expect(isConnectionError(value)).toBe(false);
  });
});

describe('isOutOfResources', () => {
  it.each(['53100', '53200'])('%s passes once there is room again', (code) => {
    expect(isOutOfResources(withCode(code))).toBe(true);
  });
  it('a refused value is no such thing', () => {
    expect(isOutOfResources(withCode('22001'))).toBe(false);
  });
});

describe('against the real database', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase(inject('postgresAdminUrl'));
  });
  afterAll(() => db.drop());

  it('two transactions that wait for each other: one is told of the deadlock', async () => {
    const lock = (first: number, second: number) =>
      db.app
        .withTenant(db.tenantId, async ({ sql }) => {
          await sql`select pg_advisory_xact_lock(${first}::bigint)`;
          await new Promise((resolve) => setTimeout(resolve, 100));
          await sql`select pg_advisory_xact_lock(${second}::bigint)`;
        })
        .catch((error: unknown) => error);
    const outcomes = await Promise.all([lock(1, 2), lock(2, 1)]);
    expect(outcomes.filter(isSerializationOrDeadlock)).toHaveLength(1);
  });

  it('a statement past its limit is told apart from a lost connection', async () => {
    const slow = db.app.withTenant(db.tenantId, ({ sql }) => sql`select pg_sleep(5)`, {
      statementTimeoutMs: 30,
    });
    const error: unknown = await slow.catch((reason: unknown) => reason);
    expect([isStatementTimeout(error), isConnectionError(error)]).toEqual([true, false]);
  });

  it('a second row with the same key names its constraint', async () => {
    const again = db.system.withSystem(
      ({ sql }) => sql`insert into tenants (id, name) values (${db.tenantId}, 'another name')`,
    );
    const error: unknown = await again.catch((reason: unknown) => reason);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'tenants_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'tenants_name_key')).toBe(false);
  });
});
