import { z } from 'zod';
import type { CampaignEvent } from '../api/fleet-resources.js';
import type { ErrorCode } from '../errors/error-catalogue.js';

/** Where Socket.IO is found on the API's server, and the namespace in it that has the events. */
export const SOCKET_PATH = '/api/crawler/socket';
export const SOCKET_NAMESPACE = '/events';

const after = z.int().min(0).optional();

/**
 * What a client may follow. `after` is the last number it has seen, 0 for everything; without it the present is where it
 * begins. A whole tenant can only be followed from the present: numbers are a campaign's own.
 */
export const subscribeMessage = z.union([
  z.strictObject({ campaignId: z.uuid(), executionId: z.uuid().optional(), after }),
  z.strictObject({ tenant: z.literal(true) }),
]);
export type SubscribeMessage = z.input<typeof subscribeMessage>;

export const unsubscribeMessage = z.union([
  z.strictObject({ campaignId: z.uuid(), executionId: z.uuid().optional() }),
  z.strictObject({ tenant: z.literal(true) }),
]);
export type UnsubscribeMessage = z.input<typeof unsubscribeMessage>;

/** The answer to a message that was refused. */
export interface SocketRefusal {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly detail: string;
}

/**
 * The answer to `subscribe`: the events after `from` follow. It is the number that was asked for, or the campaign's last
 * one if that is smaller (history was put back to an earlier state) or none was given.
 */
export type SubscribeAnswer = { readonly ok: true; readonly from: number } | SocketRefusal;
export type UnsubscribeAnswer = { readonly ok: true } | SocketRefusal;

/** Events of one campaign in their order. `room` says for which subscription they come. */
export interface EventsMessage {
  readonly room: 'campaign' | 'execution' | 'tenant';
  readonly campaignId: string;
  /** Of the room `execution`. */
  readonly executionId?: string;
  readonly events: readonly CampaignEvent[];
  /** What to resume after: up to this number nothing is missing. */
  readonly lastSeq: number;
}

/** Why the server ends a connection; it disconnects right afterwards. */
export const CUT_REASONS = ['access_ended', 'too_slow', 'too_fast', 'stopping'] as const;
export type CutReason = (typeof CUT_REASONS)[number];

/** Why a campaign is not followed any more: it was deleted, or put back to an earlier state. Read it anew. */
export interface EndedMessage {
  readonly campaignId: string;
}

/** Events of Socket.IO that clients send, each with an acknowledgement. */
export interface ClientMessages {
  subscribe(message: SubscribeMessage, acknowledge: (answer: SubscribeAnswer) => void): void;
  unsubscribe(message: UnsubscribeMessage, acknowledge: (answer: UnsubscribeAnswer) => void): void;
}

/** Events of Socket.IO that the server sends. */
export interface ServerMessages {
  events(message: EventsMessage): void;
  ended(message: EndedMessage): void;
  cut(message: { readonly reason: CutReason }): void;
}
