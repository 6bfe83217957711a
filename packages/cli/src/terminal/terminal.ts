import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where the program writes: results to standard output, all that it says meanwhile to standard error. */
export interface Terminal {
  /** A result, on standard output, with a line break. */
  readonly print: (text: string) => void;
  /** A remark, on standard error, with a line break. */
  readonly note: (text: string) => void;
  /**
   * The state of things, on standard error: on a terminal one line that is rewritten, elsewhere a line
   * every five seconds. Null takes the line away.
   */
  readonly progress: (text: string | null) => void;
  /** Colours for standard output, none where it is no terminal. */
  readonly colors: Colors;
  /** Resolves when all that was written has left the program. */
  readonly flush: () => Promise<void>;
}

export interface TerminalStreams {
  readonly out: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;
  readonly err: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
}

const PLAIN_INTERVAL_MS = 5_000;
/** Some terminals say that they are 0 wide when they do not know. */
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[2K';

export function openTerminal({ out, err }: TerminalStreams, now = (): number => performance.now()): Terminal {
  // The reader is gone (`| head`, a closed terminal): nothing is left to say, and no reason to fail.
  out.on('error', () => undefined);
  err.on('error', () => undefined);
  let shown = '';
  let lastPlainAt = Number.NEGATIVE_INFINITY;

  function progressOnTerminal(text: string | null): void {
    const line = text === null ? '' : text.slice(0, (err.columns || DEFAULT_COLUMNS) - 1);
    if (line === shown) return;
    shown = line;
    err.write(CLEAR_LINE + line);
  }

  function progressElsewhere(text: string | null): void {
    if (text === null || now() - lastPlainAt < PLAIN_INTERVAL_MS) return;
    lastPlainAt = now();
    err.write(`${text}\n`);
  }

  return {
    print: (text) => {
      if (err.isTTY) progressOnTerminal(null);
      out.write(`${text}\n`);
    },
    note: (text) => {
      const line = shown;
      if (err.isTTY) progressOnTerminal(null);
      err.write(`${text}\n`);
      if (line !== '') progressOnTerminal(line);
    },
    progress: (text) => (err.isTTY ? progressOnTerminal(text) : progressElsewhere(text)),
    colors: pc.createColors(out.isTTY === true && pc.isColorSupported),
    flush: async () => {
      await Promise.all([flushed(out), flushed(err)]);
    },
  };
}

function flushed(stream: NodeJS.WritableStream): Promise<void> {
  if (!stream.writable) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
