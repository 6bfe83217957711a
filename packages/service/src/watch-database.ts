export interface DatabaseWatch {
  /** Asks the database for an answer; resolves when it came. */
  readonly ping: () => Promise<void>;
  /** Hears after each look whether the database answers. */
  readonly onLook: (isUp: boolean) => void;
  /** Between two looks, in milliseconds; 5 s unless given. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 5_000;

/**
 * Looks at once and then again and again whether the database answers. An answer that has not come by the
 * next look counts as none, and nothing more is asked meanwhile: a database that hangs must not collect
 * questions. Returns how to end it.
 */
export function watchDatabase({ ping, onLook, intervalMs = INTERVAL_MS }: DatabaseWatch): () => void {
  let isWaiting = false;
  let hasEnded = false;
  const tell = (isUp: boolean): void => {
    isWaiting = false;
    if (!hasEnded) onLook(isUp);
  };
  const look = (): void => {
    if (isWaiting) {
      onLook(false);
      return;
    }
    isWaiting = true;
    ping().then(
      () => tell(true),
      () => tell(false),
    );
  };
  look();
  const timer = setInterval(look, intervalMs);
  return () => {
    hasEnded = true;
    clearInterval(timer);
  };
}
