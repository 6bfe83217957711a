import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyBuild } from '../planted-bugs/build-with-bug.js';
import type { Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes } from './configuration.js';

const MIGRATION = '9000_a_later_version';

/** F29: old and new side by side in mid-crawl, over a migration that only adds. */
export const ROLLING_DEPLOY: Configuration = {
  fault: 'F29',
  name: 'rolling deploy over an additive migration in mid-crawl',
  backends: BOTH,
  limitSeconds: 180,
  plan: { site: { pages: 800, delayMs: 60 } },
  async run(stage) {
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
    await stage.startPlatform(2);
    const old = [...stage.processes];
    const executionId = await stage.startCrawl();
    await stage.fetchedAtLeast(60);
    stage.verdicts.expect(
      'the migration ran beside the old version',
      (await migrate(stage, next.packagesDir)) === 0,
    );
    // Worker by worker: there is never less of the platform than before.
    for (const process of old.toReversed()) {
      await stage.start(process.name as 'api', {}, { packagesDir: next.packagesDir });
      await process.kill('SIGTERM');
      stage.verdicts.expect(`the old ${process.name} ended in order`, (await process.ended) === 0);
    }
    await completes(stage, executionId, 60_000);
  },
};

async function migrate(stage: Stage, packagesDir: string): Promise<number | null> {
  const child = spawn(process.execPath, [join(packagesDir, 'db/dist/migrate-process.js')], {
    env: { DATABASE_URL: stage.db.url, PATH: process.env['PATH'] ?? '' },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
