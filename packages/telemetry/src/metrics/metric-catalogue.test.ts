import { API_BASE, ROUTES } from '@outrider/shared';
import { readDocumentedTable } from '@outrider/shared/testing';
import { describe, expect, it } from 'vitest';
import { METRICS, type MetricDefinition, metricNamesOf, OTHER, SERVICES } from './metric-catalogue.js';

const ENTRIES = Object.entries<MetricDefinition>(METRICS);

/** The values of a label as the document lists them; the routes are told apart by their document. */
function labelText(labels: MetricDefinition['labels']): string {
  const parts = Object.entries(labels).map(([label, values]) =>
    label === 'route' ? 'route: a route template' : `${label}: ${values.join(', ')}`,
  );
  return parts.join('; ') || 'none';
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
    if (/_duration_|_age_/.test(name)) expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/^[A-Z].*[^.]$/);
    expect(buckets !== undefined).toBe(kind === 'histogram');
    for (const label of Object.keys(labels)) expect(label).toMatch(/^[a-z_]+$/);
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
