import { copyFile, type FileHandle, open } from 'node:fs/promises';

export interface BoundedLog {
  /** Descriptor open for appending, to hand to a child process. */
  readonly fd: number;
  /** The text written since the log was opened or `mark` was called, at most the last `maxBytes`. */
  since(maxBytes: number): Promise<string>;
  mark(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A log file that another process appends to, kept below about `maxBytes`: once it is larger, it is copied
 * to `<path>.1` and emptied, at opening and then every `checkMs` milliseconds. PostgreSQL's own log
 * rotation is bounded by time only, and needs one process more.
 */
export async function openBoundedLog(
  path: string,
  { maxBytes = 10 * 1024 * 1024, checkMs = 30_000 } = {},
): Promise<BoundedLog> {
  const file = await open(path, 'a+', 0o600);
  let start = 0;
  const trim = async (): Promise<void> => {
    if ((await file.stat()).size <= maxBytes) return;
    await copyFile(path, `${path}.1`);
    await file.truncate(0);
    start = 0;
  };
  await trim();
  start = (await file.stat()).size;
  let pending = Promise.resolve();
  const timer = setInterval(() => {
    // One after the other: begun while another one empties the log, a copy would replace the one before by nothing.
    // A log that cannot be trimmed (a full disk) is no reason to stop: the next round tries again.
    pending = pending.then(trim).catch(() => undefined);
  }, checkMs);
  timer.unref();
  return {
    fd: file.fd,
    since: (limit) => readTail(file, start, limit),
    mark: async () => {
      start = (await file.stat()).size;
    },
    close: async () => {
      clearInterval(timer);
      await pending;
      await file.close();
    },
  };
}

async function readTail(file: FileHandle, start: number, limit: number): Promise<string> {
  const { size } = await file.stat();
  const from = Math.max(Math.min(start, size), size - limit);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  return buffer.toString('utf8', 0, bytesRead);
}
