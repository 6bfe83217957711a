import {
  type Database,
  listWaitingExecutions,
  type QuotaChange,
  readTenantQuotas,
  setTenantQuotas,
  type WaitingOfTenant,
} from '@outrider/db';
import { OutriderError, type TenantQuotas, type WaitingExecution } from '@outrider/shared';
import { FIRST_TENANT } from '../access/first-administrator.js';

/** What concerns all tenants at once, and so cannot be asked of the database as one of them: it answers for one. */
export interface CapacityDesk {
  /** A tenant's executions that wait for a worker, next first. Up to half a second old. */
  listWaiting(tenantId: string): Promise<readonly WaitingExecution[]>;
  /** Throws `not_found` for a tenant that is not the caller's, unless the caller is of the first tenant. */
  readQuotas(tenantId: string, callerTenantId: string): Promise<TenantQuotas>;
  /** Throws `forbidden` unless the caller is of the first tenant: nobody raises a quota of his own. */
  setQuotas(tenantId: string, callerTenantId: string, change: QuotaChange): Promise<TenantQuotas>;
}

/** The order of all that wait costs some milliseconds, however many ask for it. */
const FRESH_MS = 500;

/** Needs a database of the role outrider_system. */
export function createCapacityDesk(system: Database): CapacityDesk {
  let latest: { readonly at: number; readonly waiting: Promise<readonly WaitingOfTenant[]> } | null = null;

  function readOrder(): Promise<readonly WaitingOfTenant[]> {
    const now = performance.now();
    if (latest !== null && now - latest.at < FRESH_MS) return latest.waiting;
    const waiting = system.withSystem((tx) => listWaitingExecutions(tx), { readOnly: true });
    const entry = { at: now, waiting };
    latest = entry;
    waiting.catch(() => {
      if (latest === entry) latest = null;
    });
    return waiting;
  }

  return {
    async listWaiting(tenantId) {
      const own = (await readOrder()).filter((one) => one.tenantId === tenantId);
      return own.map(({ tenantId: _, ...waiting }) => waiting);
    },
    readQuotas: (tenantId, callerTenantId) =>
      system.withSystem(async (tx) => {
        const caller = await readTenantQuotas(tx, callerTenantId);
        return seen(tenantId, caller) ? readTenantQuotas(tx, tenantId) : notFound();
      }),
    setQuotas: (tenantId, callerTenantId, change) =>
      system.withSystem(async (tx) => {
        const caller = await readTenantQuotas(tx, callerTenantId);
        if (!seen(tenantId, caller)) return notFound();
        if (caller.name !== FIRST_TENANT) {
          throw new OutriderError(
            'forbidden',
            "Ask the platform's operator: a key of its first tenant is needed.",
          );
        }
        return setTenantQuotas(tx, tenantId, change);
      }),
  };
}

function seen(tenantId: string, caller: TenantQuotas): boolean {
  return tenantId === caller.tenantId || caller.name === FIRST_TENANT;
}

function notFound(): never {
  throw new OutriderError('not_found', 'There is no such tenant.');
}
