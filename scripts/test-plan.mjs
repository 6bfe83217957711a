// What a run of `npm test` is to do, by its arguments.

/** Suites that wait for many crawls and clocks: a fiftieth of the tests, and a third of their time. */
const SLOW = ['tests/faults/*.test.ts', 'tests/platform/capacity.test.ts'];

/**
 * @typedef {object} TestPlan
 * @property {boolean} isAll the slow suites are part of it
 * @property {boolean} isWhole nothing was chosen: what is missing counts as a failure, and few failures have a second try
 * @property {string[]} vitest arguments of vitest
 */

/**
 * `--all` adds the slow suites. Whatever else is named is vitest's, and chooses what to run.
 *
 * @param {readonly string[]} args
 * @returns {TestPlan}
 */
export function planTests(args) {
  const chosen = args.filter((arg) => arg !== '--all');
  const isWhole = chosen.length === 0;
  const isAll = chosen.length < args.length;
  const leftOut = isWhole && !isAll ? SLOW.map((suite) => `--exclude=${suite}`) : [];
  return { isAll, isWhole, vitest: [...leftOut, ...chosen] };
}
