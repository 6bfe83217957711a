// Access
export {
  findApiKey,
  hasUsableAdminKey,
  insertApiKey,
  type ListedApiKey,
  listApiKeys,
  type NewApiKey,
  readApiKey,
  revokeApiKey,
  type StoredApiKey,
  touchApiKey,
} from './access/api-keys.js';
export { type AuditFilter, insertAuditEntry, listAuditEntries } from './access/audit-log.js';
// Reconciling
export {
  deleteDashboardSession,
  findDashboardSession,
  insertDashboardSession,
  type KeyOfToken,
  readSessionExpiry,
} from './access/dashboard-sessions.js';
export { expireIdempotencyKeys } from './access/expire-idempotency-keys.js';
export { readFirstSecret } from './access/first-secret.js';
export { claimIdempotencyKey, type StoredAnswer, storeAnswer } from './access/idempotency-keys.js';
export { insertSignInLink, useSignInLink } from './access/sign-in-links.js';
export { ensureTenant, listTenants } from './access/tenants.js';
// Analytics
export { listRollups, type RollupFilter, sumDays } from './analytics/list-rollups.js';
export { readExecutionAnalytics } from './analytics/read-execution-analytics.js';
export {
  storeAnalytics,
  takeUnanalyzedExecution,
  type UnanalyzedExecution,
} from './analytics/store-analytics.js';
// Campaigns
export {
  type DeletedCampaign,
  deleteCampaign,
  deleteCampaignForGood,
  listDeletedCampaigns,
  restoreCampaign,
} from './campaigns/delete-campaign.js';
export { insertCampaign, type NewCampaign } from './campaigns/insert-campaign.js';
export { readCampaignActivities } from './campaigns/read-activities.js';
export {
  assertCampaignExists,
  type CampaignFilter,
  listCampaigns,
  readCampaign,
} from './campaigns/read-campaign.js';
export {
  listCampaignsToRemove,
  type RemovalOutcome,
  removeCampaignBatch,
} from './campaigns/remove-campaign.js';
export { listRevisions, readRevision } from './campaigns/revisions.js';
export {
  deleteSeeds,
  insertSeeds,
  listSeeds,
  type SeedFilter,
  type SeedSource,
} from './campaigns/seeds.js';
export {
  type EditableCampaign,
  insertConfigRevision,
  lockCampaignForEdit,
  updateCampaign,
} from './campaigns/update-campaign.js';
export { assertSafeRole } from './connect/assert-safe-role.js';
export {
  DatabaseConnectionError,
  isConnectionError,
  isDataError,
  isDiskFull,
  isLockTimeout,
  isOutOfResources,
  isSerializationOrDeadlock,
  isStatementTimeout,
  isUniqueViolation,
} from './connect/connection-errors.js';
export {
  type Database,
  type DatabaseOptions,
  type DatabaseRole,
  openDatabase,
  type TransactionOptions,
  type Tx,
} from './connect/database.js';
export { toStorableJson, toStorableText } from './connect/storable-text.js';
export { DISTANT_FUTURE, DISTANT_PAST } from './connect/value-codecs.js';
// What a crawl left behind
export type { Place, Slice } from './cursors/slice.js';
export type { DiscoveredFilter } from './discovered/discovered-filter.js';
export { listDiscoveredUrls } from './discovered/list-discovered-urls.js';
export { readDepths } from './discovered/read-depths.js';
// Doctor
export { examineDatabase } from './doctor/examine-database.js';
export { findRunningCluster, type RunningCluster } from './embedded/find-running-cluster.js';
export { type ErrorGroupFilter, listErrorGroups } from './errors/list-error-groups.js';
export { type ErrorFilter, listErrors } from './errors/list-errors.js';
export { resolveError } from './errors/resolve-error.js';
export { resolveErrorGroup } from './errors/resolve-error-group.js';
// Events
export { appendEvent, type NewEvent } from './events/append-event.js';
export { type BellRing, EVENT_BELL, readRing } from './events/event-bell.js';
export {
  type ApiProcess,
  beatApiProcess,
  type EventSubscription,
  listViewers,
  removeApiProcess,
  storeSubscriptions,
} from './events/event-subscriptions.js';
export { type EventFilter, listEvents } from './events/list-events.js';
export {
  type EventHead,
  type EventPlace,
  type NewlyRead,
  readEventHeads,
  readEventHeadsOfTenants,
  readNewEvents,
} from './events/read-new-events.js';
// Executions
export { countStartedExecution } from './executions/count-started-execution.js';
export { type ExecutionProgress, listExecutionProgress } from './executions/execution-progress.js';
export { findLastExecution } from './executions/find-last-execution.js';
export { finishLanes } from './executions/finish-lanes.js';
export { insertExecution, type NewExecution, type QueuedExecution } from './executions/insert-execution.js';
export { insertSeedsAsTargets, type PlannedSeed } from './executions/insert-seeds-as-targets.js';
export { listLiveExecutions } from './executions/list-live-executions.js';
export { listExecutionSeeds, listSeedUrls } from './executions/list-seed-urls.js';
export { type LockedCampaign, lockCampaign } from './executions/lock-campaign.js';
export { type LockedExecution, lockExecution, lockExecutions } from './executions/lock-execution.js';
export { lockForCompletion, lockUntakenLanes } from './executions/lock-for-completion.js';
export { readCoverage } from './executions/read-coverage.js';
export {
  type ExecutionFilter,
  listExecutions,
  readExecution,
  readExecutionDetail,
  readLiveCoverage,
} from './executions/read-execution.js';
export { type PlatformGauges, readGauges } from './executions/read-gauges.js';
export { recallTargets } from './executions/recall-targets.js';
export { type ExecutionProblem, type ExecutionTotals, recordTotals } from './executions/record-totals.js';
export { type Recount, recountCoverage } from './executions/recount-coverage.js';
export { type HostSample, sampleHosts } from './executions/sample-hosts.js';
export { settlePending } from './executions/settle-pending.js';
export { type LaneSums, sumLanes } from './executions/sum-lanes.js';
export {
  type BrokenPage,
  type ExecutionFigures,
  type ResultSummary,
  type SlowPage,
  summarizeExecution,
} from './executions/summarize-execution.js';
export {
  claimProgress,
  listMovedExecutions,
  type MovedExecution,
  type ProgressCounters,
  type ProgressReading,
  removeEndedSnapshots,
  storeSnapshot,
} from './executions/tell-progress.js';
export { type EndState, type ExecutionMove, transitionExecution } from './executions/transition-execution.js';
export { type RuleFacts, readRuleFacts } from './explain/read-rule-facts.js';
export { readUrlHistory, type UrlHistory } from './explain/read-url-history.js';
// Fleet
export { beatInstance, type InstanceState, noteInstanceEnd, registerInstance } from './fleet/instances.js';
export { type InstanceMetricFilter, listInstanceMetrics } from './fleet/list-instance-metrics.js';
export { assertInstanceExists, listInstances } from './fleet/list-instances.js';
export { markGoneInstances, removeForgottenInstances } from './fleet/mark-gone-instances.js';
export { insertPerformanceSample, type PerformanceSample } from './fleet/performance-metrics.js';
export { THINNINGS, type Thinning, thinMetrics } from './fleet/thin-metrics.js';
// Frontier
export {
  type ClaimedTarget,
  type ClaimOutcome,
  type ClaimRequest,
  campaignDelay,
  claimTargets,
  type HostDelay,
  type RedirectHop,
} from './frontier/claim-targets.js';
export { BATCH_TRANSACTION, type Batch, type CommitOutcome, commitBatch } from './frontier/commit-batch.js';
export {
  admitOutsiders,
  listOutsiders,
  markJudged,
  type Outsider,
  readWidened,
} from './frontier/outsiders.js';
export { readFrontier } from './frontier/read-frontier.js';
export { type LaneScope, readScope } from './frontier/read-scope.js';
export type { KnownVersion } from './frontier/read-validators.js';
// History
export {
  dropPartition,
  isForgotten,
  listPastPartitions,
  type PartitionKeeping,
  type PastPartition,
} from './history/drop-partitions.js';
export {
  type DefaultKeeping,
  expireEvidence,
  expireExecutions,
  sweepExpired,
} from './history/expire-executions.js';
// Hosts
export { type BackOff, backOffHost, type HostRefusal } from './hosts/back-off.js';
export { type HostGrant, SHARED_PACE_SPARE_MS } from './hosts/grant-host.js';
export { freezeHost, releaseHost } from './hosts/host-freezes.js';
export { delayHost, takeHostPlace } from './hosts/lease-host-permits.js';
export { listHosts, readHost } from './hosts/list-hosts.js';
export { FEWEST_ANSWERS, type HostObservation } from './hosts/response-times.js';
// Lanes
export { beginLane } from './lanes/begin-lane.js';
export { type LaneOffer, listWaitingLanes, markLanesOffered, pickDueLanes } from './lanes/dispatch-lanes.js';
export { listNextExecutions } from './lanes/list-next-executions.js';
export { listWaitingExecutions, type WaitingOfTenant } from './lanes/list-waiting-executions.js';
export {
  type LaneAtWork,
  type LaneDemand,
  type LaneInWait,
  readLaneDemand,
  requestYields,
  withdrawYields,
} from './lanes/read-lane-demand.js';
export { readStandby, type StandbyTurn } from './lanes/read-standby.js';
export { releaseLane } from './lanes/release-lane.js';
export { isLaneFinished, renewLane } from './lanes/renew-lane.js';
export {
  type LostLane,
  listLostLanes,
  type ReturnedLane,
  returnLostLane,
} from './lanes/return-lost-lanes.js';
export { returnStrayTargets } from './lanes/return-stray-targets.js';
export { returnUnheldSitemaps, returnUnheldTargets } from './lanes/return-unheld-leases.js';
export type { LaneHold, TakenLane } from './lanes/take-lane.js';
export { takeNextLane } from './lanes/take-next-lane.js';
export { decodePageLinks } from './links/decode-page-links.js';
export { indexInlinks, takeUnindexedExecution } from './links/index-inlinks.js';
export { listPageLinks, type PageLinkFilter } from './links/list-page-links.js';
export type { PageLinkRecord } from './links/page-link-record.js';
export { encodePageLinks, type PageLinks, PageLinksEncoder } from './links/page-links.js';
// Migrations
export { assertMigrated } from './migrate/assert-migrated.js';
export { type MigrationStatus, migrationStatus } from './migrate/migration-status.js';
export { rollbackMigrations } from './migrate/rollback-migrations.js';
export { MigrationConflictError, runMigrations } from './migrate/run-migrations.js';
// Operations
export { type LaneOrder, obeyOperation } from './operations/obey-operation.js';
export { type NewOperation, openOperation } from './operations/open-operation.js';
export { listOperations, listOrderedExecutions, readOperation } from './operations/read-operations.js';
export { listPageChanges, type PageChangeFilter } from './pages/list-page-changes.js';
export { listPageHistory } from './pages/list-page-history.js';
export { listPages } from './pages/list-pages.js';
export type { PageFilter } from './pages/page-filter.js';
export { readPage } from './pages/read-page.js';
export { readScreenshot } from './pages/read-screenshot.js';
export { ensurePartitions } from './partitions/ensure-partitions.js';
// Progress
export { readProgressFacts } from './progress/read-progress-facts.js';
// Quarantine
export { listQuarantine } from './quarantine/list-quarantine.js';
export { lockQuarantine, markRetried, readRetry, returnQuarantined } from './quarantine/retry-quarantined.js';
// Records
export { type QuotaChange, readTenantQuotas, setTenantQuotas } from './quotas/tenant-quotas.js';
export { type CarriedPage, readCarriedPages } from './records/read-carried-pages.js';
export {
  type CrawlError,
  type Discovery,
  type FetchedPage,
  MAX_SCREENSHOT_BYTES,
  type Screenshot,
  type Settlement,
  type Verdict,
} from './records/settlement.js';
// Robots
export { noteRobots, type RobotsReading, readingOf } from './robots/note-robots.js';
export { readKnownRobots, readRobotsAt, type ToldRobots } from './robots/read-known-robots.js';
export { readRobotsBodies, removeUnusedRobotsBodies } from './robots/robots-bodies.js';
export {
  type KeptRobots,
  readRobotsFile,
  type StoredRobots,
  storeRobotsFile,
} from './robots/robots-files.js';
export {
  type BufferClaim,
  type BufferedEnd,
  type BufferedTick,
  type BufferPlace,
  claimBufferedTick,
  dropBufferedTicks,
  returnRuns,
  settleBufferedTick,
} from './schedules/buffered-ticks.js';
// Schedules
export {
  type CalendarRange,
  type CountedTicks,
  countTicksByDay,
  readPlannedFrom,
} from './schedules/calendar-ticks.js';
export {
  type CampaignOccupancy,
  claimDueSchedules,
  claimOutdatedSchedules,
  type DueSchedule,
  type DueSchedules,
  readOccupancy,
} from './schedules/claim-due-schedules.js';
export {
  assertScheduleKnown,
  type LockedSchedule,
  listSchedules,
  listTenantSchedules,
  lockSchedule,
  lockScheduleToRestore,
  readClock,
  readSchedule,
  type ScheduleFilter,
} from './schedules/read-schedules.js';
export type { NextStart, StoredSchedule } from './schedules/schedule-row.js';
export {
  countOverdueSchedules,
  type EndedRuns,
  type SettleClaim,
  settleEndedTicks,
} from './schedules/settle-ticks.js';
export {
  insertSchedule,
  markScheduleDeleted,
  markScheduleRestored,
  moveSchedules,
  type NewSchedule,
  type ScheduleMove,
  type ScheduleStanding,
  updateSchedule,
} from './schedules/store-schedule.js';
export {
  listTicks,
  readRecordedTicks,
  recordTicks,
  type TickFilter,
  type TickRecord,
} from './schedules/tick-ledger.js';
// Scope rules
export { changeScopeRules, type ScopeRules } from './scope-rules/change-scope-rules.js';
export { checkPending, listUnchecked } from './scope-rules/check-pending.js';
// Sitemaps
export { commitSitemapUrls, type SitemapUrl } from './sitemaps/commit-sitemap-urls.js';
export { type ComparisonFilter, listSitemapComparison } from './sitemaps/compare-sitemaps.js';
export {
  type AddedSitemaps,
  addSitemaps,
  insertSitemaps,
  type NewSitemap,
} from './sitemaps/insert-sitemaps.js';
export { type ClaimedSitemap, leaseSitemap, type SitemapLease } from './sitemaps/lease-sitemap.js';
export { listSitemapMentions } from './sitemaps/list-sitemap-mentions.js';
export { listSitemaps, type SitemapFilter } from './sitemaps/list-sitemaps.js';
export { pinSitemaps } from './sitemaps/pin-sitemaps.js';
export { type PinnedSitemap, readPinnedSitemap } from './sitemaps/read-pinned-sitemap.js';
export { type SitemapOutcome, type SitemapRetry, settleSitemap } from './sitemaps/settle-sitemap.js';
export { storeSitemapDifferences, takeUncomparedExecution } from './sitemaps/sitemap-differences.js';
// Stalls
export { type DatabaseVitals, probeDatabase } from './stalls/probe-database.js';
export {
  freeIdlePermits,
  readStallFacts,
  type StallFacts,
  type StillLane,
  workerApplicationName,
} from './stalls/read-stall-facts.js';
export { offerAnew, takeLaneAway } from './stalls/repair-lanes.js';
export {
  clearRecovered,
  countStalls,
  listStillExecutions,
  lockWatch,
  type NotedStall,
  noteStall,
  type StallReport,
  type StillExecution,
  takeProgressMarks,
} from './stalls/watch-executions.js';
export { readStructure } from './structure/read-structure.js';
export {
  storeStructure,
  takeUnstructuredExecution,
  type UnstructuredExecution,
} from './structure/store-structure.js';
export { readTakenBudgets } from './traps/read-budgets.js';
