import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformProcess, ProcessName } from '../../platform/child-process.js';
import { LEASE_MS, type Stage } from '../stage/stage.js';
import type { NetworkLink } from './network-link.js';
import { terminateRandomSession } from './sessions.js';

/** Two of what may be killed; a supervisor starts anew what is. */
const CREW: readonly ProcessName[] = ['api', 'orchestrator', 'orchestrator', 'worker', 'worker'];

/** Does something bad, drawn from the stage's seed, and lets it pass. */
export class RandomNemesis {
  readonly #stage: Stage;
  readonly #onStrike: (name: string) => void;
  readonly #crew = new Set<PlatformProcess>();
  #link: NetworkLink | undefined;
  #environment: Record<string, string> = {};
  readonly #starting = new Set<Promise<void>>();
  #resting = false;

  constructor(stage: Stage, onStrike: (name: string) => void) {
    this.#stage = stage;
    this.#onStrike = onStrike;
  }

  async startPlatform(): Promise<void> {
    const { link, environment } = await this.#stage.linkToPostgres();
    this.#link = link;
    this.#environment = environment;
    await Promise.all(CREW.map((name) => this.#supervise(name)));
  }

  /** Nothing that ends from now on is started again. Resolves when what is being started has been. */
  async rest(): Promise<void> {
    this.#resting = true;
    await Promise.all(this.#starting);
  }

  async strike(): Promise<void> {
    const strikes = this.#strikes();
    const [name, strike] = strikes[Math.floor(this.#stage.random() * strikes.length)] ?? [];
    if (name === undefined || strike === undefined) return;
    this.#onStrike(name);
    await strike();
  }

  #strikes(): readonly (readonly [string, () => Promise<unknown>])[] {
    const { postgres, redis } = this.#stage;
    const link = this.#link;
    return [
      ['kill -9 a worker', () => this.#end('worker', 'SIGKILL')],
      ['kill -9 an orchestrator', () => this.#end('orchestrator', 'SIGKILL')],
      ['kill -9 the API', () => this.#end('api', 'SIGKILL')],
      ['SIGTERM a worker', () => this.#end('worker', 'SIGTERM')],
      ['a worker asleep for two leases', () => this.#sleepThrough('worker')],
      ['an orchestrator asleep for two leases', () => this.#sleepThrough('orchestrator')],
      ['PostgreSQL restarted at once', async () => [await postgres?.crash(), await postgres?.start()]],
      ['a random session terminated', () => terminateRandomSession(this.#stage.db.url, this.#stage.random)],
      ['packets to PostgreSQL held for two leases', () => this.#during(() => link?.hold(), 2 * LEASE_MS)],
      ['connections to PostgreSQL refused', () => this.#during(() => link?.cut(), LEASE_MS)],
      ['200 ms to PostgreSQL and back', () => this.#during(() => link?.slowDown(100), 5_000)],
      ['commits lose their answer', () => this.#during(() => link?.breakCommits(5), 3_000)],
      ...(redis === undefined
        ? []
        : ([
            ['Redis killed and started empty', async () => [await redis.kill(), await redis.start()]],
          ] as const)),
    ];
  }

  /** One of those that run; waits while the supervisor still starts one. */
  async #pick(name: ProcessName): Promise<PlatformProcess> {
    const running = (): PlatformProcess[] => [...this.#crew].filter((one) => one.name === name);
    await this.#stage.until(`a running ${name}`, () => running().length > 0, 60_000);
    const picked = running()[Math.floor(this.#stage.random() * running().length)];
    if (picked === undefined) throw new Error(`no ${name} runs`);
    return picked;
  }

  async #end(name: ProcessName, signal: NodeJS.Signals): Promise<void> {
    await (await this.#pick(name)).kill(signal);
  }

  async #during(begin: () => void, milliseconds: number): Promise<void> {
    begin();
    await sleep(milliseconds);
    this.#link?.heal();
  }

  async #sleepThrough(name: ProcessName): Promise<void> {
    const { pid } = await this.#pick(name);
    process.kill(pid, 'SIGSTOP');
    await sleep(2 * LEASE_MS);
    process.kill(pid, 'SIGCONT');
  }

  /** Keeps a process of this name running until the nemesis rests. */
  async #supervise(name: ProcessName): Promise<void> {
    const starting = this.#keepStarted(name);
    this.#starting.add(starting);
    await starting.finally(() => this.#starting.delete(starting));
  }

  /** Starts a process, and another one whenever it has ended; one that cannot start is tried again. */
  async #keepStarted(name: ProcessName): Promise<void> {
    for (;;) {
      const started = await this.#stage.start(name, this.#environment).catch(() => null);
      if (started !== null) {
        this.#crew.add(started);
        void started.ended.then(() => {
          this.#crew.delete(started);
          if (!this.#resting) void this.#supervise(name);
        });
        return;
      }
      if (this.#resting) return;
      await sleep(500);
    }
  }
}
