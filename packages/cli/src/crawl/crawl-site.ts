import { type Campaign, type ExecutionDetail, isTerminal } from '@outrider/shared';
import type { ApiClient } from '../client/api-client.js';
import { ApiProblem } from '../client/api-problem.js';
import { askPatiently, type Patience } from '../client/ask-patiently.js';
import { walkList } from '../client/list-walker.js';
import type { Platform } from '../platform/start-platform.js';
import { CliError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import { withAdvice } from '../program/describe-failure.js';
import type { ExitName } from '../program/exit-codes.js';
import { crawlResult } from '../report/crawl-result.js';
import { readCauses } from '../report/read-causes.js';
import { renderReport } from '../report/render-report.js';
import { whereToLook } from '../report/where-to-look.js';
import type { CliSettings } from '../settings.js';
import type { Terminal } from '../terminal/terminal.js';
import { beginExecution, stopQuietly } from './begin-execution.js';
import { ensureCampaign } from './ensure-campaign.js';
import { followExecution } from './follow-execution.js';
import { hasPlatform, openPlatform, usePlatform } from './open-platform.js';
import { createProgressText } from './progress-text.js';
import { readStartUrl, refuseBlockedUrl, restartAdvice } from './start-url.js';
import { BROWSER_ADVICE, createWaitingRemarks } from './waiting-remarks.js';
import { type CrawlOptions, type WantedCampaign, wantedCampaign } from './wanted-campaign.js';

export interface CrawlSiteOptions extends CrawlOptions {
  readonly json: boolean;
  /** Leave the platform running after the report. */
  readonly keep: boolean;
}

/**
 * Crawls a site from its start URL to the end and reports, on the platform that runs already or on one
 * started for it. Returns the exit code's name.
 */
export async function crawlSite(
  context: CommandContext,
  rawUrl: string,
  options: CrawlSiteOptions,
): Promise<ExitName> {
  const settings = context.settings();
  const { terminal } = context;
  const { url, schemeAssumed } = readStartUrl(rawUrl);
  const workers = options.workers ?? settings.settings.OUTRIDER_WORKERS;
  const wanted = wantedCampaign(url, options, workers);
  if (schemeAssumed) terminal.note(`No scheme given: taking ${url}`);
  const isThere = await hasPlatform(settings);
  if (!isThere) {
    refuseBlockedUrl(url, settings.settings, settings.programName);
    terminal.note(`Starting Outrider in ${settings.dataDir}`);
  }
  const { client, own } = isThere ? await usePlatform(settings) : await openPlatform(context, workers);
  try {
    const work = runCrawl(context, client, wanted, { ...options, own });
    // The platform may fail first; what then becomes of the crawl is of no interest.
    work.catch(() => undefined);
    const exit = await (own === null ? work : Promise.race([work, own.failed]));
    if (own !== null && options.keep) await keepUp(context, own, client.apiUrl);
    return exit;
  } finally {
    terminal.progress(null);
    await client.close();
    await own?.stop();
  }
}

interface RunOptions {
  readonly json: boolean;
  readonly keep: boolean;
  /** The platform that was started for this crawl; null when it runs on another. */
  readonly own: Platform | null;
}

async function runCrawl(
  context: CommandContext,
  client: ApiClient,
  wanted: WantedCampaign,
  options: RunOptions,
): Promise<ExitName> {
  const settings = context.settings();
  const { terminal } = context;
  const patience = patienceOf(terminal);
  if (options.own !== null && wanted.config.renderer === 'browser') {
    await refuseWithoutBrowser(context, client, options.own, patience);
  }
  const campaign = await ensureOrAdvise(client, wanted, settings);
  const begun = await beginExecution(client, campaign, terminal.note, patience);
  if (options.own !== null) {
    await askPatiently(() => mentionUnfinished(client, campaign.id, terminal.note), patience);
  }
  const execution = await followInterruptibly(context, client, begun.id, patience);
  terminal.progress(null);
  if (options.json) terminal.print(JSON.stringify(crawlResult(execution)));
  else {
    const causes = await askPatiently(() => readCauses(client, execution), patience);
    const subject = { execution, campaignName: campaign.name, causes };
    terminal.print(`\n${renderReport(subject, terminal.colors)}\n`);
    terminal.print(
      whereToLook({
        executionId: execution.id,
        campaignId: campaign.id,
        hasErrors: execution.errorsEncountered > 0 || causes.length > 0,
        hasEarlier: execution.previousExecutionId !== null,
        data: placeOfRecords(settings, options.own),
        apiUrl: options.own !== null && !options.keep ? null : client.apiUrl,
        programName: settings.programName,
      }),
    );
  }
  return context.interrupts().exit() ?? (execution.status === 'completed' ? 'ok' : 'failed');
}

/** Where the database of a crawl is, for people. */
function placeOfRecords({ settings, dataDir }: CliSettings, own: Platform | null): string {
  if (own === null || settings.DATABASE_URL !== undefined) return 'the database of the platform';
  const outside = own.databaseOutside();
  return outside === null ? dataDir : `${outside}, which belongs to ${dataDir}`;
}

/**
 * Refuses a crawl in browser mode on a platform started for it when no worker has a browser: nobody would come
 * with one. On a platform that runs already somebody may, and the crawl says what it waits for.
 */
async function refuseWithoutBrowser(
  context: CommandContext,
  client: ApiClient,
  own: Platform,
  patience: Patience,
): Promise<void> {
  // Workers start beside the API; Ctrl-C need not wait for them.
  await Promise.race([own.ready, untilAborted(context.interrupts().signal)]);
  if (context.interrupts().signal.aborted) return;
  const { items } = await askPatiently(
    () => walkList({ limit: null }, (page) => client.call('listInstances', { query: page })),
    patience,
  );
  if (items.some(({ state, capabilities }) => state !== 'gone' && capabilities.includes('browser'))) return;
  throw new CliError('failed', `There is no Chromium here to render pages with. ${BROWSER_ADVICE}`);
}

/** Says that a platform recovers, and that it has. */
function patienceOf({ note }: Terminal): Patience {
  return {
    onTrouble: (reason) => note(`The platform is recovering, waiting for it. ${reason}`),
    onRecovery: () => note('The platform answers again; the crawl goes on.'),
  };
}

/** A platform that runs already has settings of its own, and may refuse what those of this command allow. */
async function ensureOrAdvise(
  client: ApiClient,
  wanted: WantedCampaign,
  settings: CliSettings,
): Promise<Campaign> {
  try {
    return await ensureCampaign(client, wanted);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const isBlocked = error.code === 'blocked_address' || error.code === 'blocked_port';
    const said = error.fields.map(({ message }) => message).join('\n');
    const advice = isBlocked ? restartAdvice(wanted.seed, settings, { apiUrl: client.apiUrl, said }) : null;
    throw advice === null ? error : withAdvice(error, advice);
  }
}

/** Executions that a killed run left go on beside this one; saying so explains the load. */
async function mentionUnfinished(
  client: ApiClient,
  ownCampaign: string,
  note: (line: string) => void,
): Promise<void> {
  const { items } = await walkList({ limit: null }, (page) => client.call('listCampaigns', { query: page }));
  for (const { id, name, lastExecution } of items) {
    if (id === ownCampaign || lastExecution === null || isTerminal(lastExecution.status)) continue;
    note(`Execution ${lastExecution.number} of "${name}" had not ended either and goes on beside this one.`);
  }
}

/** Follows an execution; the first signal asks it to stop, and its end is awaited. */
async function followInterruptibly(
  context: CommandContext,
  client: ApiClient,
  executionId: string,
  patience: Patience,
): Promise<ExecutionDetail> {
  const { terminal } = context;
  const { signal } = context.interrupts();
  const text = createProgressText();
  const remark = createWaitingRemarks(terminal.note, context.settings().programName);
  const stop = (): void => {
    terminal.note('Stopping: fetches in flight finish, and what was gathered stays. Once more ends at once.');
    askPatiently(() => stopQuietly(client, executionId), patience).catch((error: unknown) =>
      terminal.note(String(error)),
    );
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await followExecution(client, executionId, {
      onState: (state) => {
        remark(state);
        terminal.progress(text(state));
      },
      patience,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function keepUp(context: CommandContext, own: Platform, apiUrl: string): Promise<void> {
  const { signal } = context.interrupts();
  if (signal.aborted) return;
  context.terminal.note(`The platform stays up at ${apiUrl}; Ctrl-C ends it.`);
  await Promise.race([untilAborted(signal), own.failed]);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
