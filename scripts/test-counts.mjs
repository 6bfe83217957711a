// Reads vitest's JSON report. A run is only as good as its worst number, so what a report leaves out (a file
// that could not be loaded, an error outside any test, no report at all) is counted as a failure.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ name?: string, status: string, assertionResults: { status: string, fullName?: string }[] }} FileReport */

/**
 * @param {string} json the report, '' when vitest wrote none
 * @param {boolean} succeeded whether vitest's exit code was 0
 * @returns {Counts}
 */
export function countsOfReport(json, succeeded) {
  if (json.trim() === '') return { passed: 0, failed: 1, skipped: 0 };
  /** @type {{ testResults: FileReport[] }} */
  const { testResults } = JSON.parse(json);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of testResults) {
    for (const { status } of file.assertionResults) {
      if (status === 'passed') counts.passed += 1;
      else if (status === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
    const failedOutsideTests =
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed');
    if (failedOutsideTests) counts.failed += 1;
  }
  if (!succeeded && counts.failed === 0) counts.failed = 1;
  return counts;
}

/**
 * The files of a report in which something failed, with what failed in each.
 *
 * @param {string} json the report, '' when vitest wrote none
 * @returns {{ file: string, tests: string[] }[]}
 */
export function failuresOf(json) {
  /** @type {{ testResults: FileReport[] }} */
  const { testResults } = json.trim() === '' ? { testResults: [] } : JSON.parse(json);
  return testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name = '', assertionResults }) => ({
      file: name,
      tests: assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName = '' }) => fullName),
    }));
}

/**
 * A report in which the files that were run again stand as they were the second time.
 *
 * @param {string} json the report of the whole run
 * @param {string} again the report of the second run, '' when vitest wrote none
 * @returns {string}
 */
export function withFilesOf(json, again) {
  if (again.trim() === '') return json;
  /** @type {{ testResults: FileReport[] }} */
  const { testResults } = JSON.parse(again);
  const names = new Set(testResults.map(({ name }) => name));
  /** @type {{ testResults: FileReport[] }} */
  const first = JSON.parse(json);
  return JSON.stringify({
    testResults: [...first.testResults.filter(({ name }) => !names.has(name)), ...testResults],
  });
}

/**
 * Which of the cases of `fixtures/bad-inputs` a run has shown to be as expected: those whose id stands, as a word, in
 * the name of a test that passed.
 *
 * @param {string} json the report, '' when vitest wrote none
 * @param {readonly string[]} ids
 * @returns {{ passed: number, missing: string[] }}
 */
export function countCases(json, ids) {
  /** @type {{ testResults: FileReport[] }} */
  const { testResults } = json.trim() === '' ? { testResults: [] } : JSON.parse(json);
  const words = new Set(
    testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed')
      .flatMap(({ fullName = '' }) => fullName.split(/[\s()[\]'"]+/))
      .map((word) => word.replace(/[,:;.]+$/, '')),
  );
  const missing = ids.filter((id) => !words.has(id));
  return { passed: ids.length - missing.length, missing };
}

/**
 * @param {Counts[]} parts
 * @returns {Counts}
 */
export function addUp(parts) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) {
    sum.passed += part.passed;
    sum.failed += part.failed;
    sum.skipped += part.skipped;
  }
  return sum;
}
