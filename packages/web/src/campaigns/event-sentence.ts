import { type CampaignEvent, EVENTS, type EventPayload, type EventType } from '@outrider/shared/contract';
import { formatCount, formatDuration, inWords } from '../display/format.js';

type Sentences = { readonly [T in EventType]?: (payload: EventPayload<T>) => string };

const SENTENCES: Sentences = {
  'campaign.created': ({ name }) => `The campaign ${name} was created`,
  'campaign.updated': ({ configRevision }) => `The campaign was changed; its revision is ${configRevision}`,
  'campaign.deleted': ({ name }) => `The campaign ${name} was deleted`,
  'campaign.restored': ({ name }) => `The deletion of the campaign ${name} was undone`,
  'execution.queued': ({ number, executionType, seeds }) =>
    `Execution #${number} (${inWords(executionType)}) was queued with ${formatCount(seeds)} ${seeds === 1 ? 'seed' : 'seeds'}`,
  'execution.state_changed': ({ from, to, by }) => `From ${from} to ${to}, by ${shortened(by)}`,
  'execution.ordered': ({ kind, by, reason }) =>
    `${by} asked for it to ${kind}${reason === null ? '' : `: ${reason}`}`,
  'execution.ended': ({ to, endReason, coverage }) =>
    `Ended as ${to} (${inWords(endReason)}): ${formatCount(coverage.fetched)} fetched, ${formatCount(coverage.failed)} failed, ${formatCount(coverage.skipped)} skipped`,
  'execution.stalled': ({ cause, repairs }) =>
    `Does not move: ${inWords(cause)}${repairs.length === 0 ? '' : `. Done about it: ${repairs.map(inWords).join(', ')}`}`,
  'execution.milestone': ({ pages }) => `${formatCount(pages)} ${pages === 1 ? 'page' : 'pages'} fetched`,
  'execution.error_burst': ({ errors, pages, seconds }) =>
    `${formatCount(errors)} errors in ${formatDuration(seconds)}, with ${formatCount(pages)} pages`,
  'execution.recovered': ({ stalledSeconds }) => `Moves again after ${formatDuration(stalledSeconds)}`,
  'url.quarantined': ({ url, losses }) => `Quarantined after ${losses} lost workers: ${url}`,
  'url.retried': ({ url, by }) => `${by} has this tried again: ${url}`,
  'schedule.created': ({ name }) => `The schedule ${name} was created`,
  'schedule.updated': ({ name, fields }) => `The schedule ${name} was changed: ${fields.join(', ')}`,
  'schedule.deleted': ({ name }) => `The schedule ${name} was deleted`,
  'schedule.restored': ({ name }) => `The deletion of the schedule ${name} was undone`,
  'schedule.paused': ({ name, reason }) => `The schedule ${name} was paused: ${inWords(reason)}`,
  'schedule.resumed': ({ name }) => `The schedule ${name} was resumed`,
  'schedule.finished': ({ name, reason }) => `The schedule ${name} is finished: ${inWords(reason)}`,
  'schedule.ticked': ({ name, outcome, reason }) => `${name}: ${inWords(outcome)}, ${inWords(reason)}`,
  'schedule.ticks_missed': ({ name, count }) => `${name}: ${formatCount(count)} ticks were missed`,
  'lane.leased': () => 'A worker took a lane',
  'lane.released': ({ reason }) => `A worker gave a lane back: ${inWords(reason)}`,
  'lane.lost': ({ targetsReturned }) =>
    `A worker fell silent; its ${formatCount(targetsReturned)} URLs are pending again`,
  'worker.lost': ({ host, silentSeconds }) =>
    `A worker on ${host} counts as gone: silent for ${formatDuration(silentSeconds)}`,
  'lane.redispatched': () => 'A lane that nobody had taken was offered again',
  'host.frozen': ({ host, reason }) => `${host} was frozen: ${reason}`,
  'host.released': ({ host }) => `${host} was released`,
  'scope.rules_changed': ({ revision }) => `The patterns of revision ${revision} hold from now on`,
  'scope.rules_applied': ({ skipped }) =>
    `Pending URLs were held against the new patterns: ${formatCount(skipped)} are out`,
  'scope.host_added': ({ host, seedUrl }) => `${host} is in scope too: ${seedUrl} redirects to it`,
};

/** A worker is named by a long id; its beginning tells it from others well enough. */
function shortened(name: string): string {
  return name.replace(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '$1…');
}

/** Sentences that were made: a list is drawn many times, and its events stay the same. */
const made = new WeakMap<object, string>();

/** What happened, for a person. An event of a newer platform, or one that has no words yet, is told by its name. */
export function eventSentence(event: Pick<CampaignEvent, 'eventType' | 'payload'>): string {
  const known = made.get(event);
  if (known !== undefined) return known;
  const sentence = sentenceOf(event);
  made.set(event, sentence);
  return sentence;
}

function sentenceOf({ eventType, payload }: Pick<CampaignEvent, 'eventType' | 'payload'>): string {
  const known = EVENTS[eventType as EventType];
  const parsed = known?.payload.safeParse(payload);
  // Parsed by the schema of this very event, whose sentence takes what that schema makes.
  const tell = SENTENCES[eventType as EventType] as ((payload: unknown) => string) | undefined;
  if (parsed?.success !== true || tell === undefined) return inWords(eventType.replace('.', ': '));
  return tell(parsed.data);
}
