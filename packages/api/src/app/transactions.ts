import {
  claimIdempotencyKey,
  type Database,
  insertAuditEntry,
  type StoredAnswer,
  storeAnswer,
  type TransactionOptions,
  type Tx,
} from '@outrider/db';
import type { Caller } from '../access/caller.js';
import type { AuditNote, Reply } from './route-request.js';
import type { Transact } from './transact.js';

/** What the transaction of a write needs to know of its request. */
export interface WriteContext {
  readonly database: Database;
  readonly caller: Caller;
  readonly requestId: string;
  readonly remoteAddress: string | null;
  readonly userAgent: string | null;
  readonly status: number;
  /** Null without an Idempotency-Key. The hash covers the route, its parameters and the body. */
  readonly idempotency: { readonly key: string; readonly requestHash: () => Buffer } | null;
}

interface Outcome<B> {
  readonly reply: Reply<B>;
  readonly audit: AuditNote;
  readonly storable?: B;
}

/** Thrown through a command to leave it: the answer has been given before. Nothing was changed. */
class AnsweredBefore {
  readonly answer: StoredAnswer;

  constructor(answer: StoredAnswer) {
    this.answer = answer;
  }
}

const REPLAYED = { 'Idempotent-Replayed': 'true' };
/** Deleting a campaign takes its pages along; a hundred thousand seeds take seconds. */
const WRITE_OPTIONS: TransactionOptions = { statementTimeoutMs: 300_000 };

/**
 * Runs a write in one transaction with its Idempotency-Key, its answer and its line of the audit log: one of the
 * caller's tenant, unless `transact` opens another.
 */
export async function writeOnce<B>(
  context: WriteContext,
  work: (tx: Tx) => Promise<Outcome<B>>,
  transact: Transact = (run) => context.database.withTenant(context.caller.tenantId, run, WRITE_OPTIONS),
): Promise<Reply<B>> {
  return orReplay<B>(() =>
    transact(async (tx) => {
      await claim(tx, context);
      return conclude(tx, context, await work(tx));
    }),
  );
}

/** The same around a command: its first transaction becomes the one that also claims, notes and keeps the answer. */
export async function commandOnce<B>(
  context: WriteContext,
  run: (database: Database) => Promise<unknown>,
  outcomeOf: (tx: Tx) => Promise<Outcome<B>>,
): Promise<Reply<B>> {
  let reply: Reply<B> | undefined;
  const { database } = context;
  const first: Database['withTenant'] = (tenantId, work, options) =>
    database.withTenant(
      tenantId,
      async (tx) => {
        await claim(tx, context);
        const result = await work(tx);
        const concluded = await conclude(tx, context, await outcomeOf(tx));
        reply = concluded;
        return result;
      },
      options,
    );
  let isFirst = true;
  const carrying: Database = {
    ...database,
    withTenant: (...transaction) => {
      const withTenant = isFirst ? first : database.withTenant;
      isFirst = false;
      return withTenant(...transaction);
    },
  };
  return orReplay<B>(async () => {
    await run(carrying);
    if (reply === undefined) throw new Error('the command ended without a transaction');
    return reply;
  });
}

async function claim(tx: Tx, { caller, idempotency }: WriteContext): Promise<void> {
  if (idempotency === null) return;
  const { tenantId } = caller;
  const { key, requestHash } = idempotency;
  const answer = await claimIdempotencyKey(tx, { tenantId, key, requestHash: requestHash() });
  if (answer !== null) throw new AnsweredBefore(answer);
}

async function conclude<B>(tx: Tx, context: WriteContext, outcome: Outcome<B>): Promise<Reply<B>> {
  const { caller, idempotency, status } = context;
  const { tenantId } = caller;
  await insertAuditEntry(tx, auditEntryOf(context, outcome.audit));
  if (idempotency !== null) {
    const body = outcome.storable ?? outcome.reply.body;
    await storeAnswer(tx, { tenantId, key: idempotency.key }, { status, body });
  }
  return outcome.reply;
}

function auditEntryOf({ caller, requestId, remoteAddress, userAgent }: WriteContext, note: AuditNote) {
  const { subjectType, subjectId } = note;
  const { tenantId, keyId: apiKeyId, keyName: apiKeyName } = caller;
  const subject = {
    ...(subjectType === 'campaign' ? { campaignId: subjectId } : {}),
    ...(subjectType === 'execution' ? { executionId: subjectId } : {}),
  };
  return { tenantId, apiKeyId, apiKeyName, requestId, remoteAddress, userAgent, ...subject, ...note };
}

async function orReplay<B>(attempt: () => Promise<Reply<B>>): Promise<Reply<B>> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof AnsweredBefore)) throw error;
    // Written by the same route, or the request hash would differ; the response schema checks it again.
    return { body: error.answer.body as B, headers: REPLAYED };
  }
}
