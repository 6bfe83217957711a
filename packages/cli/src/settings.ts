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
