import type {
  AuditEntry,
  Campaign,
  CampaignError,
  ConfigRevision,
  DiscoveredUrl,
  Execution,
  HostStatus,
  Instance,
  Page,
  PageLink,
  QuarantinedUrl,
  Schedule,
  SchedulePreview,
  ScheduleTick,
  SitemapComparisonUrl,
  SitemapFile,
  WaitingExecution,
} from '@outrider/shared';
import { shortened } from '../display/printable.js';
import { formatBytes, formatClock, formatCount, formatDuration, formatTime } from '../display/quantities.js';
import type { Column } from '../display/render-table.js';

const TEXT_WIDTH = 60;

export const CAMPAIGN_COLUMNS: readonly Column<Campaign>[] = [
  { head: 'ID', cell: (row) => row.id },
  { head: 'NAME', cell: (row) => shortened(row.name, TEXT_WIDTH) },
  { head: 'STATUS', cell: (row) => row.status },
  { head: 'SEEDS', align: 'right', cell: (row) => formatCount(row.seedCount) },
  { head: 'RUNS', align: 'right', cell: (row) => formatCount(row.metrics.executionsTotal) },
  { head: 'LAST RUN', cell: (row) => row.lastExecution?.status },
  { head: 'LAST ACTIVITY', cell: (row) => formatTime(row.metrics.lastActivityAt) },
];

export const SCHEDULE_COLUMNS: readonly Column<Schedule>[] = [
  { head: 'ID', cell: (row) => row.id },
  { head: 'NAME', cell: (row) => shortened(row.name, TEXT_WIDTH) },
  { head: 'STATUS', cell: (row) => row.status },
  { head: 'WHY', cell: (row) => row.statusReason },
  { head: 'CRON', cell: (row) => row.cron },
  { head: 'ZONE', cell: (row) => row.timeZone },
  { head: 'OVERLAP', cell: (row) => row.overlap },
  { head: 'PLANNED RUNS', align: 'right', cell: (row) => formatCount(row.runsStarted) },
  { head: 'NEXT', cell: (row) => formatTime(row.nextTickAt) },
];

export const TICK_COLUMNS: readonly Column<ScheduleTick>[] = [
  { head: 'PLANNED', cell: (row) => formatTime(row.scheduledFor) },
  { head: 'ACTUAL', cell: (row) => formatTime(row.decidedAt) },
  { head: 'KIND', cell: (row) => row.kind },
  { head: 'OUTCOME', cell: (row) => row.outcome },
  { head: 'REASON', cell: (row) => row.reason },
  { head: 'EXECUTION', cell: (row) => row.executionId },
  { head: 'STATUS', cell: (row) => row.executionStatus },
  { head: 'DETAIL', cell: (row) => shortened(row.detail ?? '', TEXT_WIDTH) },
];

export const PREVIEW_COLUMNS: readonly Column<SchedulePreview['ticks'][number]>[] = [
  { head: 'LOCAL', cell: (row) => row.localTime },
  { head: 'UTC', cell: (row) => row.scheduledFor },
  { head: 'RULE', cell: (row) => row.rule },
  { head: 'BLACKOUT', cell: (row) => row.blackout },
];

export const EXECUTION_COLUMNS: readonly Column<Execution>[] = [
  { head: 'ID', cell: (row) => row.id },
  { head: 'NO', align: 'right', cell: (row) => row.number },
  { head: 'STATUS', cell: (row) => row.status },
  { head: 'END', cell: (row) => row.endReason },
  { head: 'CREATED', cell: (row) => formatTime(row.createdAt) },
  {
    head: 'DURATION',
    align: 'right',
    cell: (row) => (row.durationSeconds === null ? '' : formatDuration(row.durationSeconds)),
  },
  { head: 'PAGES', align: 'right', cell: (row) => formatCount(row.pagesCrawled) },
  { head: 'ERRORS', align: 'right', cell: (row) => formatCount(row.errorsEncountered) },
  { head: 'BY', cell: (row) => shortened(row.triggeredBy, 30) },
];

