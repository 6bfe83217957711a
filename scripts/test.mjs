// `npm test`: the checks, the tools that tests need, then the tests, and one line with the sum of it all.
// `npm test -- --all` has the slow suites as well, and is what continuous integration runs. Other arguments are passed
// to vitest: `npm test -- packages/db` runs only the tests below that folder.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './check.mjs';
import { afterSetUp } from './setup.mjs';
import { addUp, countCases, countsOfReport, failuresOf, withFilesOf } from './test-counts.mjs';
import { planTests } from './test-plan.mjs';
import { ensureTestTools, pathWithTools } from './test-tools.mjs';

/** @typedef {import('./test-counts.mjs').Counts} Counts */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Cases of bad input that only the slow suites run. */
const SLOW_LAYER = 'crowd';
/** More files than this that fail are no accident of timing. */
const MOST_RETRIED = 5;

/** @returns {Promise<Counts>} */
async function countChecks() {
  const results = await runChecks();
  const passed = results.filter((result) => result.passed).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

/** @returns {Promise<Counts>} */
async function countTools() {
  const tools = await ensureTestTools({ log: (line) => process.stdout.write(`${line}\n`) });
  const problems = tools.flatMap((tool) => (tool.problem === undefined ? [] : [tool.problem]));
  for (const problem of problems) process.stdout.write(`FAIL ${problem}\n`);
  // A tool that is there is no test passed; one that is missing fails the run, beside the tests that need it.
  return { passed: 0, failed: problems.length, skipped: 0 };
}

/**
 * @param {string[]} args
 * @returns {Promise<{ report: string, succeeded: boolean }>} vitest's JSON report ('' when it wrote none), and whether it was content
 */
async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'outrider-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const vitest = join(ROOT, 'node_modules', '.bin', 'vitest');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
    const child = spawn(vitest, ['run', ...reporters, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: pathWithTools() },
    });
    // A signal from a terminal reaches vitest by itself; one sent to this process alone would not.
    process.once('SIGTERM', () => child.kill('SIGTERM'));
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return {
      report: existsSync(reportPath) ? readFileSync(reportPath, 'utf8') : '',
      succeeded: code === 0,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @returns {Promise<Counts>}
 */
async function countTests(args) {
  const { isAll, isWhole, vitest } = planTests(args);
  const first = await runVitest(vitest);
  const failures = failuresOf(first.report);
  // Decision 0043: in a whole run, few files that failed beside others have a second try, alone; what that changes is said.
  const isRetried = isWhole && failures.length > 0 && failures.length <= MOST_RETRIED;
  const second = isRetried
    ? await runVitest([...failures.map(({ file }) => file), '--maxWorkers=1'])
    : undefined;
  const report = second === undefined ? first.report : withFilesOf(first.report, second.report);
  if (second !== undefined) tellSecondTries(failures, failuresOf(report));
  const { succeeded } = second ?? first;
  return addUp([countsOfReport(report, succeeded), countBadInputs(report, isWhole, isAll)]);
}

/**
 * @param {{ file: string, tests: string[] }[]} failures those of the first try
 * @param {{ file: string }[]} lasting those of the second
 */
function tellSecondTries(failures, lasting) {
  for (const { file, tests } of failures) {
    const how = lasting.some((one) => one.file === file) ? 'failed again alone' : 'passed only alone';
    const what = tests.length === 0 ? 'the file itself' : tests.join('; ');
    process.stdout.write(`SECOND TRY ${relative(ROOT, file)} ${how}: ${what}\n`);
  }
}

/**
 * Says how many cases of bad input were run. In a whole run a case that no passed test has the name of counts as a failure.
 *
 * @param {string} report
 * @param {boolean} isWhole
 * @param {boolean} isAll the slow suites were run too
 * @returns {Counts}
 */
function countBadInputs(report, isWhole, isAll) {
  const folder = join(ROOT, 'fixtures', 'bad-inputs');
  const ids = readdirSync(folder).flatMap((name) => {
    /** @type {{ id: string, layer?: string }[]} */
    const cases = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return cases.filter(({ layer }) => isAll || layer !== SLOW_LAYER).map(({ id }) => id);
  });
  const { passed, missing } = countCases(report, ids);
  if (passed > 0 || isWhole)
    process.stdout.write(`Bad inputs: ${passed} of ${ids.length} cases as expected\n`);
  if (!isWhole) return { passed: 0, failed: 0, skipped: 0 };
  for (const id of missing) process.stdout.write(`FAIL no test that passed has run the bad input ${id}\n`);
  return { passed: 0, failed: missing.length, skipped: 0 };
}

await afterSetUp(async () => {
  const checks = await countChecks();
  const tools = await countTools();
  const tests = await countTests(process.argv.slice(2));
  const { passed, failed, skipped } = addUp([checks, tools, tests]);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = failed > 0 || skipped > 0 || tests.passed === 0 ? 1 : 0;
});
