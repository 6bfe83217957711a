import { totalmem } from 'node:os';

const MEBIBYTE = 1_048_576;
/** PostgreSQL's own default, in mebibytes. */
const LEAST_MB = 128;
/** The indexes that a crawl enters at random take half as much at a million URLs. */
const MOST_MB = 1_024;
/** PostgreSQL's manual names a quarter for a machine of its own. This one also runs workers and, at times, Chromium. */
const SHARE = 8;

/**
 * Memory for the pages that PostgreSQL keeps, as its setting `shared_buffers` has it: an eighth of what there is, in
 * bytes, and from 128 MB to 1 GB. It is taken from the machine as pages are read, and not at once.
 */
export function sharedBuffers(memoryBytes: number): string {
  const share = Math.floor(memoryBytes / SHARE / MEBIBYTE);
  return `${Math.min(MOST_MB, Math.max(LEAST_MB, share))}MB`;
}

/** Memory that this process may use, in bytes: the machine's, or what its container is held to. */
export function availableMemory(): number {
  const constrained = process.constrainedMemory();
  // Without a limit of a container it is 0, or a number that no machine has.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
