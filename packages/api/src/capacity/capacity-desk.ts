import {
  type Database,
  listTenants,
  listWaitingExecutions,
  type QuotaChange,
  readTenantQuotas,
  type Slice,
  setTenantQuotas,
  type Tx,
  type WaitingOfTenant,
} from '@outrider/db';
import { OutriderError, type Tenant, type TenantQuotas, type WaitingExecution } from '@outrider/shared';
import { FIRST_TENANT } from '../access/first-administrator.js';
import type { Transact } from '../app/transact.js';

/** What concerns all tenants at once, and so cannot be asked of the database as one of them: it answers for one. */
export interface CapacityDesk {
  /** A tenant's executions that wait for a worker, next first. Up to half a second old, or five where thousands wait. */
  listWaiting(tenantId: string): Promise<readonly WaitingExecution[]>;
  /** The tenants that the caller sees: all for the first tenant, else itself. */
  listTenants(callerTenantId: string, filter: TenantFilter): Promise<Slice<Tenant>>;
  /** Throws `not_found` for a tenant that is not the caller's, unless the caller is of the first tenant. */
  readQuotas(tenantId: string, callerTenantId: string): Promise<TenantQuotas>;
  /** A transaction for `setQuotas`, and for what belongs to it. */
  readonly transact: Transact;
}

type TenantFilter = Omit<Parameters<typeof listTenants>[1], 'onlyId'>;

/** The order of all that wait costs some milliseconds, however many ask for it. */
const FRESH_MS = 500;
/** One of so many takes a while to read: nobody waits for it who can have one that is a little older. */
const LONG_ORDER = 1_000;
const STALE_MS = 5_000;

interface KnownOrder {
  readonly waiting: readonly WaitingOfTenant[];
  /** When its reading began. */
  readonly at: number;
}

/** Needs a database of the role outrider_system. */
export function createCapacityDesk(system: Database, { longOrder = LONG_ORDER } = {}): CapacityDesk {
  let known: KnownOrder | null = null;
  let reading: Promise<KnownOrder> | null = null;

  async function read(): Promise<KnownOrder> {
    const at = performance.now();
    try {
      const waiting = await system.withSystem((tx) => listWaitingExecutions(tx), { readOnly: true });
      known = { waiting, at };
      return known;
    } finally {
      reading = null;
    }
  }

  async function readOrder(): Promise<readonly WaitingOfTenant[]> {
    const ageMs = known === null ? Number.POSITIVE_INFINITY : performance.now() - known.at;
    if (known !== null && ageMs < FRESH_MS) return known.waiting;
    reading ??= read();
    if (known === null || known.waiting.length < longOrder || ageMs >= STALE_MS)
      return (await reading).waiting;
    // Should it fail, whoever comes when this one is too old hears of it.
    reading.catch(() => undefined);
    return known.waiting;
  }

  return {
    async listWaiting(tenantId) {
      const own = (await readOrder()).filter((one) => one.tenantId === tenantId);
      return own.map(({ tenantId: _, ...waiting }) => waiting);
    },
    listTenants: (callerTenantId, filter) =>
      system.withSystem(
        async (tx) => {
          const { name } = await readTenantQuotas(tx, callerTenantId);
          return listTenants(tx, { ...filter, onlyId: name === FIRST_TENANT ? null : callerTenantId });
        },
        { readOnly: true },
      ),
    readQuotas: (tenantId, callerTenantId) =>
      system.withSystem(async (tx) => {
        const caller = await readTenantQuotas(tx, callerTenantId);
        return seen(tenantId, caller) ? readTenantQuotas(tx, tenantId) : notFound();
      }),
    transact: (work) => system.withSystem(work),
  };
}

/**
 * Sets limits of a tenant, in a transaction of the desk. Throws `not_found` like `readQuotas`, and `forbidden` unless the
 * caller is of the first tenant: nobody raises a quota of his own.
 */
export async function setQuotas(
  tx: Tx,
  tenantId: string,
  callerTenantId: string,
  change: QuotaChange,
): Promise<TenantQuotas> {
  const caller = await readTenantQuotas(tx, callerTenantId);
  if (!seen(tenantId, caller)) return notFound();
  if (caller.name !== FIRST_TENANT) {
    throw new OutriderError('forbidden', "Ask the platform's operator: a key of its first tenant is needed.");
  }
  return setTenantQuotas(tx, tenantId, change);
}

function seen(tenantId: string, caller: TenantQuotas): boolean {
  return tenantId === caller.tenantId || caller.name === FIRST_TENANT;
}

function notFound(): never {
  throw new OutriderError('not_found', 'There is no such tenant.');
}
