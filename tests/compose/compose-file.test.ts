import { existsSync, readFileSync } from 'node:fs';
import { SETTINGS } from '@outrider/shared';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}
interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}
interface PrometheusFile {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
  }[];
}

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const composeText = read('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as ComposeFile;
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.image?.startsWith('outrider'));

/** The schema's `id`s are of an older draft than it declares, and its own name has a second spelling. */
const withoutNames = (key: string, value: unknown) =>
  (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value;

function schemaErrors(file: unknown): string[] {
  // Its `duration` is Go's, not the ISO 8601 one that validators know.
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(JSON.parse(read('fixtures/compose-spec.json'), withoutNames) as object);
  validate(file);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

describe('docker-compose.yml', () => {
  it('follows the Compose Specification', () => {
    expect(schemaErrors(compose)).toEqual([]);
  });

  it('is really held to the schema: a misspelt key is refused', () => {
    const broken = { services: { api: { imagee: 'x' } } };
    expect(schemaErrors(broken)).not.toEqual([]);
  });

  it('has every role of the platform', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      ['api', 'grafana', 'migrate', 'orchestrator', 'postgres', 'prometheus', 'redis', 'worker'].sort(),
    );
  });

  it('starts what only looks on when it is asked for by its profile', () => {
    const onDemand = services.filter(([, { profiles }]) => profiles !== undefined);
    expect(onDemand.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['prometheus', ['monitoring']],
      ['grafana', ['monitoring']],
    ]);
    for (const [name, { depends_on = {}, profiles }] of services) {
      // A service that always starts must not wait for one that may not.
      if (profiles === undefined) expect(Object.keys(depends_on), name).not.toContain('prometheus');
    }
  });

  it('mounts only files and folders that are there', () => {
    const sources = services
      .flatMap(([, { volumes = [] }]) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => source.startsWith('.'));
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) expect(existsSync(new URL(source, ROOT)), source).toBe(true);
  });

  it('sets only variables that are settings', () => {
    for (const [name, { environment = {} }] of ours) {
      for (const variable of Object.keys(environment)) {
        expect(Object.keys(SETTINGS), `${name}: ${variable}`).toContain(variable);
      }
    }
  });

  it('gives values that the settings accept', () => {
    for (const [name, { environment = {} }] of ours) {
      for (const [variable, { schema }] of Object.entries(SETTINGS)) {
        const value = environment[variable];
        if (value !== undefined)
          expect(schema.safeParse(String(value)).success, `${name}: ${variable}`).toBe(true);
      }
    }
  });

  it('gives workers longer to stop than the 30 seconds their lanes may take to wind down', () => {
    expect(compose.services['worker']?.stop_grace_period).toBe('60s');
  });

  it('takes every secret from .env, and .env.example names each', () => {
    const used = [...composeText.matchAll(/\$\{(\w+)/g)].map((match) => match[1]);
    const offered = [...read('.env.example').matchAll(/^(\w+)=/gm)].map((match) => match[1]);
    expect([...new Set(used)].sort()).toEqual(offered.sort());
    expect(composeText.match(/\$\{\w+\}/g)).toBeNull();
  });

  it('checks the health of every service that stays up', () => {
    const unchecked = services.filter(([, service]) => !service.healthcheck).map(([name]) => name);
    expect(unchecked).toEqual(['migrate']);
  });

  it('starts our processes only after healthy stores and a finished migration', () => {
    for (const [name, { depends_on }] of ours.filter(([role]) => role !== 'migrate')) {
      expect(depends_on, name).toEqual({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
    }
  });

  it('builds each of its images once, from a stage that the Dockerfile has', () => {
    const built = ours.flatMap(([, { image, build }]) =>
      build === undefined ? [] : [[image, build.target]],
    );
    expect(built).toEqual([
      ['outrider:local', 'platform'],
      ['outrider-worker:local', 'worker'],
    ]);
    expect(new Set(ours.map(([, { image }]) => image))).toEqual(new Set(built.map(([image]) => image)));
    const stages = [...read('Dockerfile').matchAll(/^FROM \S+ AS (\w+)$/gm)].map((match) => match[1]);
    expect(stages).toEqual(['build', 'platform', 'worker']);
  });

  it('gives workers, and nobody else, a Chromium, without its own sandbox and within the one of the container', () => {
    const stages = read('Dockerfile').split(/^FROM /m);
    const withChromium = stages.filter((stage) => /apt-get install[^&]*chromium-headless-shell/.test(stage));
    expect(withChromium.map((stage) => stage.split('\n')[0])).toEqual(['platform AS worker']);
    // The stage ends as the account it began as.
    expect(withChromium[0]?.match(/^USER \w+$/gm)?.at(-1)).toBe('USER node');
    const sandboxes = ours.map(([name, { environment = {} }]) => [
      name,
      environment['OUTRIDER_CHROMIUM_SANDBOX'],
    ]);
    expect(Object.fromEntries(sandboxes)).toEqual({
      migrate: undefined,
      api: undefined,
      orchestrator: undefined,
      worker: '0',
    });
    for (const [name, service] of ours) {
      expect(service, name).toMatchObject({
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        read_only: true,
        tmpfs: [expect.stringMatching(/^\/tmp:/)],
      });
    }
  });

  it('publishes ports on loopback only', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('starts programs whose sources exist', () => {
    for (const [name, { command = [] }] of ours) {
      const [runtime, ...args] = command;
      expect(runtime, name).toBe('node');
      const program = args.find((arg) => !arg.startsWith('--')) ?? '';
      const source = program.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
      expect(existsSync(new URL(source, ROOT)), `${name}: ${source}`).toBe(true);
    }
  });

  it('keeps the data of every store in a declared volume', () => {
    const mounted = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0]);
    const named = mounted.filter((source) => source !== undefined && !source.startsWith('.'));
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});

describe('prometheus.yml', () => {
  it('scrapes each of our services on the port it serves metrics on', () => {
    const { scrape_configs } = parse(read('ops/prometheus/prometheus.yml')) as PrometheusFile;
    const scraped = scrape_configs.map(({ dns_sd_configs }) => [
      dns_sd_configs[0]?.names[0],
      dns_sd_configs[0]?.port,
    ]);
    const served = ours
      .filter(([name]) => name !== 'migrate')
      .map(([name, { environment = {} }]) => [name, environment['PORT'] ?? environment['METRICS_PORT']]);
    expect(scraped.sort()).toEqual(served.sort());
  });
});

describe('Grafana', () => {
  const mountOf = (service: string, source: string): string | undefined =>
    compose.services[service]?.volumes?.find((volume) => volume.startsWith(`${source}:`))?.split(':')[1];

  it('asks the Prometheus of the same file, and finds the dashboard where it is mounted', () => {
    const sources = parse(read('ops/grafana/provisioning/datasources/prometheus.yml')) as {
      readonly datasources: readonly {
        readonly url: string;
        readonly jsonData: { readonly timeInterval: string };
      }[];
    };
    const { providers } = parse(read('ops/grafana/provisioning/dashboards/outrider.yml')) as {
      readonly providers: readonly { readonly options: { readonly path: string } }[];
    };
    expect(sources.datasources.map(({ url }) => url)).toEqual(['http://prometheus:9090']);
    const { global } = parse(read('ops/prometheus/prometheus.yml')) as {
      readonly global: { readonly scrape_interval: string };
    };
    expect(sources.datasources[0]?.jsonData.timeInterval).toBe(global.scrape_interval);
    expect(mountOf('grafana', './ops/grafana/provisioning')).toBe('/etc/grafana/provisioning');
    expect(mountOf('grafana', './ops/grafana/outrider.json')).toBe(
      `${providers[0]?.options.path}/outrider.json`,
    );
  });

  it('is given the rules of Prometheus to show: they are mounted where its configuration looks for them', () => {
    const { rule_files } = parse(read('ops/prometheus/prometheus.yml')) as {
      readonly rule_files: readonly string[];
    };
    expect(rule_files).toEqual(['rules/*.yml']);
    expect(mountOf('prometheus', './ops/prometheus/prometheus.yml')).toBe('/etc/prometheus/prometheus.yml');
    expect(mountOf('prometheus', './ops/prometheus/rules')).toBe('/etc/prometheus/rules');
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('runs as an ordinary user under an init process', () => {
    const platform = dockerfile.slice(dockerfile.indexOf(' AS platform'), dockerfile.indexOf(' AS worker'));
    expect(platform).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^FROM platform AS worker$/m);
    expect(dockerfile.match(/^USER \w+$/gm)?.at(-1)).toBe('USER node');
    expect(platform).toMatch(/^ENTRYPOINT \["tini", "--"\]$/m);
  });

  it('copies only paths that exist and are not ignored', () => {
    const ignored = read('.dockerignore').split('\n');
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(new URL(source, ROOT)), source).toBe(true);
      expect(ignored).not.toContain(source);
    }
  });
});
