import type { RouteName } from '@outrider/shared/contract';
import { z } from 'zod';

/** Changes that are kept in the browser until the platform has answered, and how each is called. */
const WORDS = {
  startCampaign: (name) => `Start ${name}`,
  pauseCampaign: (name) => `Pause ${name}`,
  resumeCampaign: (name) => `Resume ${name}`,
  stopCampaign: (name) => `Stop ${name}`,
  cancelCampaign: (name) => `Cancel ${name}`,
  updateCampaign: (name) => `Change ${name}`,
  resolveError: () => 'Resolve an error, or note something about it',
  pauseSchedule: () => 'Pause a schedule',
  resumeSchedule: () => 'Resume a schedule',
  updateSchedule: () => 'Change a schedule',
} as const satisfies Partial<Record<RouteName, (name: string) => string>>;

export type KeptRoute = keyof typeof WORDS;

/** Whether a change by this route is kept. Others, such as making a key, are refused while there is no answer. */
export function isKeptRoute(name: RouteName): name is KeptRoute & RouteName {
  return Object.hasOwn(WORDS, name);
}

/** What a change does, for a person; `name` is what it is done to. */
export function wordsFor(route: KeptRoute, name: string): string {
  return WORDS[route](name);
}

const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** A change that somebody asked for, as it lies in the browser's storage until its answer is known. */
export const keptChange = z.strictObject({
  /** Its Idempotency-Key: however often it is sent, it is carried out once. */
  id: z.uuid(),
  /** The session's tenant and key. Nobody else's session sends it. */
  owner: z.string(),
  route: z.enum(Object.keys(WORDS) as [KeptRoute, ...KeptRoute[]]),
  params: values,
  body: z.unknown().optional(),
  /** The revision that it changes; null where any will do. */
  revision: z.int().nullable(),
  words: z.string(),
  /** The page on which it was asked for. */
  href: z.string(),
  /** Milliseconds since 1970. Changes are sent in this order. */
  madeAt: z.number(),
  /** When it was first sent; null before. Its answer may have been lost. */
  sentAt: z.number().nullable(),
  /** Why it was not taken; null while it waits. */
  refusal: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
});
export type KeptChange = z.infer<typeof keptChange>;

/** What a change is done to: one that was refused holds back those after it of the same thing, and no others. */
export function subjectOf({ params }: Pick<KeptChange, 'params'>): string {
  return String(params['id'] ?? '');
}

/** The API remembers a change for 24 hours; one hour less leaves room for clocks that differ. Milliseconds. */
export const REMEMBERED_MS = 23 * 3_600_000;

/** The change that is to be sent next, of those in their order; undefined when all wait for a decision, or there is none. */
export function nextToSend(changes: readonly KeptChange[]): KeptChange | undefined {
  const held = new Set<string>();
  for (const change of changes) {
    if (change.refusal !== null) held.add(subjectOf(change));
    else if (!held.has(subjectOf(change))) return change;
  }
  return undefined;
}
