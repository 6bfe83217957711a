import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from './create-metrics.js';
import { METRICS, type MetricDefinition, metricNamesOf, SERVICES, type Service } from './metric-catalogue.js';

const VERSION = { version: '1.2.3' };

/** Writes every metric of a service once, with the first value of each label. */
function writeAll<S extends Service>(service: S, metrics: Metrics<S>): void {
  // The names and labels come from the catalogue itself, which the types cannot follow.
  const write = metrics as unknown as Record<'increment' | 'set' | 'observe', (...args: unknown[]) => void>;
  for (const name of metricNamesOf(service)) {
    const { kind, labels }: MetricDefinition = METRICS[name];
    const chosen = Object.fromEntries(Object.entries(labels).map(([label, values]) => [label, values[0]]));
    write[({ counter: 'increment', gauge: 'set', histogram: 'observe' } as const)[kind]](name, chosen, 0.5);
  }
}

describe.each(SERVICES)('the metrics of %s', (service) => {
  it('pass promtool check metrics', async () => {
    const metrics = createMetrics(service, VERSION);
    writeAll(service, metrics);
    const text = await metrics.registry.metrics();
    // promtool ends with an error, which throws here, on a format error as on a breach of the naming rules.
    const output = execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(output).toBe('');
  });

  it('are all there once written, and none of another process is', async () => {
    const metrics = createMetrics(service, VERSION);
    writeAll(service, metrics);
    const text = await metrics.registry.metrics();
    const present = [...text.matchAll(/^# TYPE (outrider_\w+) /gm)].map(([, name]) => name);
    expect(present.sort()).toEqual([...metricNamesOf(service), 'outrider_build_info'].sort());
  });

  it('say what runs', async () => {
    const text = await createMetrics(service, VERSION).registry.metrics();
    expect(text).toContain(`outrider_build_info{version="1.2.3",service="${service}"} 1`);
  });
});

describe('the metrics of a process', () => {
  it('count, set and observe', async () => {
    const worker = createMetrics('worker', VERSION);
    worker.increment('outrider_pages_total', { status_class: '2xx' });
    worker.increment('outrider_pages_total', { status_class: '2xx' }, 4);
    worker.increment('outrider_wire_bytes_total', {}, 1_000);
    worker.observe('outrider_fetch_duration_seconds', {}, 0.02);
    const text = await worker.registry.metrics();
    expect(text).toContain('outrider_pages_total{status_class="2xx"} 5');
    expect(text).toContain('outrider_wire_bytes_total 1000');
    expect(text).toContain('outrider_fetch_duration_seconds_bucket{le="0.025"} 1');
    expect(text).toContain('outrider_fetch_duration_seconds_bucket{le="0.01"} 0');
  });

  it('show a labelled counter at zero before anything happened, so that its first step is seen', async () => {
    const text = await createMetrics('orchestrator', VERSION).registry.metrics();
    expect(text).toContain('outrider_reconciler_repairs_total{repair="lane_reclaimed"} 0');
  });

  it('write a value that is not in the catalogue as other', async () => {
    const api = createMetrics('api', VERSION);
    // What arrives at run time is text; the types are left behind on purpose.
    const labels = { route: '/surprise', method: 'BREW', status_class: '2xx' } as never;
    api.observe('outrider_http_request_duration_seconds', labels, 0.01);
    expect(await api.registry.metrics()).toContain('method="other",route="other",status_class="2xx"} 1');
  });

  it('drop labels that are not in the catalogue', async () => {
    const worker = createMetrics('worker', VERSION);
    worker.increment('outrider_wire_bytes_total', { host: 'example.org' } as never, 7);
    expect(await worker.registry.metrics()).toContain('outrider_wire_bytes_total 7');
  });
});
