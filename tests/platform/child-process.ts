import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One real process of the platform. */
export interface PlatformProcess {
  readonly name: string;
  readonly pid: number;
  /** What its line on standard output said when it was ready. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Everything it logged. */
  readonly log: () => string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Resolves with its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** How long a process may take to say that it is ready, in milliseconds. */
const READY_MS = 60_000;

const ENTRIES = {
  api: '@outrider/api/process',
  orchestrator: '@outrider/orchestrator/process',
  worker: '@outrider/crawler/process',
} as const;
export type ProcessName = keyof typeof ENTRIES;

/** How a process is started, where it is not as usual. */
export interface Launch {
  /** Another build of the packages: the folder that holds `api`, `crawler` and the others. */
  readonly packagesDir?: string | undefined;
  /** A command that runs the program in another place, as `ip netns exec <name>`. */
  readonly within?: readonly string[];
  /** Options of Node.js before the program. */
  readonly nodeOptions?: readonly string[];
}

/** Where a process starts: its built entry, as in production. */
function entryOf(name: ProcessName, packagesDir: string | undefined): string {
  const entry = fileURLToPath(import.meta.resolve(ENTRIES[name])).replace(
    '/src/process.ts',
    '/dist/process.js',
  );
  return packagesDir === undefined
    ? entry
    : join(packagesDir, basename(dirname(dirname(entry))), 'dist/process.js');
}

/** A process that was started and may not be ready yet. */
export interface LaunchedProcess extends Omit<PlatformProcess, 'facts'> {
  /** Rejects when it ends before it says that it is ready, or does not say so in time. */
  readonly ready: Promise<PlatformProcess>;
}

/** Starts a process of the platform and waits until it says that it is ready. */
export async function startProcess(
  name: ProcessName,
  environment: Readonly<Record<string, string>>,
  launch: Launch = {},
): Promise<PlatformProcess> {
  return launchProcess(name, environment, launch).ready;
}

/** Starts a process of the platform. */
export function launchProcess(
  name: ProcessName,
  environment: Readonly<Record<string, string>>,
  { packagesDir, within = [], nodeOptions = [] }: Launch = {},
): LaunchedProcess {
  const command = [
    ...within,
    process.execPath,
    ...nodeOptions,
    '--enable-source-maps',
    entryOf(name, packagesDir),
  ];
  const child = spawn(command[0] ?? '', command.slice(1), {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  const launched = {
    name,
    pid: child.pid ?? 0,
    log: () => lines.join(''),
    ended,
    async kill(signal: NodeJS.Signals) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
  const ready = readFacts(child, name, launched.log).then((facts) => ({ ...launched, facts }));
  return { ...launched, ready };
}

async function readFacts(
  child: ChildProcess,
  name: string,
  log: () => string,
): Promise<Readonly<Record<string, unknown>>> {
  if (child.stdout === null) throw new Error('no standard output');
  const line = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in time\n${log()}`)), READY_MS);
    createInterface({ input: child.stdout ?? process.stdin }).once('line', (text) => {
      clearTimeout(timer);
      resolve(text);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      // Its last words may still be in the pipe.
      setTimeout(
        () => reject(new Error(`${name} ended with ${code ?? signal} before it was ready\n${log()}`)),
        100,
      );
    });
  });
  const facts: unknown = JSON.parse(await line);
  if (typeof facts !== 'object' || facts === null || !('ready' in facts)) {
    throw new Error(`${name} did not start: ${JSON.stringify(facts)}\n${log()}`);
  }
  return { ...facts };
}
