import { describe, expect, it } from 'vitest';
import { addUp, countCases, countsOfReport, failuresOf, withFilesOf } from '../../scripts/test-counts.mjs';

const report = (...files: { status: string; tests: string[] }[]) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });

describe('the counts of a test run', () => {
  it('counts tests by their status; whatever did not run is skipped', () => {
    const json = report({ status: 'failed', tests: ['passed', 'failed', 'skipped', 'pending', 'todo'] });
    expect(countsOfReport(json, false)).toEqual({ passed: 1, failed: 1, skipped: 3 });
  });

  it('a file that could not be loaded is a failure', () => {
    const json = report({ status: 'passed', tests: ['passed'] }, { status: 'failed', tests: [] });
    expect(countsOfReport(json, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('an error outside any test is a failure', () => {
    expect(countsOfReport(report({ status: 'passed', tests: ['passed'] }), false)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('no report is a failure', () => {
    expect(countsOfReport('', false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('adds up', () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(addUp([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});

describe('a second try', () => {
  const file = (name: string, ...tests: [name: string, status: string][]) => ({
    name,
    status: tests.some(([, status]) => status === 'failed') ? 'failed' : 'passed',
    assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
  });
  const first = JSON.stringify({
    testResults: [file('a', ['one', 'passed']), file('b', ['two', 'failed'], ['three', 'passed'])],
  });

  it('is for the files in which something failed, a file that could not be loaded among them', () => {
    expect(failuresOf(first)).toEqual([{ file: 'b', tests: ['two'] }]);
    const unloaded = JSON.stringify({ testResults: [{ name: 'c', status: 'failed', assertionResults: [] }] });
    expect(failuresOf(unloaded)).toEqual([{ file: 'c', tests: [] }]);
    expect(failuresOf('')).toEqual([]);
  });

  it('counts in place of the first one, no test twice', () => {
    const passed = JSON.stringify({ testResults: [file('b', ['two', 'passed'], ['three', 'passed'])] });
    expect(countsOfReport(withFilesOf(first, passed), true)).toEqual({ passed: 3, failed: 0, skipped: 0 });
    const failed = JSON.stringify({ testResults: [file('b', ['two', 'failed'], ['three', 'failed'])] });
    expect(countsOfReport(withFilesOf(first, failed), false)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('without a report changes nothing', () => {
    expect(countsOfReport(withFilesOf(first, ''), false)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });
});

describe('the count of bad inputs', () => {
  const json = JSON.stringify({
    testResults: [
      {
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'a bad page U01-empty is refused' },
          { status: 'passed', fullName: "bad sitemaps (3 cases) 'X06-text', a byte at a time" },
          { status: 'failed', fullName: 'a bad page M01-deep' },
        ],
      },
    ],
  });

  it('takes a case for run when a test that passed has its name', () => {
    const ids = ['U01-empty', 'X06-text', 'M01-deep', 'U01'];
    expect(countCases(json, ids)).toEqual({ passed: 2, missing: ['M01-deep', 'U01'] });
  });

  it('without a report takes none for run', () => {
    expect(countCases('', ['U01'])).toEqual({ passed: 0, missing: ['U01'] });
  });
});
