import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyBuild, type OtherBuild } from '../planted-bugs/build-with-bug.js';
import type { Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes } from './configuration.js';

const MIGRATION = '9000_a_later_version';

/** F29: old and new side by side in mid-crawl, over a migration that only adds. */
export const ROLLING_DEPLOY: readonly Configuration[] = [
  {
    fault: 'F29',
    name: 'rolling deploy over an additive migration in mid-crawl',
    backends: BOTH,
    limitSeconds: 180,
    plan: { site: { pages: 800, delayMs: 60 } },
    run: isDeployed,
  },
  {
    fault: 'F29',
    name: 'a migration that dies in_migration in mid-crawl, and is run again',
    backends: BOTH,
    limitSeconds: 120,
    run: migratesTwice,
  },
];

async function isDeployed(stage: Stage): Promise<void> {
  const next = await laterVersion(stage);
  await stage.startPlatform(2);
  const old = [...stage.processes];
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  stage.verdicts.expect('the migration ran beside the old version', (await migrate(stage, next)) === 0);
  // Worker by worker: there is never less of the platform than before.
  for (const process of old.toReversed()) {
    await stage.start(process.name as 'api', {}, { packagesDir: next.packagesDir });
    await process.kill('SIGTERM');
    stage.verdicts.expect(`the old ${process.name} ended in order`, (await process.ended) === 0);
  }
  await completes(stage, executionId, 60_000);
}

async function migratesTwice(stage: Stage): Promise<void> {
  const next = await laterVersion(stage);
  await stage.startPlatform(2);
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  const crashed = await migrate(stage, next, { OUTRIDER_CRASH_AT: 'in_migration' });
  stage.verdicts.expect('it was killed by its crash point', crashed === null);
  stage.verdicts.expect('nothing of it is left', !(await hasLaterField(stage)));
  stage.verdicts.expect('it ran the second time', (await migrate(stage, next)) === 0);
  stage.verdicts.expect('all of it is there', await hasLaterField(stage));
  await completes(stage, executionId, 60_000);
}

/** The same build, with one more migration. */
async function laterVersion(stage: Stage): Promise<OtherBuild> {
  const next = await copyBuild();
  stage.onClose(() => next.remove());
  await writeFile(
    join(next.root, 'drizzle', `${MIGRATION}.up.sql`),
    'alter table crawl_results add column a_later_field text;\ncreate index on crawl_results (a_later_field);\n',
  );
  await writeFile(
    join(next.root, 'drizzle', `${MIGRATION}.down.sql`),
    'alter table crawl_results drop column a_later_field;\n',
  );
  return next;
}

async function hasLaterField(stage: Stage): Promise<boolean> {
  const rows = await stage.db.system.withSystem(
    (tx) => tx.sql`select 1 from pg_attribute where attname = 'a_later_field' and not attisdropped limit 1`,
  );
  return rows.length > 0;
}

async function migrate(
  stage: Stage,
  { packagesDir }: OtherBuild,
  environment: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const child = spawn(process.execPath, [join(packagesDir, 'db/dist/migrate-process.js')], {
    env: { DATABASE_URL: stage.db.url, PATH: process.env['PATH'] ?? '', ...environment },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
