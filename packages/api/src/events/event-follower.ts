import {
  type Database,
  EVENT_BELL,
  type NewlyRead,
  readEventHeads,
  readEventHeadsOfTenants,
  readNewEvents,
  readRing,
  type Tx,
} from '@outrider/db';
import type { CampaignEvent } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import { createEventChannel, type EventChannel, type EventListener } from './event-channel.js';
import { Pacer } from './pacer.js';

/** A campaign that is followed, until `stop`. */
export interface Following extends Pick<EventChannel, 'campaignId' | 'tenantId' | 'head' | 'recent'> {
  stop(): void;
}

/** Who hears of all campaigns of a tenant. */
export interface TenantListener {
  onEvents(campaignId: string, events: readonly CampaignEvent[]): void;
}

/**
 * Follows the events of all tenants for those who listen in this process, at most one query at a time for all of them.
 * Until somebody listens it holds no connection, and while nobody does it asks nothing.
 */
export interface EventFollower {
  /**
   * Follows a campaign; null when there is none. Whoever has seen everything up to `head` misses nothing from then on:
   * listeners are called synchronously with the step of `head`. Throws the database's errors.
   */
  follow(campaignId: string, listener: EventListener): Promise<Following | null>;
  /** Follows all campaigns of a tenant from now on, also those that are made later. Returns how to stop. */
  followTenant(tenantId: string, listener: TenantListener): Promise<() => void>;
  close(): Promise<void>;
}

export interface FollowerOptions {
  /** Of the role outrider_system. */
  readonly system: Database;
  readonly logger: Logger;
  /** Hears the age of each event when it is read, in seconds. */
  readonly onRead?: (ageSeconds: number) => void;
  /** How often it looks without a bell, in milliseconds; 250 unless given. */
  readonly pollMs?: number;
}

interface FollowedTenant {
  readonly listeners: Set<TenantListener>;
  /** Resolves when the channels of its campaigns are open. */
  readonly opened: Promise<void>;
  isOpen: boolean;
  /** The last numbers told of campaigns that were deleted: should one be restored, only what came since is news. */
  readonly left: Map<string, number>;
}

/** Events of one campaign in one reading. */
const PAGE = 500;
/** Campaigns of tenants that are followed as a whole are looked through so often, should a bell be lost. */
const TENANT_SWEEP_MS = 5_000;

/** The bell makes it fast; looking regularly makes it sure. */
export function createEventFollower(options: FollowerOptions): EventFollower {
  return new ChannelFollower(options);
}

