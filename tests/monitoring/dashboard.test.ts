import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { dashboard, dashboardQueries, type Panel } from './dashboard-file.js';
import { knownSeries, unknownNames } from './find-unknown-names.js';
import { recordings } from './rule-files.js';

const KNOWN = await knownSeries(recordings.map(({ record }) => record));
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana.
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const shown = dashboard.panels.filter(({ type }) => type !== 'row');

const covers = (one: Panel['gridPos'], other: Panel['gridPos']): boolean =>
  one.x < other.x + other.w &&
  other.x < one.x + one.w &&
  one.y < other.y + other.h &&
  other.y < one.y + one.h;

describe('the dashboard', () => {
  it('has queries that Prometheus can read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'outrider-dashboard-'));
    try {
      const file = join(folder, 'queries.yml');
      const rules = dashboardQueries().map(({ expr }, index) => ({ record: `query_${index}`, expr }));
      writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
      const told = execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      expect(told).toContain(`SUCCESS: ${rules.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(dashboardQueries())(
    '$title asks only for series, labels and values that there are: $expr',
    ({ expr }) => {
      expect(unknownNames(expr, KNOWN)).toEqual([]);
      // A variable that nothing stands for.
      expect(expr).not.toContain('$');
    },
  );

  it('asks the Prometheus that is chosen in it, and no other', () => {
    expect(dashboard.templating.list[0]).toMatchObject({
      name: 'datasource',
      type: 'datasource',
      query: 'prometheus',
    });
    const asked = [
      ...shown.map(({ datasource }) => datasource),
      ...shown.flatMap(({ targets = [] }) => targets.map(({ datasource }) => datasource)),
      ...dashboard.annotations.list.map(({ datasource }) => datasource),
      ...dashboard.templating.list.slice(1).map(({ datasource }) => datasource),
    ];
    for (const one of asked) expect(one).toEqual(DATASOURCE);
  });

  it('says of each panel what it shows, and in which unit', () => {
    for (const { title, description, targets = [], fieldConfig } of shown) {
      expect(description, title).toMatch(/^[A-Z].*\.$/);
      expect(targets.length, title).toBeGreaterThan(0);
      expect(fieldConfig?.defaults.unit, title).toMatch(/\w/);
    }
  });

  it('gives each panel a number and a place of its own', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const [index, one] of dashboard.panels.entries()) {
      expect(one.gridPos.x + one.gridPos.w, one.title).toBeLessThanOrEqual(24);
      const under = dashboard.panels.slice(index + 1).filter((other) => covers(one.gridPos, other.gridPos));
      expect(
        under.map(({ title }) => title),
        one.title,
      ).toEqual([]);
    }
  });
});
