import type { PerformanceSample } from '@outrider/db';

const SAMPLE_INTERVAL_MS = 5_000;

/** Has a sample taken every five seconds. */
export function startSampling(take: () => Promise<void>): { stop(): void } {
  const timer = setInterval(() => void take(), SAMPLE_INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}

/** What happened in a lane since the last sample, and since its start. */
export class LaneMeter {
  #since = performance.now();
  #cpu = process.cpuUsage();
  #settled = 0;
  #failed = 0;
  #fetches = 0;
  #fetchMs = 0;
  #bytes = 0;
  #processed = 0;

  fetched(totalMs: number, wireBytes: number): void {
    this.#fetches += 1;
    this.#fetchMs += totalMs;
    this.#bytes += wireBytes;
  }

  settled(failed: boolean): void {
    this.#settled += 1;
    this.#processed += 1;
    if (failed) this.#failed += 1;
  }

  /** The sample since the last one. `queueSize`: URLs claimed and not settled. */
  sample(queueSize: number): PerformanceSample {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.#since) / 1_000);
    const cpu = process.cpuUsage(this.#cpu);
    const sample: PerformanceSample = {
      seconds,
      pagesPerSecond: this.#settled / seconds,
      averageResponseTimeMs: this.#fetches === 0 ? null : this.#fetchMs / this.#fetches,
      successRate: this.#settled === 0 ? null : 1 - this.#failed / this.#settled,
      errorRate: this.#settled === 0 ? null : this.#failed / this.#settled,
      cpuUsagePercent: (cpu.user + cpu.system) / 10_000 / seconds,
      memoryUsageMb: memoryMb(),
      queueSize,
      processedCount: this.#processed,
      bandwidthMbps: (this.#bytes * 8) / 1_000_000 / seconds,
      requestsPerMinute: (this.#fetches / seconds) * 60,
    };
    this.#since = now;
    this.#cpu = process.cpuUsage();
    this.#settled = 0;
    this.#failed = 0;
    this.#fetches = 0;
    this.#fetchMs = 0;
    this.#bytes = 0;
    return sample;
  }
}

/** Resident memory of this process in mebibytes. */
export function memoryMb(): number {
  return process.memoryUsage.rss() / 1_048_576;
}
