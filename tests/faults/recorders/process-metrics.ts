import { request } from 'undici';
import type { PlatformProcess } from '../../platform/child-process.js';

/** The value of a counter or gauge without labels, as a process serves it; null when it does not answer. */
export async function readMetric(
  process: PlatformProcess,
  name: string,
  host = '127.0.0.1',
): Promise<number | null> {
  const port = process.facts['metricsPort'] ?? process.facts['port'];
  try {
    const answer = await request(`http://${host}:${String(port)}/metrics`, { headersTimeout: 5_000 });
    const line = (await answer.body.text()).split('\n').find((text) => text.startsWith(`${name} `));
    return line === undefined ? null : Number(line.slice(name.length + 1));
  } catch {
    return null;
  }
}

/** Whether a process says that it is well; false when it does not answer. */
export async function isHealthy(process: PlatformProcess, host = '127.0.0.1'): Promise<boolean> {
  const port = process.facts['metricsPort'] ?? process.facts['port'];
  try {
    const answer = await request(`http://${host}:${String(port)}/healthz`, { headersTimeout: 5_000 });
    await answer.body.dump();
    return answer.statusCode === 200;
  } catch {
    return false;
  }
}
