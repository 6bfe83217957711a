import type { CampaignEvent } from '@outrider/shared/contract';
import type { ReadRoute } from '../client/queries.js';

const RUN: readonly ReadRoute[] = [
  'getCampaign',
  'listExecutions',
  'getExecution',
  'listOperations',
  'getOperation',
];

/** By the first part of an event's name, what it makes out of date. */
const TOUCHED: Readonly<Record<string, readonly ReadRoute[]>> = {
  campaign: ['getCampaign', 'listCampaigns', 'listDeletedCampaigns', 'listRevisions'],
  execution: [...RUN, 'listCampaigns', 'getCoverage', 'listQueue'],
  lane: ['getExecution', 'listInstances', 'getOperation'],
  schedule: [
    'listAllSchedules',
    'readCalendar',
    'listSchedules',
    'getSchedule',
    'listTicks',
    'previewSchedule',
  ],
  url: ['listQuarantine'],
  host: ['listHosts', 'getHost'],
  worker: ['listInstances', 'getExecution'],
  scope: ['getExecution'],
};

/** Which reads the events make out of date, each once. Progress is no reason: it comes with its figures. */
export function touchedQueries(events: readonly Pick<CampaignEvent, 'eventType'>[]): ReadRoute[] {
  const touched = new Set<ReadRoute>();
  for (const { eventType } of events) {
    if (eventType === 'execution.progress') continue;
    for (const route of TOUCHED[eventType.split('.', 1)[0] ?? ''] ?? []) touched.add(route);
  }
  return [...touched];
}
