// The fault matrix: every fault on every queue backend, one after the other, and a table of what was found.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestServer } from '@outrider/db/testing';
import { CONFIGURATIONS } from '../configurations/all-configurations.js';
import type { Configuration } from '../configurations/configuration.js';
import { runConfiguration } from '../configurations/run-configuration.js';
import { openKeptRows } from '../report/kept-rows.js';
import { isRowOf, type MatrixRow, rowOf } from '../report/matrix-row.js';
import { matrixTable, summaryOf } from '../report/matrix-table.js';
import { recordLastRun } from '../report/reliability-page.js';
import { REPOSITORY } from '../stage/repository.js';
import type { QueueBackend } from '../stage/stage.js';
import { clearUpWhenToldToEnd } from './ending.js';
import { readOptions } from './options.js';

const LOGS = 'fault-logs.log';

const options = readOptions(process.argv.slice(2));
const kept = openKeptRows(REPOSITORY);
const every = CONFIGURATIONS.flatMap((configuration) =>
  configuration.backends.map((backend) => ({ configuration, backend })),
);
const asked = every.filter(
  ({ configuration, backend }) => isChosen(configuration) && options.backends.includes(backend),
);
const chosen = options.goesOn ? whatIsLeft() : asked;
process.stdout.write(`seed ${options.seed}: replay with --seed ${options.seed}\n`);

clearUpWhenToldToEnd();
const giveUpAt = performance.now() + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
const server = await startTestServer();
const rows: MatrixRow[] = [];
try {
  for (const { configuration, backend } of chosen) {
    if (performance.now() > giveUpAt) break;
    rows.push(await runOne(configuration, backend));
  }
} finally {
  await server.stop();
}
process.stdout.write(`\n${matrixTable(rows)}\n${summaryOf(rows)}\n`);
recordWhenWhole();
const isAsked = chosen.length > 0 || options.goesOn;
const isGreen = isAsked && rows.length === chosen.length && rows.every(({ violations }) => violations === 0);
process.exit(isGreen ? 0 : 1);

function isChosen({ fault, name }: Configuration): boolean {
  return (
    options.only.length === 0 ||
    options.only.some((part) => part === fault || name.toLowerCase().includes(part.toLowerCase()))
  );
}

/** What has not had its turn, then what has failed. */
function whatIsLeft(): typeof asked {
  const violationsOf = ({ configuration, backend }: (typeof asked)[number]): number | undefined =>
    keptRow(configuration, backend)?.violations;
  return [
    ...asked.filter((one) => violationsOf(one) === undefined),
    ...asked.filter((one) => (violationsOf(one) ?? 0) > 0),
  ];
}

function keptRow(configuration: Configuration, backend: QueueBackend): MatrixRow | undefined {
  return kept.rows.find((row) => isRowOf(row, configuration, backend));
}

async function runOne(configuration: Configuration, backend: QueueBackend): Promise<MatrixRow> {
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
  const row = rowOf(outcome);
  kept.put(row);
  return row;
}

/** A run may be made in parts; the page shows it once each configuration has had its turn. */
function recordWhenWhole(): void {
  const whole = every.flatMap(({ configuration, backend }) => keptRow(configuration, backend) ?? []);
  const missing = every.length - whole.length;
  if (missing === 0) recordLastRun(REPOSITORY, whole);
  else process.stdout.write(`${missing} configurations have not had their turn: go on with --continue\n`);
}
