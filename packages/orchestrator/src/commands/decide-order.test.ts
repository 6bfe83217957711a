import {
  EXECUTION_STATES,
  type ExecutionState,
  OPERATION_KIND_NAMES,
  type OperationKind,
} from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { decideOrder, type OrderStanding } from './decide-order.js';

/** What each order does in each state when nothing was asked before; `-` is refused. */
const FIRST: Readonly<Record<OperationKind, Partial<Record<ExecutionState, string>>>> = {
  pause: { queued: 'paused', running: 'pausing', pausing: 'repeated', paused: 'repeated' },
  resume: { pausing: 'running', paused: 'running' },
  stop: {
    queued: 'stopping',
    running: 'stopping',
    pausing: 'stopping',
    paused: 'stopping',
    stopping: 'repeated',
  },
  cancel: {
    queued: 'stopping',
    running: 'stopping',
    pausing: 'stopping',
    paused: 'stopping',
    stopping: 'raised',
  },
};

function outcome(kind: OperationKind, standing: Partial<OrderStanding>): string {
  const whole = {
    status: 'running',
    desired: 'run',
    wasStarted: true,
    wasOrdered: false,
    ...standing,
  } as const;
  try {
    const decision = decideOrder(kind, whole);
    return decision.kind === 'moved' ? decision.to : decision.kind;
  } catch (error) {
    expect(error).toMatchObject({ code: 'illegal_transition', status: 409 });
    return '-';
  }
}

describe.each(OPERATION_KIND_NAMES)('%s', (kind) => {
  it.each(EXECUTION_STATES)('of an execution that is %s', (status) => {
    const desired = status === 'stopping' ? 'stop' : 'run';
    expect(outcome(kind, { status, desired })).toBe(FIRST[kind][status] ?? '-');
  });
});

it('asked again gives the same answer, after the end it brought too', () => {
  expect(outcome('resume', { wasOrdered: true })).toBe('repeated');
  expect(outcome('stop', { status: 'stopped', desired: 'stop' })).toBe('repeated');
  expect(outcome('cancel', { status: 'cancelled', desired: 'cancel' })).toBe('repeated');
  expect(outcome('cancel', { status: 'stopping', desired: 'cancel' })).toBe('repeated');
});

it('a stop does not take back a cancel, and an end by another order is no answer', () => {
  expect(outcome('stop', { status: 'stopping', desired: 'cancel' })).toBe('-');
  expect(outcome('stop', { status: 'cancelled', desired: 'cancel' })).toBe('-');
  expect(outcome('cancel', { status: 'stopped', desired: 'stop' })).toBe('-');
});

it('an execution that was paused before it began is queued again', () => {
  expect(outcome('resume', { status: 'paused', desired: 'pause', wasStarted: false })).toBe('queued');
});
