import { join } from 'node:path';
import type { Environment } from '../settings.js';
import { Crew } from './crew.js';
import {
  crewEnvironment,
  type DatabaseUrls,
  databaseUrlsOf,
  localApiUrl,
  metricsPort,
  previousExitOf,
} from './crew-environment.js';
import { databasePlaceOutside } from './database-place.js';
import type { EntryPoints } from './entry-points.js';
import type { KeepRunning, RestartPolicy } from './keep-running.js';
import { type LaunchedProcess, launchProcess, type ReadyFacts } from './launched-process.js';
import { removePlatformFile, writePlatformFile } from './platform-file.js';
import type { ProcessFailure } from './process-failure.js';
import type { AnswerPolicy } from './watch-answers.js';

export interface PlatformPlan {
  readonly dataDir: string;
  readonly environment: Environment;
  readonly entryPoints: EntryPoints;
  /** Address the API listens on. */
  readonly host: string;
  /** Port of the API; 0 for a free one, which is then kept over restarts. */
  readonly port: number;
  /** Worker processes. */
  readonly workers: number;
  /** METRICS_PORT; with one set, each process takes the next. */
  readonly metricsPort: number;
  /** Told what starts, ends and is started again, a sentence at a time. */
  readonly report: (line: string) => void;
  readonly policy: RestartPolicy;
  /** When API, orchestrator or a worker that says nothing any more is killed and started again. */
  readonly answers: AnswerPolicy;
}

/** The platform as one process tree below this process. */
export interface Platform {
  /** Resolves when the API answers; rejects when a process did not start. */
  readonly apiUrl: Promise<string>;
  /** Resolves when all processes do their work. Rejects as `apiUrl`. */
  readonly ready: Promise<void>;
  /** Rejects when the platform gives up on a process; never resolves. */
  readonly failed: Promise<never>;
  /** The folder of the database files where it is not in the data directory; null before the database is ready. */
  databaseOutside(): string | null;
  /** Ends workers, orchestrator, API and database in this order. */
  stop(): Promise<void>;
  /** Kills everything at once. The database recovers at the next start. */
  kill(): void;
}

/** How long each may take to end by itself, in milliseconds. A worker finishes the fetches in flight. */
const STOP_LIMITS = { worker: 45_000, orchestrator: 15_000, api: 15_000, database: 30_000 } as const;
/** After the loss of the database nothing can be finished in order. */
const LOST_DATABASE_LIMIT_MS = 5_000;

/** A killed platform's processes finish their work for up to ten seconds; its database then ends. */
const STILL_ENDING_MS = 15_000;

/** Whether the data directory may only be in use because a killed platform is still ending. */
function isStillEnding(startedAt: number): (failure: ProcessFailure) => boolean {
  return ({ code }) => code === 'data_dir_in_use' && performance.now() - startedAt < STILL_ENDING_MS;
}

const silence = (): void => undefined;

/** Starts the database and, when it is ready, API, orchestrator and workers side by side. */
export function startPlatform(plan: PlatformPlan): Platform {
  return new Supervisor(plan);
}

class Supervisor implements Platform {
  readonly apiUrl: Promise<string>;
  readonly ready: Promise<void>;
  readonly failed: Promise<never>;
  readonly #plan: PlatformPlan;
  readonly #workers: readonly string[];
  readonly #database = new Crew();
  readonly #crew = new Crew();
  #port: number;
  #hasStarted = false;
  #databaseOutside: string | null = null;
  #resolveApi: (url: string) => void = silence;
  #resolveReady: () => void = silence;
  #fail: (error: unknown) => void = silence;
  #waitingFor: Set<string>;
  #stopping: Promise<void> | undefined;

