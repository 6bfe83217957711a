// A platform under a random nemesis for as long as one likes (--minutes 30): crawl after crawl, and a fault every few
// seconds. Every execution is judged by the same checkers as in the matrix.
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestServer } from '@outrider/db/testing';
import { nothingRuns } from '../checkers/nothing-left-over.js';
import { judge } from '../configurations/configuration.js';
import { RandomNemesis } from '../nemesis/random-nemesis.js';
import { markdownTable } from '../report/matrix-table.js';
import { writeSection } from '../report/reliability-page.js';
import { REPOSITORY } from '../stage/repository.js';
import { openStage, type Stage } from '../stage/stage.js';
import { clearUpWhenToldToEnd } from './ending.js';
import { readOptions } from './options.js';

/** A crawl that meets faults all the time takes longer than one that met a single one. */
const END_LIMIT_MS = 240_000;

const { minutes = 30, seed, backends } = readOptions(process.argv.slice(2));
const backend = backends.at(-1) ?? 'redis';
process.stdout.write(`seed ${seed}, ${minutes} minutes on ${backend}\n`);

clearUpWhenToldToEnd();
const server = await startTestServer();
const giveUpAt = performance.now() + minutes * 60_000;
const faults = new Map<string, number>();
let [rounds, checks] = [0, 0];
const violations: string[] = [];
try {
  while (performance.now() < giveUpAt) {
    rounds += 1;
    await oneRound(seed + rounds);
  }
} finally {
  await server.stop();
}
const table = markdownTable(
  ['Fault', 'Times'],
  [...faults].sort().map(([name, times]) => [name, String(times)]),
);
const summary = `${minutes} minutes on ${backend}, seed ${seed}: ${rounds} crawls, ${checks} checks, ${violations.length} violations`;
process.stdout.write(`\n${table}\n${summary}\n`);
if (minutes >= 30) {
  const day = new Date().toISOString().slice(0, 10);
  writeSection(REPOSITORY, 'soak', `${day}: ${summary}.\n\n${table}`);
}
process.exit(violations.length === 0 && rounds > 0 ? 0 : 1);

/** One crawl from a fresh stage to its end, with faults all along. */
async function oneRound(roundSeed: number): Promise<void> {
  const stage = await openStage({
    plan: { ownPostgres: {}, site: { pages: 1_200, delayMs: 60, plant: { sitemap: true } } },
    backend,
    seed: roundSeed,
    postgresAdminUrl: server.adminUrl,
  });
  try {
    await crawlUnderFaults(stage);
  } catch (error) {
    stage.verdicts.record('-', [error instanceof Error ? error.message : String(error)]);
  } finally {
    await stage.close();
  }
  checks += stage.verdicts.checks;
  for (const { rule, what } of stage.verdicts.violations) violations.push(`${rule}: ${what}`);
  const found = stage.verdicts.violations.map(({ rule, what }) => `     ${rule}: ${what}\n`).join('');
  process.stdout.write(`${found === '' ? 'ok  ' : 'FAIL'} crawl ${rounds}, seed ${roundSeed}\n${found}`);
  if (found !== '') process.stderr.write(stage.logs());
}

async function crawlUnderFaults(stage: Stage): Promise<void> {
  const nemesis = new RandomNemesis(stage, (name) => faults.set(name, (faults.get(name) ?? 0) + 1));
  await nemesis.startPlatform();
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(20);
  for (let fault = 0; fault < 8; fault += 1) {
    await nemesis.strike();
    await sleep(1_000 + stage.random() * 4_000);
  }
  const status = await stage.ended(executionId, END_LIMIT_MS);
  stage.verdicts.expect(`it ended as ${status}`, status === 'completed', 'I3');
  // Each fault may have hit the lease of the same URL.
  await judge(stage, executionId, { refetchesAllowed: 8 });
  if (stage.verdicts.violations.length > 0) return;
  await nemesis.rest();
  stage.verdicts.record('I7', await stage.shutDown());
  stage.verdicts.record('I7', await nothingRuns(stage.db, stage.marker));
}
