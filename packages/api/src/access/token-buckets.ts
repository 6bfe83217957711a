/** Allowances by name (an address, a key): each is spent by use and fills again with time. */
export interface TokenBuckets {
  /** Takes one; null when there was one, else the seconds until there is. */
  take(name: string): number | null;
  /** Puts one back that turned out not to be due. */
  giveBack(name: string): void;
}

export interface TokenBucketOptions {
  /** The most that can be saved up. */
  readonly capacity: number;
  readonly perMinute: number;
  /** Names that are remembered at most; the one touched longest ago goes first. */
  readonly maxNames?: number;
  /** Milliseconds, from any start; never going back. */
  readonly now?: () => number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets in this process. With several API processes a client gets the allowance of each. */
export function createTokenBuckets(options: TokenBucketOptions): TokenBuckets {
  const { capacity, perMinute, maxNames = 10_000, now = () => performance.now() } = options;
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, Bucket>();

  function touch(name: string): Bucket {
    const moment = now();
    const known = buckets.get(name);
    const tokens =
      known === undefined ? capacity : Math.min(capacity, known.tokens + (moment - known.at) * perMs);
    const bucket = { tokens, at: moment };
    buckets.delete(name);
    buckets.set(name, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > maxNames && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  }

  return {
    take: (name) => {
      const bucket = touch(name);
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1_000));
      bucket.tokens -= 1;
      return null;
    },
    giveBack: (name) => {
      const bucket = touch(name);
      bucket.tokens = Math.min(capacity, bucket.tokens + 1);
    },
  };
}
