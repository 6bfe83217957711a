import {
  freeIdlePermits,
  offerAnew,
  releaseLane,
  returnStrayTargets,
  type StallFacts,
  type StallReport,
  type StillExecution,
  type Tx,
  takeLaneAway,
} from '@outrider/db';
import { type Diagnosis, leakingLanes } from './diagnose-stall.js';

type Repairs = StallReport['repairs'][number][];

/**
 * Does what can be done about a stall, and says what that was. A cause that lies outside (a host that wants to be left
 * alone, a full disk, no worker at all) leaves nothing to do here but to say so.
 */
export async function repairStall(
  tx: Tx,
  execution: StillExecution,
  facts: StallFacts,
  { cause }: Diagnosis,
): Promise<Repairs> {
  switch (cause) {
    case 'worker_stuck':
      return takeLanes(tx, execution, facts);
    case 'queue_and_ledger_apart':
      return offerLanes(tx, facts);
    case 'leases_leaking':
      return returnLeases(tx, execution, facts);
    case 'disk_full':
    case 'database_slow':
    case 'poison_page':
    case 'no_worker_alive':
    case 'host_frozen':
    case 'host_backoff':
    case 'unexplained':
      return [];
  }
}

async function takeLanes(tx: Tx, { executionId }: StillExecution, { lanes }: StallFacts): Promise<Repairs> {
  const repairs: Repairs = [];
  for (const { laneId, epoch, status, leased } of lanes) {
    if (status !== 'active' || leased === 0) continue;
    const returned = await takeLaneAway(tx, { laneId, executionId, epoch });
    if (returned === null) continue;
    const { targetsReturned, quarantined } = returned;
    repairs.push({ repair: 'lane_taken_away', detail: { laneId, epoch, targetsReturned, quarantined } });
  }
  return repairs;
}

async function offerLanes(tx: Tx, { lanes }: StallFacts): Promise<Repairs> {
  const waiting = lanes.filter(({ status }) => status === 'waiting').map(({ laneId }) => laneId);
  const offered = await offerAnew(tx, waiting);
  return offered === 0 ? [] : [{ repair: 'lane_offered_anew', detail: { lanes: offered } }];
}

async function returnLeases(tx: Tx, execution: StillExecution, facts: StallFacts): Promise<Repairs> {
  const repairs: Repairs = [];
  const { executionId, tenantId, campaignId } = execution;
  // No lane of these is to blame for what it does not know of, so no URL counts this as a death.
  for (const { laneId, epoch, instanceId } of leakingLanes(facts.lanes)) {
    if (instanceId === null) continue;
    const hold = { laneId, epoch, instanceId, executionId, tenantId, campaignId };
    if (await releaseLane(tx, hold, 'leases_leaking')) {
      repairs.push({ repair: 'targets_returned', detail: { laneId, epoch } });
    }
  }
  const strays = facts.strays === 0 ? 0 : await returnStrayTargets(tx);
  if (strays > 0) repairs.push({ repair: 'targets_returned', detail: { targets: strays } });
  const permits = facts.idlePermits === 0 ? 0 : await freeIdlePermits(tx);
  if (permits > 0) repairs.push({ repair: 'permits_freed', detail: { permits } });
  return repairs;
}
