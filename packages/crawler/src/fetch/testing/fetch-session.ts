import { createAddressPolicy } from '../address-policy.js';
import type { FetchOutcome } from '../fetch-outcome.js';
import type { FetchRequest } from '../fetch-request.js';
import { createFetcher, type FetcherOptions } from '../fetcher.js';
import type { HostResolver } from '../host-resolver.js';

export interface FetchSession extends AsyncDisposable {
  /** Fetches and keeps the body. */
  get(url: string, changes?: Partial<FetchRequest>): Promise<FetchedPage>;
}

export interface FetchedPage {
  readonly outcome: FetchOutcome;
  readonly body: Buffer;
  /** Whether the sink was told that the body is over. */
  readonly ended: boolean;
}

/** A fetcher that may reach loopback, with the options of the test over it. */
export function fetchSession(options: Partial<FetcherOptions> = {}): FetchSession {
  const fetcher = createFetcher({
    addressPolicy: createAddressPolicy({ allowPrivateNetworks: true }),
    ...options,
  });
  return {
    async get(url, changes = {}) {
      const chunks: Buffer[] = [];
      let ended = false;
      const sink = {
        write: (chunk: Uint8Array) => void chunks.push(Buffer.from(chunk)),
        end: () => {
          ended = true;
        },
      };
      const outcome = await fetcher.fetch({
        url,
        userAgent: 'OutriderBot/1.0',
        headers: {},
        timeoutMs: 10_000,
        maxBodyBytes: 10 * 1024 * 1024,
        signal: new AbortController().signal,
        onHead: () => sink,
        ...changes,
      });
      return { outcome, body: Buffer.concat(chunks), ended };
    },
    [Symbol.asyncDispose]: () => fetcher.close(),
  };
}

/** A resolver that gives each answer once, then repeats the last, and counts how often it was asked. */
export function scriptedResolver(
  ...answers: readonly (readonly string[])[]
): HostResolver & { asked(): number } {
  let asked = 0;
  const resolve = async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)] ?? [];
    return answer.map((address) => ({
      address,
      family: address.includes(':') ? (6 as const) : (4 as const),
    }));
  };
  return Object.assign(resolve, { asked: () => asked });
}

/** The code of a failure, or the status of a response: what most tests ask. */
export function verdictOf(outcome: FetchOutcome): string {
  return outcome.kind === 'failure' ? outcome.code : `status ${outcome.status}`;
}
