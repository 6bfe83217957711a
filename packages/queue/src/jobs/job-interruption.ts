/** Why a handler is asked to wind down: its process closes, or its job may be with another by now. */
export type InterruptionCause = 'closing' | 'lock_lost';

/** The `reason` of a handler's aborted signal. */
export class JobInterruption extends Error {
  override readonly name = 'JobInterruption';
  readonly interruption: InterruptionCause;

  constructor(interruption: InterruptionCause) {
    super(interruption === 'closing' ? 'the consumer is closing' : "the job's lock was lost");
    this.interruption = interruption;
  }
}
