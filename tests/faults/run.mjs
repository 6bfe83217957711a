// `node tests/faults/run.mjs matrix|planted-bugs|soak [options]`: sets up what is missing, bundles the program of that
// name, and runs it on what was built, as in production.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterSetUp } from '../../scripts/setup.mjs';
import { ensureTestTools, pathWithTools } from '../../scripts/test-tools.mjs';

const FOLDER = dirname(fileURLToPath(import.meta.url));
/** Below the packages that the programs import, so that they are found. */
const BUNDLES = join(FOLDER, '..', 'node_modules', '.cache', 'faults');
const PROGRAMS = ['matrix', 'planted-bugs', 'soak'];

const [program = '', ...args] = process.argv.slice(2);
if (!PROGRAMS.includes(program)) {
  process.stderr.write(`usage: run.mjs ${PROGRAMS.join('|')} [options]\n`);
  process.exit(2);
}

await afterSetUp(async () => {
  await ensureTestTools({ log: (line) => process.stdout.write(`${line}\n`) });
  mkdirSync(BUNDLES, { recursive: true });
  const { build } = await import('esbuild');
  const bundle = join(BUNDLES, `${program}.mjs`);
  await build({
    entryPoints: [join(FOLDER, 'programs', `${program}.ts`)],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, ['--enable-source-maps', bundle, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: pathWithTools() },
  });
  // A signal from a terminal reaches the program by itself; one sent to this process alone would not.
  process.once('SIGTERM', () => child.kill('SIGTERM'));
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
});
