import { ApiClient } from '../client/api-client.js';
import { locateApi, requireApiKey } from '../client/locate-api.js';
import { findEntryPoints } from '../platform/entry-points.js';
import { findPlatform } from '../platform/find-platform.js';
import { RESTART_POLICY } from '../platform/keep-running.js';
import { prepareDataDir } from '../platform/prepare-data-dir.js';
import { type Platform, startPlatform } from '../platform/start-platform.js';
import { answerPolicy } from '../platform/watch-answers.js';
import { CliError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import type { CliSettings, Environment } from '../settings.js';

/** The platform that a crawl runs on. */
export interface CrawlPlatform {
  readonly client: ApiClient;
  /** Null when it runs already: then it is not ours to stop. */
  readonly own: Platform | null;
}

/** Whether there is a platform to use: the one named by OUTRIDER_API_URL, or one running in the data directory. */
export async function hasPlatform({ settings, dataDir }: CliSettings): Promise<boolean> {
  return settings.OUTRIDER_API_URL !== undefined || (await findPlatform(dataDir)) !== null;
}

/** A client of the platform that runs already. */
export async function usePlatform(settings: CliSettings): Promise<CrawlPlatform> {
  const [apiUrl, apiKey] = await Promise.all([locateApi(settings), requireApiKey(settings)]);
  return { client: new ApiClient({ apiUrl, apiKey }), own: null };
}

/**
 * Starts a platform for one crawl, on a free port. Resolves when its API answers: workers may still be
 * starting, and find the execution when they are there. Throws ProcessFailure, or CliError when interrupted.
 */
export async function openPlatform(context: CommandContext, workers: number): Promise<CrawlPlatform> {
  const settings = context.settings();
  const interrupts = context.interrupts();
  await prepareDataDir(settings.dataDir);
  const own = startPlatform({
    dataDir: settings.dataDir,
    environment: laneEnvironment(settings.environment, workers),
    entryPoints: findEntryPoints(),
    host: settings.settings.OUTRIDER_HOST,
    port: 0,
    workers,
    metricsPort: settings.settings.METRICS_PORT,
    policy: RESTART_POLICY,
    answers: answerPolicy(settings.settings.OUTRIDER_LANE_LEASE_MS),
    report: (line) => {
      if (!line.includes(' is ready ')) context.terminal.note(line);
    },
  });
  interrupts.beforeForcedExit(() => own.kill());
  try {
    const apiUrl = await Promise.race([own.apiUrl, untilAborted(interrupts.signal)]);
    return { client: new ApiClient({ apiUrl, apiKey: await requireApiKey(settings) }), own };
  } catch (error) {
    await own.stop();
    throw error;
  }
}

/** With several workers each takes one lane, so that all of them crawl. */
function laneEnvironment(environment: Environment, workers: number): Environment {
  const isChosen = (environment['OUTRIDER_WORKER_LANES'] ?? '') !== '';
  return workers === 1 || isChosen ? environment : { ...environment, OUTRIDER_WORKER_LANES: '1' };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new CliError('interrupted', 'Interrupted before the crawl began.'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
