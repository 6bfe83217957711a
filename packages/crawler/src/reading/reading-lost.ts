/**
 * The thread that read an answer ended over it. Nothing is known of the page; should the thread have been at it just
 * then, it may well be what ended it.
 */
export class ReadingLost extends Error {
  override readonly name = 'ReadingLost';
  /** Whether the thread was at this answer, and not only to come to it. */
  readonly isSuspect: boolean;

  constructor(message: string, isSuspect: boolean) {
    super(message);
    this.isSuspect = isSuspect;
  }
}
