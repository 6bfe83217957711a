import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where a process's log lines go. */
export interface LogSink {
  write(chunk: Uint8Array): void;
  close(): void;
}

/** URLs and their queries are in there: nobody else's business. */
const OWNER_ONLY = 0o600;
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * A log file that is set aside as `<path>.1` when it grows past `maxBytes` (10 MiB unless given), so that
 * it never takes more than twice that. Throws the system's error when the file cannot be opened; a line
 * that cannot be written later (a full disk) is lost, since a log must not end what it describes.
 */
export function openRotatingLog(path: string, maxBytes = MAX_BYTES): LogSink {
  mkdirSync(dirname(path), { recursive: true });
  let file: number | null = openSync(path, 'a', OWNER_ONLY);
  let size = fstatSync(file).size;

  function rotate(open: number): number {
    closeSync(open);
    file = null;
    renameSync(path, `${path}.1`);
    size = 0;
    return openSync(path, 'a', OWNER_ONLY);
  }

  return {
    write(chunk) {
      try {
        if (file === null) return;
        if (size > 0 && size + chunk.byteLength > maxBytes) file = rotate(file);
        writeSync(file, chunk);
        size += chunk.byteLength;
      } catch {
        // As said above.
      }
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}
