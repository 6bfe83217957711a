/**
 * Aborted when the process is asked to end: by SIGTERM or SIGINT, or, under a supervisor, when standard
 * input closes. The supervisor holds its other end, so that its death, however sudden, closes it.
 */
export function createStopRequest({ supervised }: { readonly supervised: boolean }): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (supervised) process.stdin.once('end', stop).once('close', stop).once('error', stop).resume();
  // A supervisor that is gone reads neither; that must not end the process before it has cleaned up.
  process.stdout.on('error', stop);
  process.stderr.on('error', stop);
  return controller.signal;
}
