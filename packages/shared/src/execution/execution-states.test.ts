import { describe, expect, it } from 'vitest';
import { readDocumentedTable } from '../testing/markdown-table.js';
import {
  canTransition,
  END_REASONS,
  EXECUTION_STATES,
  EXECUTION_TRANSITIONS,
  EXECUTION_TYPES,
  type ExecutionState,
  isTerminal,
  LANE_STATES,
  TARGET_STATES,
} from './execution-states.js';
import { OPERATION_KINDS, OPERATION_STATES } from './operations.js';
import { DISCOVERY_METHODS, SKIP_REASONS } from './skip-reasons.js';
import { WAITING_REASONS } from './waiting-reasons.js';

/** Written out once more, so that a slip in the table of the code is seen. */
const LEGAL: Readonly<Record<ExecutionState, string>> = {
  queued: 'running paused stopping stopped cancelled failed',
  running: 'pausing stopping completed failed cancelled',
  pausing: 'paused running stopping completed failed cancelled',
  paused: 'queued running stopping stopped failed cancelled',
  stopping: 'stopped failed cancelled',
  completed: '',
  failed: '',
  stopped: '',
  cancelled: '',
};

describe.each(EXECUTION_STATES)('an execution that is %s', (from) => {
  it.each(EXECUTION_STATES)('may become %s only if the table says so', (to) => {
    expect(canTransition(from, to)).toBe(LEGAL[from].split(' ').includes(to));
  });

  it('is over exactly when it can become nothing else', () => {
    expect(isTerminal(from)).toBe(LEGAL[from] === '');
  });

  it('can always reach an end, unless it is one', () => {
    const reached = new Set<ExecutionState>([from]);
    for (const state of reached) for (const next of EXECUTION_TRANSITIONS[state]) reached.add(next);
    expect([...reached].some(isTerminal)).toBe(true);
    if (!isTerminal(from)) {
      for (const end of ['failed', 'cancelled'] as const) expect(reached).toContain(end);
    }
  });
});

it('no execution moves to the state it is in', () => {
  for (const state of EXECUTION_STATES) expect(canTransition(state, state)).toBe(false);
});

describe('docs/states.md', () => {
  const first = (file: string, heading: string) =>
    readDocumentedTable(file, heading).map((row) => Object.values(row)[0]);

  it('has the states of an execution with their legal moves, both ways', () => {
    const expected = EXECUTION_STATES.map((state) => ({
      State: state,
      'May become': EXECUTION_TRANSITIONS[state].join(', ') || 'nothing: it has ended',
    }));
    const documented = readDocumentedTable('states.md', 'Executions').map(({ Meaning: _, ...row }) => row);
    expect(documented).toEqual(expected);
  });

  it('has every skip reason with its meaning, both ways', () => {
    const expected = Object.entries(SKIP_REASONS).map(([reason, meaning]) => ({
      Reason: reason,
      'The URL was not fetched because': meaning,
    }));
    expect(readDocumentedTable('states.md', 'Skip reasons')).toEqual(expected);
  });

  it.each([
    ['Waiting reasons', WAITING_REASONS, ['Reason', 'The execution waits because']],
    ['Operations', OPERATION_KINDS, ['Operation', 'Meaning']],
    ['States of an operation', OPERATION_STATES, ['State', 'Meaning']],
  ] as const)(
    'has everything under "%s" with its meaning, both ways',
    (heading, meanings, [name, meaning]) => {
      const expected = Object.entries(meanings).map(([key, value]) => ({ [name]: key, [meaning]: value }));
      expect(readDocumentedTable('states.md', heading)).toEqual(expected);
    },
  );

  it.each([
    ['End reasons', END_REASONS],
    ['Lanes', LANE_STATES],
    ['URLs of an execution', TARGET_STATES],
    ['Execution types', EXECUTION_TYPES],
    ['Discovery methods', DISCOVERY_METHODS],
  ] as const)('lists under "%s" exactly what there is', (heading, names) => {
    expect(first('states.md', heading)).toEqual([...names]);
  });
});
