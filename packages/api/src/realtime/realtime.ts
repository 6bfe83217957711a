import { hostname } from 'node:os';
import type { Database } from '@outrider/db';
import { newId } from '@outrider/shared';
import type { Logger, Metrics } from '@outrider/telemetry';
import { createEventFollower, type EventFollower } from '../events/event-follower.js';
import { Presence } from '../viewers/presence.js';
import { LiveConnections } from './live-connections.js';

/** What a process of the API needs to tell clients of events as they happen. */
export interface Realtime {
  readonly follower: EventFollower;
  readonly connections: LiveConnections;
  readonly presence: Presence;
  /** Ends all live connections and stops following. */
  close(): Promise<void>;
}

export interface RealtimeOptions {
  /** Of the role outrider_system. */
  readonly system: Database;
  readonly logger: Logger;
  readonly metrics: Metrics<'api'>;
  /** See LiveConnections. */
  readonly recheckMs?: number;
  readonly mostPerKey?: number;
}

/** Nothing runs and nothing is asked of the database until the first client comes. */
export function createRealtime({ system, logger, metrics, ...limits }: RealtimeOptions): Realtime {
  const connections = new LiveConnections({ metrics, logger, ...limits });
  const presence = new Presence({
    system,
    logger,
    process: { id: newId(), host: hostname(), pid: process.pid },
  });
  const follower = createEventFollower({
    system,
    logger,
    onRead: (seconds) => metrics.observe('outrider_event_lag_seconds', {}, seconds),
  });
  return {
    follower,
    connections,
    presence,
    close: async () => {
      connections.close();
      await Promise.all([follower.close(), presence.close()]);
    },
  };
}
