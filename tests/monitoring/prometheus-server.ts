import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { stringify } from 'yaml';
import { freePort } from '../setup/free-port.js';

/** One series of an instant query: its labels, and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusServer {
  readonly pid: number;
  /** Asks now. Throws with Prometheus's own words for a query that it cannot answer. */
  query(expression: string): Promise<readonly Sample[]>;
  /** The `data` of a path below `/api/v1`. */
  read(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

const START_ATTEMPTS = 5;
const START_LIMIT_MS = 20_000;

/** Ends Prometheus when its standard input closes, which also happens when the test run is killed. */
const TIED_TO_STDIN = `exec 3<&0
prometheus "$@" 3<&- &
server=$!
(read -r _ <&3; kill -9 $server) 2>/dev/null &
wait $server`;

async function isReady(child: ChildProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const answer = await request(`http://127.0.0.1:${port}/-/ready`).catch(() => null);
    await answer?.body.dump();
    if (answer?.statusCode === 200) return child.exitCode === null;
    await sleep(50);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function readApi(
  port: number,
  path: string,
  form?: Readonly<Record<string, string>>,
): Promise<unknown> {
  const answer = await request(`http://127.0.0.1:${port}/api/v1/${path}`, {
    method: form === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form === undefined ? null : new URLSearchParams(form).toString(),
  });
  const body = (await answer.body.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: unknown;
  };
  if (body.status !== 'success') throw new Error(`${path}: ${body.error ?? body.status}`);
  return body.data;
}

interface VectorData {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
  }[];
}

/**
 * A Prometheus with this configuration on a free loopback port, which keeps its data in a folder of its own.
 * Throws when `prometheus` is not installed, or refuses the configuration.
 */
export async function startPrometheus(configuration: object): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-prometheus-'));
  const file = join(folder, 'prometheus.yml');
  await writeFile(file, stringify(configuration));
  let words = '';
  // Between finding a free port and binding it, somebody else may take it.
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await freePort();
    const child = spawn(
      'sh',
      [
        ...[
          '-c',
          TIED_TO_STDIN,
          'sh',
          `--config.file=${file}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
        ],
        ...[`--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'],
      ],
      { stdio: ['pipe', 'ignore', 'pipe'] },
    );
    child.stdin.on('error', () => undefined); // It ended by itself, which its exit code tells.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    if (await isReady(child, port)) {
      return {
        pid: child.pid ?? 0,
        read: (path) => readApi(port, path),
        query: async (expression) => {
          const { result } = (await readApi(port, 'query', { query: expression })) as VectorData;
          return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
        },
        stop: async () => {
          await end(child);
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    await end(child);
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error(`Prometheus is not installed, or did not start: ${words}`);
}
