import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../settings.js';
import { ProcessFailure } from './process-failure.js';
import { openRotatingLog } from './rotating-log.js';

/**
 * What is new goes to three spaces of so many megabytes. V8 lets them grow to 16, of which a crawl fills every one: with 4
 * a worker takes 264 MB where it took 330, for the same processor time (Rust documentation, one worker). Four threads that
 * copy what is left of so little wait for each other more than they copy: one does it in a twentieth less time.
 */
const NODE_OPTIONS = ['--max-semi-space-size=4', '--no-parallel-scavenge'];

/** glibc gives every thread an arena of its own, and what one has freed no other can use: two save a worker 10 to 20 MB. */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2' };

export interface ProcessSpec {
  /** As people read it: `database`, `api`, `worker 1`. */
  readonly name: string;
  /** The file Node.js runs. */
  readonly entry: string;
  readonly environment: Environment;
  /** Takes standard error. */
  readonly logPath: string;
}

/** What a process says of itself when it is ready. */
export type ReadyFacts = Readonly<Record<string, unknown>>;

/** A process that was started, until its end. */
export interface LaunchedProcess {
  readonly pid: number | undefined;
  /** Rejects with ProcessFailure when it ends before it is ready. */
  readonly ready: Promise<ReadyFacts>;
  /** Resolves when it has ended, with its last words. Never rejects. */
  readonly exited: Promise<ProcessFailure>;
  /** The signal or exit code that it ended with, `SIGKILL` or `exit code 1`; null until then. */
  readonly how: () => string | null;
  /** Asks whether its event loop turns: one that does answers at once. */
  readonly ask: () => void;
  /** Answers so far. */
  readonly answers: () => number;
  /** Asks it to end and waits; after `limitMs` it is killed. */
  stop(limitMs: number): Promise<void>;
  /** Kills it at once. */
  kill(): void;
}

/**
 * Starts a process of the platform. It speaks one line of JSON on standard output when it is ready,
 * `{"ready":true,…}`, or `{"error":{code,message}}`, answers `{"alive":true}` to what it hears on standard input, and ends
 * when that closes: so it never outlives this process, however that ends. It leads a session of its own, so that a terminal's Ctrl-C
 * reaches only us, who end the processes in order.
 */
export function launchProcess(spec: ProcessSpec): LaunchedProcess {
  const log = openRotatingLog(spec.logPath);
  const child = spawn(process.execPath, [...process.execArgv, ...NODE_OPTIONS, spec.entry], {
    env: { ...ALLOCATOR, ...spec.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // Writing to a process that is gone is no error of ours: its exit is.
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (chunk: Buffer) => log.write(chunk));
  const lines = readLines(child);
  const exited = untilExit(spec, child, lines).finally(() => log.close());
  const ready = Promise.race([
    lines.ready,
    exited.then((failure) => {
      throw failure;
    }),
  ]);
  // Whoever only waits for the end need not look at `ready`.
  ready.catch(() => undefined);
  const kill = (): void => void child.kill('SIGKILL');
  const how = (): string | null =>
    child.signalCode ?? (child.exitCode === null ? null : `exit code ${child.exitCode}`);
  // One that is gone is not asked: its exit says more.
  const ask = (): void => void (child.stdin.writable && child.stdin.write('\n'));
  const stop = (limitMs: number): Promise<void> => stopChild(child, exited, limitMs);
  return { pid: child.pid, ready, exited, how, ask, answers: lines.answers, kill, stop };
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface SpokenLines {
  readonly ready: Promise<ReadyFacts>;
  readonly lastError: () => { code: string; message: string } | null;
  readonly answers: () => number;
}

function readLines(child: Child): SpokenLines {
  let lastError: { code: string; message: string } | null = null;
  let answers = 0;
  const ready = new Promise<ReadyFacts>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const said = parseLine(line);
      if (said['ready'] === true) resolve(said);
      else if (said['alive'] === true) answers += 1;
      else lastError = errorOf(said) ?? lastError;
    });
  });
  return { ready, lastError: () => lastError, answers: () => answers };
}

function parseLine(line: string): ReadyFacts {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function errorOf(said: ReadyFacts): { code: string; message: string } | null {
  const error = said['error'];
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null;
  return { code: String(error.code), message: String(error.message) };
}

function untilExit(
  { name, logPath }: ProcessSpec,
  child: Child,
  { lastError }: SpokenLines,
): Promise<ProcessFailure> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(new ProcessFailure(name, 'process_not_started', error.message)));
    // `close` comes after `exit`, when what it said last has been read too.
    child.once('close', (code, signal) => {
      const said = lastError();
      if (said !== null) resolve(new ProcessFailure(name, said.code, said.message));
      else {
        const how = signal ?? `exit code ${code}`;
        resolve(
          new ProcessFailure(name, 'process_ended', `the ${name} ended with ${how}; its log is ${logPath}`),
        );
      }
    });
  });
}

async function stopChild(child: Child, exited: Promise<ProcessFailure>, limitMs: number): Promise<void> {
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  await exited;
  clearTimeout(killer);
}
