import type { LaneAtWork, LaneDemand, LaneInWait } from '@outrider/db';
import { LANE_CLASSES, LANE_QUANTUM_MS } from '@outrider/shared';

/** Running lanes by class, by tenant and class, by campaign and by execution. */
class Loads {
  readonly #lanes = new Map<string, number>();

  constructor(working: readonly LaneAtWork[]) {
    for (const lane of working) if (!lane.isYielding) this.add(lane, 1);
  }

  add({ tenantId, priority, campaignId, executionId }: Owner, by: number): void {
    const names = [priority, `${tenantId} ${priority}`, `campaign ${campaignId}`, `execution ${executionId}`];
    for (const name of names) this.#lanes.set(name, this.#of(name) + by);
  }

  #of(name: string): number {
    return this.#lanes.get(name) ?? 0;
  }

  ofClass({ priority }: Owner): number {
    return this.#of(priority);
  }

  ofTenant({ tenantId, priority }: Owner): number {
    return this.#of(`${tenantId} ${priority}`);
  }

  ofCampaign({ campaignId }: Owner): number {
    return this.#of(`campaign ${campaignId}`);
  }

  ofExecution({ executionId }: Owner): number {
    return this.#of(`execution ${executionId}`);
  }
}

type Owner = Pick<LaneInWait, 'tenantId' | 'priority' | 'campaignId' | 'executionId'>;

/**
 * Which lanes should make room for those that wait, given that workers are full: a worker with room takes
 * what comes next by itself. A lane makes room for one
 *  - of an earlier class, or of a class that was without a lane for as long as its patience;
 *  - of its class, whose tenant, or among equals whose campaign, would still run fewer lanes with it than its own
 *    does now;
 *  - of its class, whose execution has no lane at all, once it has been held for its quantum.
 * The last lane of a class is left alone for its quantum. Each rule makes what runs fairer by the order in which
 * lanes are handed out, so no lane goes back and forth. Pure.
 */
export function chooseYields(demand: LaneDemand): readonly string[] {
  const loads = new Loads(demand.working);
  const yielding = demand.working.filter((lane) => lane.isYielding);
  const room = {
    browser: demand.room.browser + yielding.filter((lane) => lane.hasBrowser).length,
    all: demand.room.all + yielding.length,
  };
  const open = new Set(demand.working.filter((lane) => !lane.isYielding));
  const chosen: string[] = [];
  for (const waiting of demand.waiting) {
    if (takeRoom(room, waiting)) {
      loads.add(waiting, 1);
      continue;
    }
    const victim = findVictim(open, waiting, loads);
    if (victim === null) continue;
    open.delete(victim);
    chosen.push(victim.laneId);
    loads.add(victim, -1);
    loads.add(waiting, 1);
  }
  return chosen;
}

function takeRoom(room: { browser: number; all: number }, { needsBrowser }: LaneInWait): boolean {
  if (room.all === 0 || (needsBrowser && room.browser === 0)) return false;
  room.all -= 1;
  // Workers without a browser are filled first in this reckoning: it only delays a request by one look.
  if (needsBrowser || room.browser > room.all) room.browser -= 1;
  return true;
}

/** The lane that most should make room: of the latest class, the tenant and the campaign with most, held longest. */
function findVictim(open: ReadonlySet<LaneAtWork>, waiting: LaneInWait, loads: Loads): LaneAtWork | null {
  let victim: LaneAtWork | null = null;
  for (const lane of open) {
    if (!shouldYield(lane, waiting, loads)) continue;
    if (victim === null || isAhead(lane, victim, loads)) victim = lane;
  }
  return victim;
}

function isAhead(lane: LaneAtWork, other: LaneAtWork, loads: Loads): boolean {
  const byClass = rankOf(lane) - rankOf(other);
  if (byClass !== 0) return byClass > 0;
  const byTenant = loads.ofTenant(lane) - loads.ofTenant(other);
  if (byTenant !== 0) return byTenant > 0;
  const byCampaign = loads.ofCampaign(lane) - loads.ofCampaign(other);
  return byCampaign !== 0 ? byCampaign > 0 : lane.heldMs > other.heldMs;
}

function shouldYield(lane: LaneAtWork, waiting: LaneInWait, loads: Loads): boolean {
  if (waiting.needsBrowser && !lane.hasBrowser) return false;
  const isPastQuantum = lane.heldMs >= LANE_QUANTUM_MS;
  if (lane.priority !== waiting.priority) {
    if (waiting.classRank >= rankOf(lane)) return false;
    // The lane that a class got for its patience is not taken from it at once; nor does patience cut into one just begun.
    const isEarlier = rankOf(waiting) < rankOf(lane);
    return isEarlier
      ? isPastQuantum || loads.ofClass(lane) > 1
      : isPastQuantum && loads.ofClass(waiting) === 0;
  }
  const byTenant =
    waiting.tenantId === lane.tenantId ? 0 : loads.ofTenant(waiting) + 1 - loads.ofTenant(lane);
  const byCampaign = loads.ofCampaign(waiting) + 1 - loads.ofCampaign(lane);
  if (byTenant !== 0 || byCampaign !== 0) return byTenant < 0 || (byTenant === 0 && byCampaign < 0);
  return isPastQuantum && loads.ofExecution(waiting) === 0;
}

function rankOf({ priority }: { readonly priority: LaneInWait['priority'] }): number {
  return LANE_CLASSES.indexOf(priority) + 1;
}