export const PAGE_COLUMNS: readonly Column<Page>[] = [
  { head: 'STATUS', align: 'right', cell: (row) => row.statusCode },
  { head: 'MS', align: 'right', cell: (row) => formatCount(row.totalMs) },
  { head: 'SIZE', align: 'right', cell: (row) => formatBytes(row.decodedBytes) },
  { head: 'DEPTH', align: 'right', cell: (row) => row.depth },
  { head: 'INDEXABLE', cell: (row) => row.indexabilityReason ?? (row.indexable ? 'yes' : 'no') },
  { head: 'URL', cell: (row) => row.url },
  { head: 'TITLE', cell: (row) => shortened(row.title ?? '', TEXT_WIDTH) },
];

export const LINK_COLUMNS: readonly Column<PageLink>[] = [
  { head: 'TYPE', cell: (row) => row.linkType },
  { head: 'STATUS', align: 'right', cell: (row) => row.targetStatusCode },
  { head: 'FOLLOW', cell: (row) => row.follow },
  { head: 'POSITION', cell: (row) => row.position },
  { head: 'FROM', cell: (row) => row.sourceUrl },
  { head: 'TO', cell: (row) => row.targetUrl ?? row.rawHref },
  { head: 'TEXT', cell: (row) => shortened(row.anchorText ?? row.altText ?? '', TEXT_WIDTH) },
];

export const ERROR_COLUMNS: readonly Column<CampaignError>[] = [
  { head: 'ID', cell: (row) => row.id },
  { head: 'TIME', cell: (row) => formatTime(row.occurredAt) },
  { head: 'SEVERITY', cell: (row) => row.severity },
  { head: 'TYPE', cell: (row) => row.errorType },
  { head: 'CODE', cell: (row) => row.errorCode },
  { head: 'STATUS', align: 'right', cell: (row) => row.httpStatusCode },
  { head: 'RESOLVED', cell: (row) => row.resolved },
  { head: 'URL', cell: (row) => row.url },
  { head: 'LINKED FROM', cell: (row) => row.sourceUrl },
  { head: 'MESSAGE', cell: (row) => shortened(row.errorMessage, TEXT_WIDTH) },
];

export const DISCOVERED_COLUMNS: readonly Column<DiscoveredUrl>[] = [
  { head: 'DECISION', cell: (row) => row.skipReason ?? row.state ?? (row.shouldCrawl ? 'crawl' : 'skip') },
  { head: 'RULE', cell: (row) => row.skipRule },
  { head: 'FOUND BY', cell: (row) => row.discoveryMethod },
  { head: 'DEPTH', align: 'right', cell: (row) => row.urlDepth },
  { head: 'URL', cell: (row) => row.discoveredUrl },
  { head: 'FOUND ON', cell: (row) => row.sourceUrl },
];

export const SITEMAP_COLUMNS: readonly Column<SitemapFile>[] = [
  { head: 'STATE', cell: (row) => row.state },
  { head: 'PROBLEM', cell: (row) => row.errorCode },
  { head: 'FORMAT', cell: (row) => row.format },
  { head: 'ENTRIES', align: 'right', cell: (row) => formatCount(row.entries) },
  { head: 'IN SCOPE', align: 'right', cell: (row) => formatCount(row.urlsInScope) },
  { head: 'NEWEST', cell: (row) => formatTime(row.newestLastmod) },
  { head: 'FOUND IN', cell: (row) => row.parentUrl ?? row.foundIn },
  { head: 'URL', cell: (row) => row.url },
];

export const COMPARISON_COLUMNS: readonly Column<SitemapComparisonUrl>[] = [
  { head: 'STATE', cell: (row) => row.state },
  { head: 'STATUS', align: 'right', cell: (row) => row.statusCode },
  { head: 'INDEXABLE', cell: (row) => row.indexable },
  { head: 'LASTMOD', cell: (row) => formatTime(row.lastmod) },
  { head: 'URL', cell: (row) => row.url },
  { head: 'SITEMAP', cell: (row) => row.sitemapUrl },
];

export const INSTANCE_COLUMNS: readonly Column<Instance>[] = [
  { head: 'ID', cell: (row) => row.id },
  { head: 'HOST', cell: (row) => row.host },
  { head: 'PID', align: 'right', cell: (row) => row.pid },
  { head: 'STATE', cell: (row) => row.state },
  { head: 'LANES', align: 'right', cell: (row) => `${row.lanesActive}/${row.capacity}` },
  { head: 'CPU %', align: 'right', cell: (row) => row.cpuUsagePercent?.toFixed(0) },
  { head: 'MEMORY MB', align: 'right', cell: (row) => row.memoryUsageMb?.toFixed(0) },
  { head: 'HEARD OF', cell: (row) => formatTime(row.heartbeatAt) },
];

