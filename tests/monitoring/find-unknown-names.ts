import { createMetrics, METRICS, type MetricDefinition } from '@outrider/telemetry';
import { readNames, type Selector } from './read-selectors.js';

/** The labels of each series that Prometheus may know, with all their values where those are a closed list. */
type KnownSeries = ReadonlyMap<string, ReadonlyMap<string, readonly string[] | null>>;

/** What Prometheus adds to every series that it scrapes. */
const SCRAPED = new Map<string, null>([
  ['job', null],
  ['instance', null],
]);
const OWN_SERIES = ['up', 'ALERTS'];
const OWN_LABELS = new Map<string, null>([
  ...SCRAPED,
  ['alertname', null],
  ['alertstate', null],
  ['severity', null],
]);

/** Every series that a query may name: of the catalogue, of Node.js, of Prometheus itself, and those that rules record. */
export async function knownSeries(recorded: readonly string[]): Promise<KnownSeries> {
  const known = new Map<string, ReadonlyMap<string, readonly string[] | null>>();
  for (const [name, definition] of Object.entries<MetricDefinition>(METRICS)) {
    const labels = new Map<string, readonly string[] | null>([
      ...SCRAPED,
      ...Object.entries(definition.labels),
    ]);
    for (const series of seriesOf(name, definition.kind, labels)) known.set(...series);
  }
  const ofNode = await createMetrics('api', { version: 'x' }).registry.getMetricsAsJSON();
  for (const { name, type } of ofNode) {
    if (name.startsWith('outrider_')) continue;
    for (const series of seriesOf(name, String(type), SCRAPED)) known.set(...series);
  }
  for (const name of OWN_SERIES) known.set(name, OWN_LABELS);
  // What a rule records has the labels that its own query keeps, which is looked at there.
  for (const name of recorded) known.set(name, new Map());
  return known;
}

type Labels = ReadonlyMap<string, readonly string[] | null>;

function seriesOf(name: string, kind: string, labels: Labels): [string, Labels][] {
  if (kind !== 'histogram') return [[name, labels]];
  return [
    [`${name}_bucket`, new Map([...labels, ['le', null]])],
    [`${name}_sum`, labels],
    [`${name}_count`, labels],
  ];
}

/** What a query names that is not there, in words; an alert on it would never fire, and a panel stay empty. */
export function unknownNames(query: string, known: KnownSeries): string[] {
  const { selectors, labels } = readNames(query);
  const all = new Set(selectors.flatMap(({ metric }) => [...(known.get(metric)?.keys() ?? [])]));
  return [
    ...selectors.flatMap((selector) => unknownIn(selector, known)),
    ...labels
      .filter((label) => !all.has(label))
      .map((label) => `no metric of the query has the label ${label}`),
  ];
}

function unknownIn({ metric, matchers }: Selector, known: KnownSeries): string[] {
  const labels = known.get(metric);
  if (labels === undefined) return [`${metric} is no metric`];
  return matchers.flatMap(({ label, operator, value }) => {
    const values = labels.get(label);
    if (values === undefined) return [`${metric} has no label ${label}`];
    if (values === null) return [];
    const wanted = operator.endsWith('~') ? value.split('|') : [value];
    return wanted
      .filter((one) => !values.includes(one))
      .map((one) => `${label} of ${metric} is never ${one}`);
  });
}
