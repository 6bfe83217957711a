/** What may be asked of an execution that has not ended. */
export const OPERATION_KINDS = {
  pause:
    'fetches in flight finish, nothing more is fetched until it is resumed, and all that is left to do is kept',
  resume: 'it goes on where it was paused',
  stop: 'fetches in flight finish, what was gathered stays, and it ends',
  cancel: 'fetches in flight are cut off, what was gathered stays, and it ends',
} as const;
export type OperationKind = keyof typeof OPERATION_KINDS;
export const OPERATION_KIND_NAMES = Object.keys(OPERATION_KINDS) as [OperationKind, ...OperationKind[]];

/** Where an operation stands. */
export const OPERATION_STATES = {
  running: 'the workers have not all done what was asked',
  done: 'the execution is in the state that was asked for; after resume, a worker crawls it again',
  superseded: 'another operation was asked for, or the execution ended otherwise, before this one was done',
} as const;
export type OperationState = keyof typeof OPERATION_STATES;
export const OPERATION_STATE_NAMES = Object.keys(OPERATION_STATES) as [OperationState, ...OperationState[]];

/** What made an operation: somebody, or a limit of the campaign. */
export const OPERATION_CAUSES = ['request', 'error_rate'] as const;
export type OperationCause = (typeof OPERATION_CAUSES)[number];

/** How long fetches in flight may take to finish before they are cut off, in seconds. */
export const GRACE_SECONDS = { fallback: 30, most: 600 } as const;
