import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../stage/repository.js';
import type { Replacement } from './planted-bug.js';

/** A copy of what was built, beside the repository. */
export interface OtherBuild {
  readonly packagesDir: string;
  /** The root of the copy. */
  readonly root: string;
  remove(): Promise<void>;
}

/** Copies every built package, so that the copies find one another, and leaves what they depend on where it is. */
export async function copyBuild(): Promise<OtherBuild> {
  const root = await mkdtemp(join(tmpdir(), 'outrider-build-'));
  const packagesDir = join(root, 'packages');
  for (const name of await readdir(join(REPOSITORY, 'packages'))) {
    await mkdir(join(packagesDir, name), { recursive: true });
    for (const part of ['package.json', 'dist', 'node_modules']) {
      const from = join(REPOSITORY, 'packages', name, part);
      await cp(from, join(packagesDir, name, part), { recursive: true, verbatimSymlinks: true }).catch(
        ignoreMissing,
      );
    }
  }
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  await cp(join(REPOSITORY, 'drizzle'), join(root, 'drizzle'), { recursive: true });
  return { packagesDir, root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Throws when the text to replace is not there exactly once: the bug would be none. */
export async function plant(build: OtherBuild, replacement: Replacement): Promise<void> {
  const { file } = replacement;
  const text = replacement.text.join('\n');
  const by = replacement.by.join('\n');
  const path = join(build.packagesDir, file);
  const before = await readFile(path, 'utf8');
  const times = before.split(text).length - 1;
  if (times !== 1) throw new Error(`${file} holds this text ${times} times and not once:\n${text}`);
  await writeFile(
    path,
    before.replace(text, () => by),
  );
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
