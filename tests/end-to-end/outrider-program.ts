import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PROGRAM = join(ROOT, 'packages', 'cli', 'dist', 'main.js');
const run = promisify(execFile);

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of `outrider` as its own process. */
export interface RunningProgram {
  readonly pid: number;
  readonly result: Promise<ProgramResult>;
  kill(signal: NodeJS.Signals): void;
  /** Standard output so far. */
  stdout(): string;
  /** Standard error so far. */
  stderr(): string;
}

/** Settings of the developer's own shell must not reach what is tested. */
const OURS = /^(OUTRIDER_|DATABASE_URL$|QUEUE_DATABASE_URL$|REDIS_URL$|PORT$|METRICS_PORT$|LOG_LEVEL$|npm_)/;

/** The environment of the test without any setting of Outrider, and those given. */
function environmentWith(settings: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || OURS.test(name) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), ...settings };
}

/** Starts the built `outrider` with these arguments. */
export function startProgram(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): RunningProgram {
  return track(
    spawn(process.execPath, [PROGRAM, ...args], {
      env: environmentWith(settings),
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  );
}

/** Starts one of the repository's npm scripts. */
export function startScript(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): RunningProgram {
  return track(
    spawn('npm', ['run', '--silent', ...args], {
      cwd: ROOT,
      env: environmentWith(settings),
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  );
}

function track(child: ChildProcessByStdio<Writable, Readable, Readable>): RunningProgram {
  let [stdout, stderr] = ['', ''];
  child.stdin.end();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const result = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }));
  return {
    pid: child.pid ?? 0,
    result,
    kill: (signal) => void child.kill(signal),
    stdout: () => stdout,
    stderr: () => stderr,
  };
}

/** Every process below this one, at any depth. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) {
    found.push(...pairs.flatMap(([child = 0, ppid = 0]) => (ppid === parent ? [child] : [])));
  }
  return found.slice(1);
}

/** Those of the processes that live. One that has ended and waits for its parent's notice does not. */
export async function alive(pids: readonly number[]): Promise<number[]> {
  if (pids.length === 0) return [];
  // ps fails when it finds none of them.
  const { stdout } = await run('ps', ['-o', 'pid=,stat=', '-p', pids.join(',')]).catch(() => ({
    stdout: '',
  }));
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([pid, state]) => (pid && !state?.startsWith('Z') ? [Number(pid)] : []));
}

/** Waits until something is so; throws, saying what, when it does not become so in time. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = 45_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(50);
  }
}
