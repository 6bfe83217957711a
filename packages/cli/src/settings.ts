import { resolve } from 'node:path';
import { parseSettings, type Settings } from '@outrider/shared';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line reads from its environment. */
export interface CliSettings {
  readonly settings: Settings;
  /** OUTRIDER_DATA_DIR, absolute: the processes that `up` starts must mean the same folder. */
  readonly dataDir: string;
  /** The whole environment, for the processes that are started. */
  readonly environment: Environment;
  /** How the person called this program, to show commands that can be copied. */
  readonly programName: string;
}

/** The environment of the command line: the only place that touches it. */
export function readEnvironment(): Environment {
  return process.env;
}

/** Reads and checks the settings. Throws `invalid_settings`, naming every variable that is wrong. */
export function readSettings(environment: Environment): CliSettings {
  const settings = parseSettings(environment);
  return Object.freeze({
    settings,
    dataDir: resolve(settings.OUTRIDER_DATA_DIR),
    environment,
    // npm names the script it runs, whichever it is.
    programName: environment['npm_lifecycle_event'] === undefined ? 'outrider' : 'npm run outrider --',
  });
}

/** The npm script that this program runs as, and what npm was told on its own command line or in its files. */
export interface NpmScript {
  readonly script: 'crawl' | 'outrider' | 'start';
  /** By npm's names: `max_pages`. */
  readonly config: ReadonlyMap<string, string>;
}

const CONFIG = 'npm_config_';
/** How package managers name themselves where a person could have named a User-Agent, and scopes of packages. */
const OF_NPM = /^(?:(?:npm|pnpm|yarn|bun)\/|@)/;

/** The npm script of the repository that this program was started by; null when it was started in another way. */
export function readNpmScript(environment: Environment): NpmScript | null {
  const script = environment['npm_lifecycle_event'];
  if (script !== 'crawl' && script !== 'outrider' && script !== 'start') return null;
  const config = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || !name.startsWith(CONFIG) || OF_NPM.test(value)
      ? []
      : [[name.slice(CONFIG.length), value] as const],
  );
  return { script, config: new Map(config) };
}
