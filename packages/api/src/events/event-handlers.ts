import { assertCampaignExists, listEvents } from '@outrider/db';
import { OutriderError } from '@outrider/shared';
import type { Handlers, RouteRequest } from '../app/route-request.js';
import { streamEvents } from './stream-events.js';

/** What happened in a campaign, in order: a list, or a stream that goes on. */
export const eventHandlers = {
  listEvents: async (request) => {
    const campaignId = request.params.id;
    if (wantsStream(request)) return streamOf(request);
    return {
      body: await request.read(async (tx) => {
        await assertCampaignExists(tx, campaignId);
        return listEvents(tx, { campaignId, ...request.query });
      }),
    };
  },
} as const satisfies Partial<Handlers>;

/** Whether the client accepts a stream of events and names no other kind of answer. */
function wantsStream(request: RouteRequest<'listEvents'>): boolean {
  return /^\s*text\/event-stream\s*(;|,|$)/i.test(request.header('accept') ?? '');
}

function streamOf(request: RouteRequest<'listEvents'>) {
  const { executionId, after } = request.query;
  const wanted = {
    campaignId: request.params.id,
    executionId,
    // What a client saw last is newer than the address with which it came first.
    after: lastEventId(request) ?? after,
    caller: request.caller,
  };
  return {
    stream: (incoming: Parameters<typeof streamEvents>[2], response: Parameters<typeof streamEvents>[3]) =>
      streamEvents(request.services, wanted, incoming, response),
  };
}

/** The number after which a stream is resumed; null for one that begins. Throws for what is no number. */
function lastEventId(request: RouteRequest<'listEvents'>): number | null {
  const header = request.header('last-event-id') ?? '';
  if (header === '') return null;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new OutriderError('validation_failed', 'Last-Event-ID is the number of an event.', {
    fields: [{ path: 'Last-Event-ID', code: 'invalid_format', message: 'must be a whole number' }],
  });
}
