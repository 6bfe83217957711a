// Transpiles one package's src/ to dist/, file by file. Types are checked apart, over the whole
// workspace at once (`pnpm typecheck`), so a build costs a fraction of a second.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const files = (await readdir('src', { recursive: true }))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts'))
  .map((name) => join('src', name));

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: files,
  outdir: 'dist',
  outbase: 'src',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  logLevel: 'warning',
});
