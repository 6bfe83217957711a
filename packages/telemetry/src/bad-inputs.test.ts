import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logging/create-logger.js';
import { createMetrics } from './metrics/create-metrics.js';
import { METRICS, type MetricDefinition, type MetricName, type Service } from './metrics/metric-catalogue.js';

interface LogCase {
  readonly id: string;
  readonly layer: 'log';
  readonly input: { readonly text: string };
  readonly expected: { readonly lines: number };
}
interface MetricsCase {
  readonly id: string;
  readonly layer: 'metrics';
  readonly input: {
    readonly service: Service;
    readonly metric: MetricName;
    /** `{}` in a value stands for the number of the write. */
    readonly labels: Readonly<Record<string, string>>;
    readonly count: number;
  };
  /** Beside the one series that stands for all values that are not known. */
  readonly expected: { readonly newSeries: number; readonly absent: string };
}

const FILE = new URL('../../../fixtures/bad-inputs/telemetry.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as readonly (LogCase | MetricsCase)[];
const logCases = CASES.filter((one) => one.layer === 'log');
const metricsCases = CASES.filter((one) => one.layer === 'metrics');

/** What a terminal acts on or a reader takes for the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

describe('text from the web in a log', () => {
  it.each(logCases)('$id stays one line of JSON that acts on no terminal', ({ input, expected }) => {
    const lines: string[] = [];
    const logger = createLogger({
      name: 'probe',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    });
    logger.info({ title: input.text }, input.text);
    expect(lines).toHaveLength(expected.lines);
    expect(lines[0]?.endsWith('\n')).toBe(true);
    expect(lines[0]?.slice(0, -1)).not.toMatch(ACTIVE);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', title: input.text, msg: input.text });
  });
});

describe('text from the web in metrics', () => {
  it.each(metricsCases)('$id adds no series', async ({ input, expected }) => {
    const metrics = createMetrics(input.service, { version: '1.2.3' });
    // What arrives at run time is text; the types are left behind on purpose.
    const write = metrics as unknown as Record<'increment' | 'set' | 'observe', (...args: unknown[]) => void>;
    const { kind }: MetricDefinition = METRICS[input.metric];
    const method = ({ counter: 'increment', gauge: 'set', histogram: 'observe' } as const)[kind];
    const writeAll = (from: number, to: number): void => {
      for (let number = from; number < to; number++) {
        const labels = Object.entries(input.labels).map(([label, value]) => [
          label,
          value.replaceAll('{}', String(number)),
        ]);
        write[method](input.metric, Object.fromEntries(labels), 1);
      }
    };
    // The first may add the series that stands for the rest.
    writeAll(100, 101);
    const before = await seriesOf(metrics);
    writeAll(101, 100 + Math.max(2, input.count));
    const after = await seriesOf(metrics);
    expect(after.length - before.length).toBe(expected.newSeries);
    expect(after.join('\n')).not.toContain(expected.absent);
  });
});

async function seriesOf({ registry }: { readonly registry: { metrics(): Promise<string> } }) {
  const text = await registry.metrics();
  // Every series there is, whatever its name: a made-up one would have another.
  return text.split('\n').filter((line) => !/^(#|nodejs_|process_|$)/.test(line));
}
