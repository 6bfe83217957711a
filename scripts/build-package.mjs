// Transpiles one package's src/ to dist/, file by file. Types are checked apart, over the whole
// workspace at once (`pnpm typecheck`), so a build costs a fraction of a second. A file that is named on the command
// line is bundled with all that it uses, and without the rest of the packages that comes from.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const files = (await readdir('src', { recursive: true }))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts'))
  .map((name) => join('src', name));

/** @type {import('esbuild').BuildOptions} */
const options = {
  outdir: 'dist',
  outbase: 'src',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  logLevel: 'warning',
};
const bundled = process.argv.slice(2);

await rm('dist', { recursive: true, force: true });
await build({ ...options, entryPoints: files.filter((file) => !bundled.includes(file)) });
if (bundled.length > 0) {
  await build({
    ...options,
    entryPoints: bundled,
    bundle: true,
    conditions: ['source'],
    // Packages that are not modules of their own ask for Node.js's modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}
