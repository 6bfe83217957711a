/** A process of the platform did not start, or ended when it should not have. */
export class ProcessFailure extends Error {
  override readonly name = 'ProcessFailure';

  constructor(
    readonly process: string,
    /** The code the process gave; `process_ended` when it said nothing. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
