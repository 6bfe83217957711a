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

interface Catch {
  readonly bug: PlantedBug;
  /** The invariants that it broke; empty when nobody noticed. */
  readonly broken: string;
  readonly what: string;
  readonly seconds: number;
}

clearUpWhenToldToEnd();
const server = await startTestServer();
const catches: Catch[] = [];
try {
  for (const bug of chosen) {
    const caught = await tryOut(bug);
    catches.push(caught);
    const mark = caught.broken === '' ? 'NOT CAUGHT' : `red (${caught.broken})`;
    process.stdout.write(`${mark}: ${bug.name} (${caught.seconds.toFixed(1)} s)\n     ${caught.what}\n`);
  }
} finally {
  await server.stop();
}
const table = markdownTable(
  ['Planted bug', 'Configuration', 'Broken', 'Seconds'],
  catches.map(({ bug, broken, seconds }) => [
    bug.name,
    `${bug.caughtBy.fault}, ${bug.caughtBy.name}, ${bug.caughtBy.backend}`,
    broken === '' ? 'nothing: it was not caught' : broken,
    seconds.toFixed(1),
  ]),
);
const missed = catches.filter(({ broken }) => broken === '').length;
process.stdout.write(`\n${table}\n${catches.length} planted bugs, ${missed} not caught\n`);
if (only.length === 0) writeSection(REPOSITORY, 'planted-bugs', table);
process.exit(missed === 0 && catches.length > 0 ? 0 : 1);

async function tryOut(bug: PlantedBug): Promise<Catch> {
  const { fault, name, backend } = bug.caughtBy;
  const configuration = CONFIGURATIONS.find((one) => one.fault === fault && one.name.includes(name));
  if (configuration === undefined) throw new Error(`there is no configuration ${fault} ${name}`);
  const build = await copyBuild();
  try {
    for (const replacement of bug.replacements) await plant(build, replacement);
    const { violations, seconds, logs } = await runConfiguration(configuration, {
      backend,
      seed,
      postgresAdminUrl: server.adminUrl,
      packagesDir: build.packagesDir,
      limitSeconds: bug.limitSeconds,
      prepare: bug.prepare ?? [],
    });
    if (showsLogs)
      writeFileSync(join(process.cwd(), 'fault-logs.log'), `${bug.name}\n${logs}\n`, { flag: 'a' });
    const what = violations
      .slice(0, 3)
      .map((one) => `${one.rule}: ${one.what}`.slice(0, 200))
      .join('\n     ');
    return { bug, broken: rulesOf(violations), what, seconds };
  } finally {
    await build.remove();
  }
}
