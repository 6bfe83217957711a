import type { InstanceMetric } from '@outrider/shared/contract';

/** How an execution went on each of its workers, on one row of times. */
export interface WorkerSeries {
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  /** By instance: pages a second at each time, null where nothing was measured. */
  readonly pages: ReadonlyMap<string, readonly (number | null)[]>;
  /** Milliseconds to the last byte at each time, over all workers; null where nothing was fetched. */
  readonly answers: readonly (number | null)[];
}

/** What a worker did in one step of time. */
interface Step {
  pages: number;
  /** Milliseconds of all answers together, and of how many pages. */
  waited: number;
  answered: number;
  /** Seconds that were measured, by lane. */
  readonly lanes: Map<string, number>;
}

/** Samples of several lanes are some moments apart: what is in the same step of so many seconds is put together. */
const STEP_SECONDS = 5;

/** Puts the samples of an execution, of any number of workers and lanes and in any order, side by side. */
export function workerSeries(samples: readonly InstanceMetric[], executionId: string): WorkerSeries {
  const instances = new Map<string, Map<number, Step>>();
  for (const sample of samples) {
    if (sample.executionId !== executionId) continue;
    const at = Math.floor(Date.parse(sample.recordedAt) / 1_000 / STEP_SECONDS) * STEP_SECONDS;
    const steps = entry(instances, sample.instanceId, () => new Map<number, Step>());
    addSample(
      entry(steps, at, () => ({ pages: 0, waited: 0, answered: 0, lanes: new Map() })),
      sample,
    );
  }
  const all = [...instances.values()];
  const times = [...new Set(all.flatMap((steps) => [...steps.keys()]))].sort((a, b) => a - b);
  return {
    times,
    pages: new Map([...instances].map(([id, steps]) => [id, times.map((time) => rateOf(steps.get(time)))])),
    answers: times.map((time) => meanAnswer(all.flatMap((steps) => steps.get(time) ?? []))),
  };
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function addSample(step: Step, sample: InstanceMetric): void {
  const { laneId, seconds, pagesPerSecond, averageResponseTimeMs } = sample;
  const pages = pagesPerSecond * seconds;
  step.pages += pages;
  step.lanes.set(laneId, (step.lanes.get(laneId) ?? 0) + seconds);
  if (averageResponseTimeMs === null) return;
  step.answered += pages;
  step.waited += pages * averageResponseTimeMs;
}

/** Lanes run side by side: the longest of them is how long the worker was measured. */
function rateOf(step: Step | undefined): number | null {
  if (step === undefined) return null;
  const seconds = Math.max(...step.lanes.values());
  return seconds === 0 ? null : step.pages / seconds;
}

function meanAnswer(steps: readonly Step[]): number | null {
  const answered = steps.reduce((sum, step) => sum + step.answered, 0);
  return answered === 0 ? null : steps.reduce((sum, step) => sum + step.waited, 0) / answered;
}
