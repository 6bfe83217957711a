// The fault matrix: every fault on every queue backend, one after the other, and a table of what was found.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestServer } from '@outrider/db/testing';
import { CONFIGURATIONS } from '../configurations/all-configurations.js';
import type { Configuration } from '../configurations/configuration.js';
import { type Outcome, runConfiguration } from '../configurations/run-configuration.js';
import { matrixTable, summaryOf } from '../report/matrix-table.js';
import { recordLastRun } from '../report/reliability-page.js';
import { REPOSITORY } from '../stage/repository.js';
import { clearUpWhenToldToEnd } from './ending.js';
import { readOptions } from './options.js';

const LOGS = 'fault-logs.log';

const options = readOptions(process.argv.slice(2));
const isWhole = options.only.length === 0 && options.backends.length === 2;
const chosen = CONFIGURATIONS.filter(({ fault, name }) => isChosen(fault, name));
process.stdout.write(`seed ${options.seed}: replay with --seed ${options.seed}\n`);

clearUpWhenToldToEnd();
const server = await startTestServer();
const outcomes: Outcome[] = [];
try {
  for (const configuration of chosen) {
    for (const backend of configuration.backends.filter((one) => options.backends.includes(one))) {
      outcomes.push(await runOne(configuration, backend));
    }
  }
} finally {
  await server.stop();
}
process.stdout.write(`\n${matrixTable(outcomes)}\n${summaryOf(outcomes, options.seed)}\n`);
if (isWhole) recordLastRun(REPOSITORY, outcomes, options.seed);
const isGreen = outcomes.length > 0 && outcomes.every(({ violations }) => violations.length === 0);
process.exit(isGreen ? 0 : 1);

function isChosen(fault: string, name: string): boolean {
  return (
    options.only.length === 0 ||
    options.only.some((part) => part === fault || name.toLowerCase().includes(part.toLowerCase()))
  );
}

async function runOne(configuration: Configuration, backend: Outcome['backend']): Promise<Outcome> {
  const { seed } = options;
  const outcome = await runConfiguration(configuration, { backend, seed, postgresAdminUrl: server.adminUrl });
  const { violations, seconds, logs } = outcome;
  const mark = violations.length === 0 ? 'ok  ' : 'FAIL';
  process.stdout.write(
    `${mark} ${configuration.fault} ${configuration.name} on ${backend} (${seconds.toFixed(1)} s)\n`,
  );
  for (const { rule, what } of violations) process.stdout.write(`     ${rule}: ${what}\n`);
  if (options.showsLogs && violations.length > 0) {
    writeFileSync(join(process.cwd(), LOGS), `${configuration.fault} on ${backend}\n${logs}\n`, {
      flag: 'a',
    });
  }
  return outcome;
}
