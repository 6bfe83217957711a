import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planTests } from '../../scripts/test-plan.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('npm test', () => {
  it('leaves the slow suites out, and they are there', () => {
    const { vitest, ...plan } = planTests([]);
    expect(plan).toEqual({ isAll: false, isWhole: true });
    expect(vitest).toEqual(['--exclude=tests/faults/*.test.ts', '--exclude=tests/platform/capacity.test.ts']);
    expect(existsSync(`${ROOT}/tests/platform/capacity.test.ts`)).toBe(true);
    expect(readdirSync(`${ROOT}/tests/faults`).some((name) => name.endsWith('.test.ts'))).toBe(true);
  });

  it('has them with --all', () => {
    expect(planTests(['--all'])).toEqual({ isAll: true, isWhole: true, vitest: [] });
  });

  it.each([
    [['packages/db', '-t', 'x']],
    [['--all', 'packages/db', '-t', 'x']],
    [['packages/db', '-t', 'x', '--all']],
  ])('runs what is named, and nothing else, for %j', (args) => {
    const { isWhole, vitest } = planTests(args);
    expect({ isWhole, vitest }).toEqual({ isWhole: false, vitest: ['packages/db', '-t', 'x'] });
  });
});
