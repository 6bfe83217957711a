import { type ChildProcess, spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { type Account, cleanEnvironment } from './run-command.js';

/** How the server ended: its exit code, or the signal that killed it. */
export interface PostmasterExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Postmaster {
  readonly pid: number;
  readonly exited: Promise<PostmasterExit>;
  /** Fast shutdown: open transactions are rolled back, everything is flushed. At once after 10 s. */
  stop(): Promise<void>;
}

interface PostmasterOptions {
  readonly postgres: string;
  readonly args: readonly string[];
  readonly account: Account | undefined;
  /** Open descriptor that takes what the server writes. */
  readonly logFd: number;
}

/**
 * Becomes the server, and leaves behind a watcher that outlives us: it waits on descriptor 3, a pipe whose
 * other end only we hold. If we die in whatever way, kill -9 included, the pipe ends, and the watcher stops
 * the server (SIGINT; SIGQUIT after 10 s), so that no server is ever left without an owner. If the server
 * ends first, we say so on the pipe, and the watcher goes without signalling a number that may be recycled.
 *
 * The shell becomes the server (exec), so `$$` is the server's number and the server is our own child. The
 * watcher is handed to init by a double fork: the server treats an unknown child's death as a crash.
 */
const script = `
( {
  trap '' HUP INT TERM
  if read -r word <&3; then exit 0; fi
  kill -INT $$ 2>/dev/null || exit 0
  seconds=0
  while [ $seconds -lt 10 ] && kill -0 $$ 2>/dev/null; do sleep 1; seconds=$((seconds + 1)); done
  kill -QUIT $$ 2>/dev/null
} & )
exec "$@" 3<&-
`;

/**
 * Starts the server in a session of its own: Ctrl-C in a terminal signals the whole foreground group, and
 * the server must go on until our own shutdown has written its last rows. Rejects when it cannot be started.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', options.postgres, ...options.args], {
    cwd: '/',
    detached: true,
    env: cleanEnvironment,
    stdio: ['ignore', options.logFd, options.logFd, 'pipe'],
    ...options.account,
  });
  const exited = new Promise<PostmasterExit>((resolve) => {
    child.once('exit', (code, signal) => {
      dismissWatcher(child);
      resolve({ code, signal });
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  return { pid, exited, stop: () => stopChild(child, exited) };
}

function dismissWatcher(child: ChildProcess): void {
  const lifeline = child.stdio[3];
  if (!(lifeline instanceof Writable)) return;
  // A watcher that someone killed no longer reads: nothing to dismiss.
  lifeline.on('error', () => undefined);
  lifeline.end('ended\n');
}

async function stopChild(child: ChildProcess, exited: Promise<PostmasterExit>): Promise<void> {
  const escalation: readonly (readonly [NodeJS.Signals, number])[] = [
    ['SIGINT', 0],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 20_000],
  ];
  const timers = escalation.map(([signal, delay]) => setTimeout(() => child.kill(signal), delay));
  await exited;
  for (const timer of timers) clearTimeout(timer);
}
