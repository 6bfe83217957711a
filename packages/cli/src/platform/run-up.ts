import { join } from 'node:path';
import { ApiClient } from '../client/api-client.js';
import { API_KEY_FILE, readApiKey } from '../client/locate-api.js';
import { renderFacts } from '../display/render-facts.js';
import { CliError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import type { CliSettings } from '../settings.js';
import { findEntryPoints } from './entry-points.js';
import { findPlatform } from './find-platform.js';
import { RESTART_POLICY } from './keep-running.js';
import { prepareDataDir } from './prepare-data-dir.js';
import { type Platform, startPlatform } from './start-platform.js';
import { answerPolicy } from './watch-answers.js';

export interface UpOptions {
  readonly workers?: number;
  readonly port?: number;
  readonly json: boolean;
}

/** Runs the platform until a signal asks for its end, which is then what was wanted: no failure. */
export async function runUp(context: CommandContext, options: UpOptions): Promise<void> {
  const settings = context.settings();
  const { terminal } = context;
  const interrupts = context.interrupts();
  await refuseSecond(settings);
  await prepareDataDir(settings.dataDir);
  const hadKey = (await readApiKey(settings)) !== null;
  terminal.note(`Starting Outrider in ${settings.dataDir}`);
  const platform = startPlatform({
    dataDir: settings.dataDir,
    environment: settings.environment,
    entryPoints: findEntryPoints(),
    host: settings.settings.OUTRIDER_HOST,
    port: options.port ?? settings.settings.PORT,
    workers: options.workers ?? settings.settings.OUTRIDER_WORKERS,
    metricsPort: settings.settings.METRICS_PORT,
    report: terminal.note,
    policy: RESTART_POLICY,
    answers: answerPolicy(settings.settings.OUTRIDER_LANE_LEASE_MS),
  });
  interrupts.beforeForcedExit(() => platform.kill());
  const asked = untilAborted(interrupts.signal);
  try {
    const outcome = await Promise.race([platform.ready.then(() => 'ready' as const), asked]);
    if (outcome === 'ready') await announce(context, platform, { json: options.json, showKey: !hadKey });
    await Promise.race([asked, platform.failed]);
    terminal.note('Stopping: workers, orchestrator, API, database. Ctrl-C once more ends them at once.');
  } finally {
    await platform.stop();
  }
  terminal.note('Everything has ended in order.');
}

async function refuseSecond({ dataDir, programName }: CliSettings): Promise<void> {
  const running = await findPlatform(dataDir);
  if (running === null) return;
  throw new CliError(
    'failed',
    `A platform runs in ${dataDir} already: ${running.apiUrl}, process ${running.pid}, since ${running.startedAt}. ` +
      `Use it (\`${programName} campaigns\`), stop it (kill ${running.pid}), or choose another directory with OUTRIDER_DATA_DIR.`,
  );
}

interface Announcement {
  readonly json: boolean;
  /** The first start has made a key: it is shown this once. */
  readonly showKey: boolean;
}

async function announce(
  context: CommandContext,
  platform: Platform,
  { json, showKey }: Announcement,
): Promise<void> {
  const settings = context.settings();
  const { dataDir } = settings;
  const apiUrl = await platform.apiUrl;
  const docsUrl = `${apiUrl}/docs`;
  const dashboardUrl = `${apiUrl}/`;
  const isOwnKey = settings.settings.OUTRIDER_API_KEY === undefined;
  const apiKeyFile = isOwnKey ? join(dataDir, API_KEY_FILE) : null;
  if (json) {
    context.terminal.print(
      JSON.stringify({ apiUrl, dashboardUrl, docsUrl, apiKeyFile, dataDir, pid: process.pid }),
    );
    return;
  }
  const known = await readApiKey(settings);
  const key = showKey ? known : null;
  const link = known === null ? null : await signInLink(apiUrl, known);
  const facts = renderFacts([
    ['  Dashboard', link === null ? dashboardUrl : `${link} (signs you in once, within ten minutes)`],
    ['  API', apiUrl],
    ['  Documentation', docsUrl],
    ['  API key', key === null ? (apiKeyFile ?? 'the one in OUTRIDER_API_KEY') : `${key} (shown this once)`],
    ['  Kept in', key === null ? null : apiKeyFile],
    ['  Data and logs', dataDir],
    ['  Database', platform.databaseOutside()],
  ]);
  context.terminal.print(`\nOutrider is up.\n${facts}\n`);
}

/** The address that opens the dashboard signed in: the token is in the fragment, which is sent to no server. Null when there is none to be had. */
async function signInLink(apiUrl: string, apiKey: string): Promise<string | null> {
  const client = new ApiClient({ apiUrl, apiKey });
  try {
    const { token } = await client.call('createSignInLink', {});
    return token === null ? null : `${apiUrl}/welcome#${token}`;
  } catch {
    // The key in the data directory may have been revoked: then somebody types another one.
    return null;
  } finally {
    await client.close();
  }
}

function untilAborted(signal: AbortSignal): Promise<'asked'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('asked');
    else signal.addEventListener('abort', () => resolve('asked'), { once: true });
  });
}
