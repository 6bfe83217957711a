import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Oracle, startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import type { PlatformProcess } from '../platform/child-process.js';
import { createTestPlatform, type TestPlatform } from '../platform/test-platform.js';
import { dashboardQueries } from './dashboard-file.js';
import { type PrometheusServer, startPrometheus } from './prometheus-server.js';
import {
  ALERT_FILE,
  type AlertRule,
  alerts,
  RECORDING_FILE,
  type RecordingRule,
  type RuleFile,
  readYaml,
  recordings,
} from './rule-files.js';

interface Configuration {
  readonly scrape_configs: readonly { readonly job_name: string }[];
}
interface RuleReport {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly name: string;
      readonly health: string;
      readonly lastError?: string;
    }[];
  }[];
}

/** How often Prometheus looks here, and how long an alert waits: what is shipped says a minute and more. */
const EVERY = '1s';
const ALERT_AFTER = '2s';

describe('a platform that a real Prometheus watches', () => {
  let oracle: Oracle;
  let platform: TestPlatform;
  let prometheus: PrometheusServer | null = null;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outrider-watched-'));
    oracle = await startOracle({ seed: 11, pages: 200, linksPerPage: 5, delayMs: 1, plant: { notFound: 7 } });
    platform = await createTestPlatform({
      queue: 'postgres',
      postgresAdminUrl: inject('postgresAdminUrl'),
      redisUrl: inject('redisUrl'),
    });
  });

  afterEach(async () => {
    await prometheus?.stop();
    await platform.close();
    await oracle.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The rules as they are shipped, with less patience. */
  async function hastyRules(): Promise<string[]> {
    const files = [ALERT_FILE, RECORDING_FILE];
    return Promise.all(
      files.map(async (file, index) => {
        const { groups } = readYaml(file) as RuleFile<AlertRule | RecordingRule>;
        const hasty = groups.map((group) => ({
          ...group,
          rules: group.rules.map((rule) => ('for' in rule ? { ...rule, for: ALERT_AFTER } : rule)),
        }));
        const path = join(folder, `rules-${index}.yml`);
        await writeFile(path, stringify({ groups: hasty }));
        return path;
      }),
    );
  }

  /** Prometheus by the configuration that is shipped, which finds its targets by these addresses and not by DNS. */
  async function watch(processes: readonly PlatformProcess[]): Promise<PrometheusServer> {
    const shipped = readYaml('ops/prometheus/prometheus.yml') as Configuration;
    const scrape_configs = shipped.scrape_configs.map(({ job_name }) => ({
      job_name,
      static_configs: [
        { targets: processes.filter(({ name }) => name === job_name).map((one) => addressOf(one)) },
      ],
    }));
    return startPrometheus({
      global: { scrape_interval: EVERY, scrape_timeout: EVERY, evaluation_interval: EVERY },
      rule_files: await hastyRules(),
      scrape_configs,
    });
  }

  it('scrapes every process, answers what rules and dashboard ask, and tells of a worker that falls silent', {
    timeout: 120_000,
  }, async () => {
    const processes = await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker'),
      platform.start('worker'),
    ]);
    const server = await watch(processes);
    prometheus = server;
    const ask = async (query: string): Promise<number | undefined> => (await server.query(query))[0]?.value;

    await expect.poll(() => ask('sum(up)'), { timeout: 20_000, interval: 200 }).toBe(processes.length);
    const before = await server.query('outrider_build_info');
    expect(before.map(({ labels }) => labels['service']).sort()).toEqual([
      'api',
      'orchestrator',
      'worker',
      'worker',
    ]);

    await crawl();
    await expect
      .poll(() => ask('sum(outrider_pages_total)'), { timeout: 10_000, interval: 200 })
      .toBe(oracle.expected.fetched);
    // Gauges of the ledger are renewed every ten seconds.
    await expect
      .poll(() => ask('max(outrider_executions{status="completed"})'), { timeout: 30_000, interval: 200 })
      .toBe(1);
    expect(await ask('sum(outrider_pages_total{status_class="4xx"})')).toBe(7);
    expect(await ask('sum(outrider_errors_total{type="http"})')).toBe(7);
    expect(await ask('min(outrider_database_up)')).toBe(1);
    expect(await ask('max(outrider_frontier_urls{state="pending"})')).toBe(0);
    expect(await ask('sum(outrider_lane_capacity)')).toBe(2);

    await expectRulesAreWell(server);
    await expectDashboardIsFilled(server);
    await expectSilenceIsTold(server, processes);
  });

  async function crawl(): Promise<void> {
    const campaign = await platform.api.call('createCampaign', {
      body: { name: 'watched', seeds: [oracle.seedUrl] },
    });
    const { execution } = await platform.api.call('startCampaign', { params: { id: campaign.id }, body: {} });
    const read = () => platform.api.call('getExecution', { params: { id: execution.id } });
    await expect
      .poll(async () => (await read()).status, { timeout: 60_000, interval: 200 })
      .toBe('completed');
  }
});

const addressOf = ({ name, facts }: PlatformProcess): string =>
  `127.0.0.1:${String(name === 'api' ? facts['port'] : facts['metricsPort'])}`;

/** Every rule is loaded and was evaluated without an error, and every recorded series has a value. */
async function expectRulesAreWell(server: PrometheusServer): Promise<void> {
  const { groups } = (await server.read('rules')) as RuleReport;
  const rules = groups.flatMap((group) => group.rules);
  const names = [...alerts.map(({ alert }) => alert), ...recordings.map(({ record }) => record)];
  expect(rules.map(({ name }) => name).sort()).toEqual(names.sort());
  expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  for (const { record } of recordings) expect(await server.query(record), record).not.toEqual([]);
}

/** No query of the dashboard is refused, and none is empty once something was crawled. */
async function expectDashboardIsFilled(server: PrometheusServer): Promise<void> {
  for (const { title, expr } of dashboardQueries()) {
    const series = await server.query(expr);
    if (title !== 'annotations') expect(series.length, `${title}: ${expr}`).toBeGreaterThan(0);
  }
}

/** A worker that is stopped, and not ended, is told of by name; the one beside it is not, and all is well when it goes on. */
async function expectSilenceIsTold(
  server: PrometheusServer,
  processes: readonly PlatformProcess[],
): Promise<void> {
  const worker = processes.findLast(({ name }) => name === 'worker');
  if (worker === undefined) throw new Error('there is no worker');
  const firing = async (alert: string): Promise<readonly (string | undefined)[]> => {
    const series = await server.query(`ALERTS{alertname="${alert}", alertstate="firing"}`);
    return series.map(({ labels }) => labels['instance']);
  };
  expect(await firing('OutriderWorkerSilent')).toEqual([]);
  process.kill(worker.pid, 'SIGSTOP');
  try {
    await expect
      .poll(() => firing('OutriderWorkerSilent'), { timeout: 20_000, interval: 200 })
      .toEqual([addressOf(worker)]);
    expect(await firing('OutriderNoWorker')).toEqual([]);
  } finally {
    process.kill(worker.pid, 'SIGCONT');
  }
  await expect.poll(() => firing('OutriderWorkerSilent'), { timeout: 20_000, interval: 200 }).toEqual([]);
}
