// Everything that can be said about the code without running it. Each check counts as one test.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressesIn, findForbiddenCode } from './forbidden-code.mjs';
import { afterSetUp, isProgram } from './setup.mjs';

/** @typedef {{ name: string, passed: boolean, output: string, seconds: number }} CheckResult */
/** @typedef {{ name: string, run: () => Promise<{ passed: boolean, output: string }> }} Check */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
// Two at a time: most of these are single-threaded, and the type-aware ones take several hundred MB each.
const AT_ONCE = 2;

/**
 * @param {string} name
 * @param {string[]} command a program of node_modules/.bin and its arguments; exit code 0 means passed
 * @returns {Check}
 */
function programCheck(name, [program = '', ...args]) {
  return {
    name,
    run: () =>
      new Promise((resolve, reject) => {
        const child = spawn(join(ROOT, 'node_modules', '.bin', program), args, {
          cwd: ROOT,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let output = '';
        const collect = (/** @type {Buffer} */ chunk) => {
          output += chunk.toString();
        };
        child.stdout.on('data', collect);
        child.stderr.on('data', collect);
        child.once('error', reject);
        child.once('close', (code) => resolve({ passed: code === 0, output }));
      }),
  };
}

/**
 * @param {string} name
 * @param {() => string[]} find
 * @returns {Check}
 */
function findingCheck(name, find) {
  return {
    name,
    run: async () => {
      const findings = find();
      return { passed: findings.length === 0, output: findings.join('\n') };
    },
  };
}

/** @type {Check[]} */
const CHECKS = [
  programCheck('eslint', ['eslint', '.', '--max-warnings', '0']),
  programCheck('types', ['tsc', '--noEmit', '-p', 'tsconfig.json']),
  programCheck('types of the dashboard', ['tsc', '--noEmit', '-p', 'packages/web/tsconfig.json']),
  programCheck('dead code and unused dependencies', ['knip', '--no-progress']),
  programCheck('import directions and cycles', [
    'depcruise',
    '--config',
    '.dependency-cruiser.cjs',
    'packages',
    'tests',
  ]),
  programCheck('format', ['biome', 'format', '.']),
  programCheck('lint', ['biome', 'lint', '--error-on-warnings', '.']),
  findingCheck('forbidden code', () => findForbiddenCode(ROOT)),
  findingCheck('no addresses in the lock file', () =>
    addressesIn(readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8')),
  ),
];

/**
 * Runs every check and prints each result as it comes, the output of those that failed included.
 * @returns {Promise<CheckResult[]>}
 */
export async function runChecks() {
  const waiting = [...CHECKS];
  /** @type {CheckResult[]} */
  const results = [];
  const runNext = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const start = Date.now();
      const { passed, output } = await check.run();
      const seconds = (Date.now() - start) / 1000;
      results.push({ name: check.name, passed, output, seconds });
      process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${check.name} (${seconds.toFixed(1)} s)\n`);
      if (!passed) process.stdout.write(`${output.trimEnd()}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
  return results;
}

if (isProgram(import.meta.url)) {
  await afterSetUp(async () => {
    const results = await runChecks();
    if (results.some((result) => !result.passed)) process.exitCode = 1;
  });
}
