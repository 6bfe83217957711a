/** The states of an execution. */
export const EXECUTION_STATES = [
  'queued',
  'running',
  'pausing',
  'paused',
  'stopping',
  'completed',
  'failed',
  'stopped',
  'cancelled',
] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

/** Every legal move. A state without moves is terminal. */
export const EXECUTION_TRANSITIONS: Readonly<Record<ExecutionState, readonly ExecutionState[]>> = {
  queued: ['running', 'paused', 'stopping', 'stopped', 'cancelled', 'failed'],
  running: ['pausing', 'stopping', 'completed', 'failed', 'cancelled'],
  pausing: ['paused', 'running', 'stopping', 'completed', 'failed', 'cancelled'],
  paused: ['queued', 'running', 'stopping', 'stopped', 'failed', 'cancelled'],
  stopping: ['stopped', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  stopped: [],
  cancelled: [],
};

/** Whether an execution may go from one state to another. */
export function canTransition(from: ExecutionState, to: ExecutionState): boolean {
  return EXECUTION_TRANSITIONS[from].includes(to);
}

/** Whether an execution in this state will never change again. */
export function isTerminal(state: ExecutionState): boolean {
  return EXECUTION_TRANSITIONS[state].length === 0;
}

/** What is wanted of an execution, whatever it is doing yet. */
export const DESIRED_STATES = ['run', 'pause', 'stop', 'cancel'] as const;
export type DesiredState = (typeof DESIRED_STATES)[number];

/** Why an execution ended. */
export const END_REASONS = [
  'frontier_exhausted',
  'page_limit',
  'duration_limit',
  'byte_limit',
  'error_rate',
  'stopped_by_user',
  'cancelled_by_user',
  'no_usable_seed',
  'robots_unreachable',
  'stalled',
  'internal_error',
] as const;
export type EndReason = (typeof END_REASONS)[number];

export const LANE_STATES = ['waiting', 'active', 'finished'] as const;
export type LaneState = (typeof LANE_STATES)[number];

export const TARGET_STATES = ['pending', 'leased', 'fetched', 'failed', 'skipped'] as const;
export type TargetState = (typeof TARGET_STATES)[number];

export const EXECUTION_TYPES = ['manual', 'scheduled', 'api', 'event_driven'] as const;
export type ExecutionType = (typeof EXECUTION_TYPES)[number];
