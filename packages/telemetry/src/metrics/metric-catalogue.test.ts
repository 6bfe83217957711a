import { readdirSync, readFileSync } from 'node:fs';
import { API_BASE, ROUTES } from '@outrider/shared';
import { readDocumentedTable } from '@outrider/shared/testing';
import { describe, expect, it } from 'vitest';
import {
  METRICS,
  type MetricDefinition,
  metricNamesOf,
  OTHER,
  SERVICES,
  type Service,
} from './metric-catalogue.js';

const ENTRIES = Object.entries<MetricDefinition>(METRICS);

/** The values of a label as the document lists them; the routes are told apart by their document. */
function labelText(labels: MetricDefinition['labels']): string {
  const parts = Object.entries(labels).map(([label, values]) =>
    label === 'route' ? 'route: a route template' : `${label}: ${values.join(', ')}`,
  );
  return parts.join('; ') || 'none';
}

/** Units that are not Prometheus's base units, which are seconds, bytes and ratios. */
const OTHER_UNITS =
  /_(milliseconds|ms|microseconds|minutes|hours|days|kb|mb|gb|kilobytes|megabytes|percent)(_|$)/;

/** The text of everything that may write a metric: all sources but this catalogue and tests. */
const PACKAGES = new URL('../../../', import.meta.url);
const SOURCES = readdirSync(PACKAGES)
  .filter((name) => name !== 'telemetry')
  .map((name) => new URL(`${name}/src/`, PACKAGES))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /(?<!\.test)\.ts$/.test(path) && !path.includes('testing/'))
      .map((path) => readFileSync(new URL(path, folder), 'utf8')),
  );

/** The most series a metric can have in one process, `other` included. */
function seriesBound({ labels, buckets }: MetricDefinition): number {
  const combinations = Object.values(labels).reduce((product, values) => product * (values.length + 1), 1);
  // Each bucket, the one without a limit, the sum and the count.
  return combinations * (buckets === undefined ? 1 : buckets.length + 3);
}

describe('the metric catalogue', () => {
  it('is the table of docs/metrics.md, both ways', () => {
    const expected = ENTRIES.map(([name, { kind, services, labels, help }]) => ({
      Metric: name,
      Type: kind,
      Process: services.join(', '),
      Labels: labelText(labels),
      Meaning: help,
    }));
    expect(readDocumentedTable('metrics.md', 'Metrics of Outrider')).toEqual(expected);
  });

  it.each(ENTRIES)('%s follows the naming rules of Prometheus', (name, { kind, help, labels, buckets }) => {
    expect(name).toMatch(/^outrider_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    // Suffixes that a histogram or an info metric gives its series by itself.
    expect(name).not.toMatch(/_(count|sum|bucket|info)$/);
    expect(name).not.toMatch(OTHER_UNITS);
    if (/_(duration|lateness|timestamp)_/.test(name)) expect(name).toMatch(/_seconds$/);
    // A point in time is told as one: an age would look young for ever in a process that hangs.
    expect(name).not.toMatch(/_(age|since)(_|$)/);
    expect(help).toMatch(/^[A-Z][^\n]*[^.\n]$/);
    expect(buckets !== undefined).toBe(kind === 'histogram');
    expect(buckets ?? []).toEqual([...new Set(buckets ?? [])].sort((one, other) => one - other));
    for (const label of Object.keys(labels)) {
      expect(label).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(name.split('_')).not.toContain(label);
    }
  });

  it.each(ENTRIES)('%s is written by some process', (name) => {
    expect(SOURCES.filter((text) => text.includes(`'${name}'`))).not.toEqual([]);
  });

  it('bounds the series of each process, however much it crawls and for whom', () => {
    const seriesOf = (service: Service): number =>
      metricNamesOf(service).reduce((sum, name) => sum + seriesBound(METRICS[name]), 0);
    // The API has a method, a route and a status class of each request that it knows.
    const routes = new Set(METRICS.outrider_http_request_duration_seconds.labels.route).size + 1;
    expect(seriesOf('worker')).toBeLessThan(250);
    expect(seriesOf('orchestrator')).toBeLessThan(250);
    expect(seriesOf('api')).toBeLessThan(routes * 8 * 6 * 16 + 250);
  });

  it('has no label for what grows with use', () => {
    const labels = ENTRIES.flatMap(([, definition]) => Object.keys(definition.labels));
    for (const open of ['url', 'host', 'campaign', 'tenant', 'execution', 'instance', 'path', 'error']) {
      expect(labels).not.toContain(open);
    }
  });

  it('lists every route of the API, as its template', () => {
    const routes: readonly string[] = METRICS.outrider_http_request_duration_seconds.labels.route;
    for (const { path } of Object.values(ROUTES)) expect(routes).toContain(`${API_BASE}${path}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it('keeps the word that stands for the rest out of its lists', () => {
    for (const [, { labels }] of ENTRIES) {
      for (const values of Object.values(labels)) expect(values).not.toContain(OTHER);
    }
  });

  it('gives every metric to at least one process', () => {
    const given = new Set<string>(SERVICES.flatMap((service) => metricNamesOf(service)));
    expect([...given].sort()).toEqual(ENTRIES.map(([name]) => name).sort());
  });
});
