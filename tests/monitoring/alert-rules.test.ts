import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDocumentedTable } from '@outrider/shared/testing';
import { METRICS } from '@outrider/telemetry';
import { expect, it } from 'vitest';
import { knownSeries, unknownNames } from './find-unknown-names.js';
import { ALERT_FILE, alerts, pathOf, RECORDING_FILE, readText, readYaml, recordings } from './rule-files.js';

const RULE_TESTS = 'ops/prometheus/rule-tests/alerts.yml';
const KNOWN = await knownSeries(recordings.map(({ record }) => record));

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
}

const promtool = (...args: string[]): string => execFileSync('promtool', args, { encoding: 'utf8' });

it('the rules and both configurations are ones that Prometheus takes', () => {
  const all = alerts.length + recordings.length;
  const counts = promtool('check', 'rules', pathOf(ALERT_FILE), pathOf(RECORDING_FILE)).matchAll(
    /(\d+) rules found/g,
  );
  expect([...counts].reduce((sum, [, count]) => sum + Number(count), 0)).toBe(all);
  for (const file of ['prometheus.yml', 'one-machine.yml']) {
    expect(promtool('check', 'config', pathOf(`ops/prometheus/${file}`))).toContain('SUCCESS');
  }
});

it('every alert fires when it should and not when it should not', { timeout: 120_000 }, () => {
  expect(promtool('test', 'rules', pathOf(RULE_TESTS))).toContain('SUCCESS');
});

it('has for every alert a case in which it fires and one in which it does not', () => {
  const cases = (readYaml(RULE_TESTS) as RuleTests).tests.flatMap((one) => one.alert_rule_test);
  const names = (fires: boolean) =>
    [
      ...new Set(
        cases.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname),
      ),
    ].sort();
  const wanted = alerts.map(({ alert }) => alert).sort();
  expect(names(true)).toEqual(wanted);
  expect(names(false)).toEqual(wanted);
});

it('is really held to the cases: a limit that is not the one they were written for turns them red', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outrider-rules-'));
  try {
    cpSync(pathOf('ops/prometheus'), folder, { recursive: true });
    const file = join(folder, 'rules/alerts.yml');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace('ratio_rate5m > 0.25 ', 'ratio_rate5m > 0.5 ');
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
    const { status, stdout, stderr } = spawnSync(
      'promtool',
      ['test', 'rules', join(folder, 'rule-tests/alerts.yml')],
      {
        encoding: 'utf8',
      },
    );
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain('OutriderErrorShareHigh');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.each([
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...recordings.map(({ record, expr }) => [record, expr] as const),
])('%s asks only for series, labels and values that there are', (_, expr) => {
  expect(unknownNames(expr, KNOWN)).toEqual([]);
});

it('asks in vain for a metric, a label or a value that there is not, and hears of it', () => {
  expect(unknownNames('rate(outrider_page_total[5m])', KNOWN)).toEqual(['outrider_page_total is no metric']);
  expect(unknownNames('outrider_lanes{status="active"}', KNOWN)).toEqual([
    'outrider_lanes has no label status',
  ]);
  expect(unknownNames('outrider_lanes{state=~"active|busy"}', KNOWN)).toEqual([
    'state of outrider_lanes is never busy',
  ]);
  expect(unknownNames('sum by (cause) (outrider_lanes)', KNOWN)).toEqual([
    'no metric of the query has the label cause',
  ]);
});

it('each alert says what it means, how bad it is, and where to read what to do', () => {
  for (const { alert, labels, annotations } of alerts) {
    expect(alert).toMatch(/^Outrider[A-Z][A-Za-z]+$/);
    expect(['info', 'warning', 'critical'], alert).toContain(labels.severity);
    expect(annotations.summary, alert).toMatch(/\S.*[^.]$/);
    expect(annotations.description, alert).toMatch(/^[A-Z][^{}]*\.$/);
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    // The part of the page up to the next heading.
    const part = readText('docs/operations.md')
      .split(/^#+ /m)
      .find((text) => text.startsWith(`${alert}\n`));
    expect(part?.slice(alert.length).trim(), alert).toMatch(/^[A-Z`][\s\S]{40,}\.$/);
  }
});

it('docs/operations.md has every alert in its table, as the rules have it', () => {
  expect(readDocumentedTable('operations.md', 'Alerts')).toEqual(
    alerts.map(({ alert, labels, annotations, ...rule }) => ({
      Alert: alert,
      Severity: labels.severity,
      After: rule.for ?? 'at once',
      Meaning: annotations.description,
    })),
  );
});

it('docs/operations.md has every recorded series in its table', () => {
  const rows = readDocumentedTable('operations.md', 'Recorded series');
  expect(rows.map((row) => row['Series'])).toEqual(recordings.map(({ record }) => record));
});

it('the questions of docs/metrics.md are asked of metrics that there are', () => {
  const rows = readDocumentedTable('metrics.md', 'Questions and their queries');
  for (const row of rows) expect(unknownNames(row['Query'] ?? '', KNOWN), row['Question']).toEqual([]);
});

it('no metric is exported that neither an alert nor the dashboard looks at', () => {
  const asked = [readText(ALERT_FILE), readText(RECORDING_FILE), readText('ops/grafana/outrider.json')].join(
    '\n',
  );
  const unseen = Object.keys(METRICS).filter(
    (name) => !new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(asked),
  );
  expect(unseen).toEqual([]);
});
