import type { EventFollower } from '../events/event-follower.js';
import { type RoomOutlet, tenantRoom } from './campaign-rooms.js';

interface Tenant {
  members: number;
  readonly stop: Promise<() => void>;
}

/** The rooms of whole tenants: everything that happens in any of their campaigns from now on. */
export class TenantRooms {
  readonly #follower: EventFollower;
  readonly #outlet: RoomOutlet;
  readonly #tenants = new Map<string, Tenant>();

  constructor(follower: EventFollower, outlet: RoomOutlet) {
    this.#follower = follower;
    this.#outlet = outlet;
  }

  /** Opens the room of a tenant for one more member; returns how to leave it. */
  async enter(tenantId: string): Promise<() => void> {
    const tenant = this.#tenants.get(tenantId) ?? this.#open(tenantId);
    tenant.members += 1;
    const leave = (): void => {
      tenant.members -= 1;
      if (tenant.members === 0) this.#close(tenantId, tenant);
    };
    try {
      await tenant.stop;
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  #open(tenantId: string): Tenant {
    const room = tenantRoom(tenantId);
    const stop = this.#follower.followTenant(tenantId, {
      onEvents: (campaignId, events) =>
        this.#outlet.send(room, { room: 'tenant', campaignId, events, lastSeq: events.at(-1)?.seq ?? 0 }),
    });
    const tenant: Tenant = { members: 0, stop };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }

  #close(tenantId: string, tenant: Tenant): void {
    if (this.#tenants.get(tenantId) === tenant) this.#tenants.delete(tenantId);
    tenant.stop.then(
      (stop) => stop(),
      () => undefined,
    );
  }
}