class ChannelFollower implements EventFollower {
  readonly #options: FollowerOptions;
  readonly #channels = new Map<string, EventChannel>();
  readonly #tenants = new Map<string, FollowedTenant>();
  /** Look-ups under way: one for all who come at once. */
  readonly #opening = new Map<string, Promise<EventChannel | null>>();
  /** Campaigns whose bell rang since they were read. */
  readonly #rung = new Set<string>();
  readonly #pacer: Pacer;
  #sweptTenantsAt = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { system, logger, pollMs = 250 } = options;
    this.#pacer = new Pacer({
      pass: (isSweep) => this.#pass(isSweep),
      hasWork: () => this.#channels.size > 0 || this.#tenants.size > 0,
      pollMs,
      onError: (err) => logger.warn({ err }, 'live events could not be read and will be tried again'),
      listen: (onRing) => system.listen(EVENT_BELL, (payload) => this.#hear(payload, onRing)),
    });
  }

  async follow(campaignId: string, listener: EventListener): Promise<Following | null> {
    const found = await this.#find(campaignId);
    if (found === null) return null;
    // It may have been closed, or replaced, since it was found.
    const channel = this.#channels.get(campaignId) ?? found;
    this.#channels.set(campaignId, channel);
    channel.listeners.add(listener);
    this.#pacer.start();
    return {
      campaignId,
      tenantId: channel.tenantId,
      get head() {
        return channel.head;
      },
      recent: (after) => channel.recent(after),
      stop: () => {
        channel.listeners.delete(listener);
        this.#closeUnheard(channel);
      },
    };
  }

  async followTenant(tenantId: string, listener: TenantListener): Promise<() => void> {
    const tenant = this.#tenants.get(tenantId) ?? this.#openTenant(tenantId);
    tenant.listeners.add(listener);
    await tenant.opened;
    this.#pacer.start();
    return () => {
      tenant.listeners.delete(listener);
      if (tenant.listeners.size > 0 || this.#tenants.get(tenantId) !== tenant) return;
      this.#tenants.delete(tenantId);
      for (const channel of [...this.#channels.values()]) this.#closeUnheard(channel);
    };
  }

  close(): Promise<void> {
    return this.#pacer.close();
  }

  #hear(payload: string, onRing: (everywhere: boolean) => void): void {
    const ring = readRing(payload);
    if (ring === null) {
      onRing(true);
      return;
    }
    const { tenantId, campaignId } = ring;
    // Before a tenant's channels are open nobody knows whether a campaign is new; then the next sweep finds it.
    if (this.#tenants.get(tenantId)?.isOpen === true) this.#openNew(campaignId, tenantId);
    if (!this.#channels.has(campaignId)) return;
    this.#rung.add(campaignId);
    onRing(false);
  }

  #find(campaignId: string): Promise<EventChannel | null> | EventChannel {
    const open = this.#channels.get(campaignId);
    if (open !== undefined) return open;
    const known = this.#opening.get(campaignId);
    if (known !== undefined) return known;
    const asked = this.#open(campaignId).finally(() => this.#opening.delete(campaignId));
    this.#opening.set(campaignId, asked);
    return asked;
  }

  async #open(campaignId: string): Promise<EventChannel | null> {
    const [head] = await this.#read((tx) => readEventHeads(tx, [campaignId]));
    return head === undefined ? null : createEventChannel(campaignId, head.tenantId, head.lastSeq);
  }

  /** The channel of a followed tenant's campaign: what comes goes to the tenant's listeners too. */
  #openForTenant(campaignId: string, tenantId: string, head: number): void {
    if (this.#channels.has(campaignId)) return;
    this.#channels.set(campaignId, createEventChannel(campaignId, tenantId, head));
  }

  /** One that was made, or restored, since the tenant is followed. */
  #openNew(campaignId: string, tenantId: string): void {
    this.#openForTenant(campaignId, tenantId, this.#tenants.get(tenantId)?.left.get(campaignId) ?? 0);
  }

  #openTenant(tenantId: string): FollowedTenant {
    const opening = this.#read((tx) => readEventHeadsOfTenants(tx, [tenantId]));
    const opened = opening.then(
      (heads) => {
        for (const { campaignId, lastSeq } of heads) this.#openForTenant(campaignId, tenantId, lastSeq);
        tenant.isOpen = true;
      },
      (error: unknown) => {
        this.#tenants.delete(tenantId);
        throw error;
      },
    );
    const tenant: FollowedTenant = { listeners: new Set(), opened, isOpen: false, left: new Map() };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }

  #closeUnheard(channel: EventChannel): void {
    if (channel.listeners.size > 0 || this.#tenants.has(channel.tenantId)) return;
    if (this.#channels.get(channel.campaignId) === channel) this.#channels.delete(channel.campaignId);
  }

  /** Reads what is new: of the campaigns that rang, or of all. True when something was. */
  async #pass(isSweep: boolean): Promise<boolean> {
    const rung = [...this.#rung];
    this.#rung.clear();
    const moved = isSweep ? await this.#findMoved([...this.#channels.keys()]) : rung;
    const places = moved.flatMap((campaignId) => {
      const channel = this.#channels.get(campaignId);
      return channel === undefined ? [] : [{ campaignId, after: channel.head }];
    });
    if (places.length === 0) return false;
    const read = await this.#read((tx) => readNewEvents(tx, places, PAGE));
    this.#distribute(read);
    return read.length > 0;
  }

  async #findMoved(campaignIds: readonly string[]): Promise<string[]> {
    if (performance.now() - this.#sweptTenantsAt > TENANT_SWEEP_MS) await this.#sweepTenants();
    const heads = await this.#read((tx) => readEventHeads(tx, campaignIds));
    const lastOf = new Map(heads.map(({ campaignId, lastSeq }) => [campaignId, lastSeq]));
    return campaignIds.filter((campaignId) => {
      const channel = this.#channels.get(campaignId);
      const last = lastOf.get(campaignId);
      if (channel === undefined) return false;
      if (last === undefined) this.#tenants.get(channel.tenantId)?.left.set(campaignId, channel.head);
      if (last === undefined || last < channel.head) this.#end(channel);
      return last !== undefined && last > channel.head;
    });
  }

  /** Finds campaigns that were made since, and whose bell was lost. */
  async #sweepTenants(): Promise<void> {
    const asked = [...this.#tenants].flatMap(([tenantId, { isOpen }]) => (isOpen ? [tenantId] : []));
    if (asked.length === 0) return;
    this.#sweptTenantsAt = performance.now();
    const heads = await this.#read((tx) => readEventHeadsOfTenants(tx, asked));
    for (const { campaignId, tenantId } of heads) this.#openNew(campaignId, tenantId);
  }

  #distribute(read: readonly NewlyRead[]): void {
    const byCampaign = new Map<string, CampaignEvent[]>();
    for (const { event, age } of read) {
      this.#options.onRead?.(age);
      const events = byCampaign.get(event.campaignId);
      if (events === undefined) byCampaign.set(event.campaignId, [event]);
      else events.push(event);
    }
    for (const [campaignId, events] of byCampaign) {
      const channel = this.#channels.get(campaignId);
      if (channel !== undefined) this.#tell(channel, events);
      if (events.length === PAGE) this.#rung.add(campaignId);
    }
    if (this.#rung.size > 0) this.#pacer.ring(false);
  }

  #tell(channel: EventChannel, events: readonly CampaignEvent[]): void {
    const fresh = events.filter(({ seq }) => seq > channel.head);
    try {
      channel.deliver(fresh);
    } catch (err) {
      this.#options.logger.error(
        { err },
        'events do not follow each other; who follows is to read them anew',
      );
      this.#end(channel);
      return;
    }
    for (const listener of this.#tenants.get(channel.tenantId)?.listeners ?? []) {
      if (fresh.length > 0) listener.onEvents(channel.campaignId, fresh);
    }
  }

  #end(channel: EventChannel): void {
    this.#channels.delete(channel.campaignId);
    channel.end();
  }

  #read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#options.system.withSystem(work, { readOnly: true });
  }
}
