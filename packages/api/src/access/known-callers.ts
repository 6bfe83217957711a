import type { Caller } from './caller.js';

/** Reads who it is; `expiresIn` is told after how many milliseconds the answer no longer holds. */
export type ReadCaller = (expiresIn: (ms: number) => void) => Promise<Caller | null>;

/** What the database said of keys and sessions, good and bad, remembered for a short time. */
export interface KnownCallers {
  /** What is remembered under the name, else what is read now. */
  lookUp(name: string, read: ReadCaller): Promise<Caller | null>;
  /** Whether the name can be looked up without the database. */
  has(name: string): boolean;
  /** Forgets every caller that is meant. */
  forget(isMeant: (caller: Caller) => boolean): void;
}

interface Remembered {
  readonly caller: Promise<Caller | null>;
  until: number;
}

const MOST_NAMES = 10_000;

/** An empty memory that believes an answer for so many milliseconds. */
export function createKnownCallers(rememberMs: number): KnownCallers {
  const remembered = new Map<string, Remembered>();
  const has = (name: string): boolean => (remembered.get(name)?.until ?? 0) > performance.now();
  return {
    has,
    lookUp: (name, read) => {
      const known = remembered.get(name);
      if (known !== undefined && known.until > performance.now()) return known.caller;
      const entry: Remembered = {
        caller: read((ms) => {
          entry.until = Math.min(entry.until, performance.now() + ms);
        }),
        until: performance.now() + rememberMs,
      };
      remembered.set(name, entry);
      // A look-up that failed says nothing about the key.
      entry.caller.catch(() => remembered.delete(name));
      const [oldest] = remembered.keys();
      if (remembered.size > MOST_NAMES && oldest !== undefined) remembered.delete(oldest);
      return entry.caller;
    },
    forget: (isMeant) => {
      for (const [name, { caller }] of remembered) {
        caller.then(
          (who) => who !== null && isMeant(who) && remembered.delete(name),
          () => undefined,
        );
      }
    },
  };
}
