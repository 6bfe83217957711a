export { type FetchEnding, type FetchLogEntry, parseFetchLog } from './log/fetch-log.js';
export { checkPoliteness, type PolitenessLimits, type PolitenessViolation } from './log/politeness.js';
export { type Oracle, type OracleOptions, startOracle } from './oracle.js';
export type { RouteFunction, RouteHandler } from './server/send-answer.js';
export type { Answer, Reply } from './site/answer.js';
export type { CrawlRules, ExpectedCrawl } from './site/expected-crawl.js';
export type { ResourceKind } from './site/site-graph.js';
export type { Plant, RobotsPlan, SitePlan } from './site/site-plan.js';
