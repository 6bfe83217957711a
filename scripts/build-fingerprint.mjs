// What a build depends on, as one short string. Names, sizes and times are enough and cost a few
// milliseconds; turbo, which compares contents, decides afterwards what is really built.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders of the workspace's packages, relative to the root.
 * @param {string} root
 */
export function packageFolders(root) {
  return readdirSync(join(root, 'packages'))
    .map((name) => join('packages', name))
    .filter((folder) => existsSync(join(root, folder, 'package.json')));
}

/**
 * @param {string} root
 * @returns {string}
 */
export function buildFingerprint(root) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const add = (path) => {
    const stat = statSync(join(root, path));
    hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
  };
  for (const path of ['scripts/build-package.mjs', 'tsconfig.json', 'turbo.json']) add(path);
  for (const folder of packageFolders(root)) {
    for (const name of ['package.json', 'index.html', 'vite.config.ts', 'tsconfig.json']) {
      if (existsSync(join(root, folder, name))) add(join(folder, name));
    }
    if (!existsSync(join(root, folder, 'src'))) continue;
    const sources = readdirSync(join(root, folder, 'src'), { recursive: true, withFileTypes: true });
    for (const entry of sources) {
      if (entry.isFile() && !entry.name.endsWith('.test.ts')) {
        add(join(entry.parentPath, entry.name).slice(root.length + 1));
      }
    }
  }
  return hash.digest('hex');
}

/**
 * Whether every package has its built entry.
 * @param {string} root
 */
export function isBuilt(root) {
  return packageFolders(root).every(
    (folder) =>
      (!existsSync(join(root, folder, 'src', 'index.ts')) ||
        existsSync(join(root, folder, 'dist', 'index.js'))) &&
      // The dashboard is a page, not a module.
      (!existsSync(join(root, folder, 'index.html')) || existsSync(join(root, folder, 'dist', 'index.html'))),
  );
}