  constructor(plan: PlatformPlan) {
    this.#plan = plan;
    this.#port = plan.port;
    this.#workers = Array.from({ length: plan.workers }, (_, index) =>
      plan.workers === 1 ? 'worker' : `worker ${index + 1}`,
    );
    this.#waitingFor = new Set(['api', 'orchestrator', ...this.#workers]);
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    const api = new Promise<string>((resolve) => {
      this.#resolveApi = resolve;
    });
    const all = new Promise<void>((resolve) => {
      this.#resolveReady = resolve;
    });
    this.apiUrl = Promise.race([api, this.failed]);
    this.ready = Promise.race([all, this.failed]);
    // Each of the three may be the one nobody waits for.
    for (const promise of [this.failed, this.apiUrl, this.ready]) promise.catch(silence);
    this.#startDatabase();
  }

  #startDatabase(): void {
    const { environment, dataDir, entryPoints } = this.#plan;
    const launch = (): LaunchedProcess =>
      this.#launch('database', entryPoints.database, { ...environment, OUTRIDER_DATA_DIR: dataDir });
    this.#keep(this.#database, 'database', launch, (facts) => this.#onDatabase(facts), {
      mayRetryStart: isStillEnding(performance.now()),
      onDown: () => this.#crew.stopAll(LOST_DATABASE_LIMIT_MS),
      // It only holds PostgreSQL, which works on while it hangs; and what uses the database would end with it.
      answers: null,
    });
  }

  #onDatabase(facts: ReadyFacts): void {
    this.#notePlace(facts).catch((error: unknown) => this.#fail(error));
    this.#startCrew(databaseUrlsOf(facts));
  }

  async #notePlace(facts: ReadyFacts): Promise<void> {
    const { dataDir, report } = this.#plan;
    const wasKnown = this.#databaseOutside !== null;
    this.#databaseOutside = await databasePlaceOutside(dataDir, facts);
    if (wasKnown || this.#databaseOutside === null) return;
    report(
      `The database lies in ${this.#databaseOutside}: the account that PostgreSQL runs under cannot reach ${dataDir}.`,
    );
  }

  databaseOutside(): string | null {
    return this.#databaseOutside;
  }

  #startCrew(urls: DatabaseUrls): void {
    // The database may be back just when it is no longer wanted.
    if (this.#stopping !== undefined) return;
    const plan = this.#plan;
    const { entryPoints } = plan;
    const environment = crewEnvironment(plan.environment, plan.dataDir, urls);
    // Processes that have started once on this machine will start again.
    const isRestart = this.#hasStarted;
    this.#hasStarted = true;
    const mayRetryStart = (): boolean => isRestart;
    const { answers } = plan;
    const start = (name: string, entry: string, index: number): void => {
      const launch: KeepRunning['launch'] = (previous) =>
        this.#launch(name, entry, {
          ...environment,
          ...previousExitOf(previous),
          PORT: String(this.#port),
          METRICS_PORT: metricsPort(plan.metricsPort, index),
        });
      this.#keep(this.#crew, name, launch, (facts) => this.#noteReady(name, facts), {
        mayRetryStart,
        answers,
      });
    };
    start('api', entryPoints.api, 0);
    start('orchestrator', entryPoints.orchestrator, 0);
    for (const [index, name] of this.#workers.entries()) start(name, entryPoints.worker, index + 1);
  }

  #keep(
    crew: Crew,
    name: string,
    launch: KeepRunning['launch'],
    onReady: (facts: ReadyFacts) => void,
    options: Pick<KeepRunning, 'mayRetryStart' | 'onDown' | 'answers'>,
  ): void {
    const { policy, report } = this.#plan;
    crew
      .keep({
        name,
        launch,
        policy,
        report,
        ...options,
        onReady: (facts, launched) => {
          report(`The ${name} is ready (process ${launched.pid}).`);
          onReady(facts);
        },
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #launch(name: string, entry: string, environment: Environment): LaunchedProcess {
    const logName = `${name.replace(' ', '-')}.log`;
    return launchProcess({ name, entry, environment, logPath: join(this.#plan.dataDir, 'logs', logName) });
  }

  #noteReady(name: string, facts: ReadyFacts): void {
    if (name === 'api') {
      this.#port = Number(facts['port']);
      this.#announce().catch((error: unknown) => this.#fail(error));
    }
    this.#waitingFor.delete(name);
    if (this.#waitingFor.size === 0) this.#resolveReady();
  }

  async #announce(): Promise<void> {
    const apiUrl = localApiUrl(this.#plan.host, this.#port);
    await writePlatformFile(this.#plan.dataDir, {
      apiUrl,
      pid: process.pid,
      startedAt: new Date().toISOString(),
    });
    this.#resolveApi(apiUrl);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopInOrder();
    return this.#stopping;
  }

  async #stopInOrder(): Promise<void> {
    await this.#crew.stop(this.#workers, STOP_LIMITS.worker);
    await this.#crew.stop(['orchestrator'], STOP_LIMITS.orchestrator);
    await this.#crew.stop(['api'], STOP_LIMITS.api);
    await this.#database.stopAll(STOP_LIMITS.database);
    await removePlatformFile(this.#plan.dataDir, process.pid);
  }

  kill(): void {
    this.#crew.kill();
    this.#database.kill();
  }
}
