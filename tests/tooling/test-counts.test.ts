import { describe, expect, it } from 'vitest';
import { addUp, countsOfReport } from '../../scripts/test-counts.mjs';

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