export const QUEUE_COLUMNS: readonly Column<WaitingExecution>[] = [
  { head: 'POSITION', align: 'right', cell: (row) => row.position },
  { head: 'REASON', cell: (row) => row.reason },
  {
    head: 'STARTS IN',
    align: 'right',
    cell: (row) => (row.estimatedSeconds === null ? '' : formatClock(row.estimatedSeconds)),
  },
  { head: 'CLASS', cell: (row) => row.priority },
  { head: 'CAMPAIGN', cell: (row) => shortened(row.campaignName, TEXT_WIDTH) },
  { head: 'RUN', align: 'right', cell: (row) => row.number },
  { head: 'STATUS', cell: (row) => row.status },
  { head: 'WAITS SINCE', cell: (row) => formatTime(row.waitingSince) },
  { head: 'EXECUTION', cell: (row) => row.executionId },
];

export const QUARANTINE_COLUMNS: readonly Column<QuarantinedUrl>[] = [
  { head: 'KEY', cell: (row) => row.urlKey },
  { head: 'SINCE', cell: (row) => formatTime(row.quarantinedAt) },
  { head: 'DEATHS', align: 'right', cell: (row) => formatCount(row.losses) },
  {
    head: 'ENDED BY',
    cell: (row) => [...new Set(row.evidence.map(({ endedBy }) => endedBy ?? 'unknown'))].join(', '),
  },
  {
    head: 'MEMORY MB',
    align: 'right',
    cell: (row) => row.evidence.map(({ memoryUsageMb }) => memoryUsageMb?.toFixed(0) ?? '?').join(', '),
  },
  { head: 'RETRIED', cell: (row) => formatTime(row.retriedAt) },
  { head: 'URL', cell: (row) => row.url },
];

export const AUDIT_COLUMNS: readonly Column<AuditEntry>[] = [
  { head: 'TIME', cell: (row) => formatTime(row.occurredAt) },
  { head: 'KEY', cell: (row) => shortened(row.apiKeyName ?? '', 30) },
  { head: 'ACTION', cell: (row) => row.action },
  { head: 'SUBJECT', cell: (row) => (row.subjectId === null ? row.subjectType : row.subjectId) },
  { head: 'FROM', cell: (row) => row.remoteAddress },
  { head: 'BEFORE', cell: (row) => shortened(brief(row.before), TEXT_WIDTH) },
  { head: 'AFTER', cell: (row) => shortened(brief(row.after), TEXT_WIDTH) },
];

export const REVISION_COLUMNS: readonly Column<ConfigRevision>[] = [
  { head: 'REVISION', align: 'right', cell: (row) => row.revision },
  { head: 'MADE', cell: (row) => formatTime(row.createdAt) },
  { head: 'BY', cell: (row) => shortened(row.createdByName ?? '', 30) },
  { head: 'KEY ID', cell: (row) => row.createdBy },
];

function brief(value: unknown): string {
  return value === null ? '' : JSON.stringify(value);
}

export const HOST_COLUMNS: readonly Column<HostStatus>[] = [
  { head: 'HOST', cell: (row) => row.host },
  {
    head: 'CAMPAIGNS',
    cell: (row) => shortened([...new Set(row.lanes.map((lane) => lane.campaignName))].join(', '), TEXT_WIDTH),
  },
  { head: 'LANES', align: 'right', cell: (row) => row.lanes.length },
  {
    head: 'PERMITS',
    align: 'right',
    cell: (row) => (row.limit === null ? '' : `${row.permitsInUse}/${row.limit}`),
  },
  { head: 'PACE MS', align: 'right', cell: (row) => formatCount(row.paceMs) },
  { head: 'CAUSE', cell: (row) => row.cause },
  { head: 'UNTIL', cell: (row) => formatTime(row.until) },
  { head: 'WHY', cell: (row) => shortened(row.reason ?? '', TEXT_WIDTH) },
];
