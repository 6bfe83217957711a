import type { Environment } from '../settings.js';
import type { PreviousExit } from './keep-running.js';
import type { ReadyFacts } from './launched-process.js';

/** Where the databases are, as the database process says when it is ready. */
export interface DatabaseUrls {
  readonly databaseUrl: string;
  readonly queueUrl: string;
}

/** Reads the ready line of the database process. Throws TypeError for a line without the URLs. */
export function databaseUrlsOf(facts: ReadyFacts): DatabaseUrls {
  const { databaseUrl, queueUrl } = facts;
  if (typeof databaseUrl !== 'string' || typeof queueUrl !== 'string') {
    throw new TypeError('the database process did not say where the databases are');
  }
  return { databaseUrl, queueUrl };
}

/**
 * The environment of the processes that use the database. A queue database that the person set stays;
 * on an outside server the queue lives in the ledger's database, which is what an unset variable means.
 */
export function crewEnvironment(base: Environment, dataDir: string, urls: DatabaseUrls): Environment {
  const ownQueue = urls.queueUrl === urls.databaseUrl ? {} : { QUEUE_DATABASE_URL: urls.queueUrl };
  return {
    ...base,
    ...(base['QUEUE_DATABASE_URL'] ? {} : ownQueue),
    DATABASE_URL: urls.databaseUrl,
    OUTRIDER_DATA_DIR: dataDir,
    OUTRIDER_SUPERVISED: '1',
  };
}

/** METRICS_PORT of the nth process (from 0) that serves metrics: one port each, or a free one when it is 0. */
export function metricsPort(base: number, index: number): string {
  return base === 0 ? '0' : String(base + index);
}

/** The address at which an API that listens on `host` is reached from this machine. */
export function localApiUrl(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What a process that is started again is told of the one before: see OUTRIDER_PREVIOUS_EXIT. */
export function previousExitOf(previous: PreviousExit | null): Environment {
  return previous === null ? {} : { OUTRIDER_PREVIOUS_EXIT: `${previous.pid}:${previous.how}` };
}
