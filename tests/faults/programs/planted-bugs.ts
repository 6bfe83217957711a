// A matrix that never turns red proves nothing: plants one bug after the other in a copy of the build, and runs the
// configuration that must catch it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestServer } from '@outrider/db/testing';
import { CONFIGURATIONS } from '../configurations/all-configurations.js';
import { runConfiguration } from '../configurations/run-configuration.js';
import { copyBuild, plant } from '../planted-bugs/build-with-bug.js';
import { type PlantedBug, readPlantedBugs } from '../planted-bugs/planted-bug.js';
import { rulesOf } from '../report/matrix-row.js';
import { markdownTable } from '../report/matrix-table.js';
import { writeSection } from '../report/reliability-page.js';
import { REPOSITORY } from '../stage/repository.js';
import { clearUpWhenToldToEnd } from './ending.js';
import { readOptions } from './options.js';

const { only, seed, showsLogs } = readOptions(process.argv.slice(2));
const chosen = readPlantedBugs().filter(
  ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
);
process.stdout.write(`seed ${seed}\n`);

/** A fault strikes at a moment drawn by lot, on a busy machine now and then one at which the bug does no harm. */
const MOST_TRIES = 3;

interface Catch {
  readonly bug: PlantedBug;
  /** The invariants that it broke; empty when nobody noticed. */
  readonly broken: string;
  readonly what: string;
  readonly seconds: number;
  /** How often the configuration was run until it was red. */
  readonly tries: number;
}

clearUpWhenToldToEnd();
const server = await startTestServer();
const catches: Catch[] = [];
try {
  for (const bug of chosen) {
    const caught = await tryOut(bug);
    catches.push(caught);
    const mark = caught.broken === '' ? 'NOT CAUGHT' : `red (${caught.broken})`;
    const took = `${caught.seconds.toFixed(1)} s, try ${caught.tries}`;
    process.stdout.write(`${mark}: ${bug.name} (${took})\n     ${caught.what}\n`);
  }
} finally {
  await server.stop();
}
const table = markdownTable(
  ['Planted bug', 'Configuration', 'Broken', 'Tries', 'Seconds'],
  catches.map(({ bug, broken, tries, seconds }) => [
    bug.name,
    `${bug.caughtBy.fault}, ${bug.caughtBy.name}, ${bug.caughtBy.backend}`,
    broken === '' ? 'nothing: it was not caught' : broken,
    String(tries),
    seconds.toFixed(1),
  ]),
);
const missed = catches.filter(({ broken }) => broken === '').length;
process.stdout.write(`\n${table}\n${catches.length} planted bugs, ${missed} not caught\n`);
if (only.length === 0) writeSection(REPOSITORY, 'planted-bugs', table);
process.exit(missed === 0 && catches.length > 0 ? 0 : 1);

/** Runs the configuration, with the next seed when nobody noticed. */
async function tryOut(bug: PlantedBug): Promise<Catch> {
  const build = await copyBuild();
  try {
    for (const replacement of bug.replacements) await plant(build, replacement);
    for (let tries = 1; ; tries += 1) {
      const caught = await tryOnce(bug, build.packagesDir, seed + tries - 1);
      if (caught.broken !== '' || tries === MOST_TRIES) return { ...caught, bug, tries };
    }
  } finally {
    await build.remove();
  }
}

async function tryOnce(
  { name: bugName, caughtBy, limitSeconds, prepare }: PlantedBug,
  packagesDir: string,
  trySeed: number,
): Promise<Pick<Catch, 'broken' | 'what' | 'seconds'>> {
  const { fault, name, backend } = caughtBy;
  const configuration = CONFIGURATIONS.find((one) => one.fault === fault && one.name.includes(name));
  if (configuration === undefined) throw new Error(`there is no configuration ${fault} ${name}`);
  const { violations, seconds, logs } = await runConfiguration(configuration, {
    backend,
    seed: trySeed,
    postgresAdminUrl: server.adminUrl,
    packagesDir,
    limitSeconds,
    prepare: prepare ?? [],
  });
  if (showsLogs) writeFileSync(join(process.cwd(), 'fault-logs.log'), `${bugName}\n${logs}\n`, { flag: 'a' });
  const what = violations
    .slice(0, 3)
    .map((one) => `${one.rule}: ${one.what}`.slice(0, 200))
    .join('\n     ');
  return { broken: rulesOf(violations), what, seconds };
}
