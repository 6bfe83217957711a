import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** Where a process starts: its built entry, as in production. */
function entryOf(name: ProcessName): string {
  return fileURLToPath(import.meta.resolve(ENTRIES[name])).replace('/src/process.ts', '/dist/process.js');
}

/** Starts a process of the platform and waits until it says that it is ready. */
export async function startProcess(
  name: ProcessName,
  environment: Readonly<Record<string, string>>,
): Promise<PlatformProcess> {
  const child = spawn(process.execPath, ['--enable-source-maps', entryOf(name)], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  const facts = await readFacts(child, name, () => lines.join(''));
  return {
    name,
    pid: child.pid ?? 0,
    facts,
    log: () => lines.join(''),
    ended,
    async kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
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
