import { type StoredRobots, toStorableText } from '@outrider/db';
import { decodeRobots } from '@outrider/shared';
import type { FetchOutcome } from '../fetch/fetch-outcome.js';
import type { Fetcher } from '../fetch/fetcher.js';
import type { RobotsAsk } from './robots-ask.js';

/** RFC 9309, section 2.5, asks for at least 500 KiB; what lies behind is not read. */
const MAX_BYTES = 512 * 1_024;
/** Read on top of that, since the chunk that passes the fetcher's limit is not handed over. */
const LAST_CHUNK_BYTES = 64 * 1_024;
/** RFC 9309, section 2.3.1.2: at least five consecutive redirects are followed. */
const MAX_REDIRECTS = 5;

/**
 * Reads an origin's robots.txt. 2xx: its rules. 4xx, or more redirects than are followed: everything is
 * allowed (RFC 9309, sections 2.3.1.2 and 2.3.1.3). 5xx or no answer: unreachable (section 2.3.1.4).
 * Throws when the signal aborts: then nothing is known.
 */
export async function readRobotsOverHttp(fetcher: Fetcher, ask: RobotsAsk): Promise<StoredRobots> {
  let url = `${ask.origin}/robots.txt`;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const body = new RobotsBody();
    const outcome = await fetcher.fetch({
      url,
      userAgent: ask.userAgent,
      headers: {},
      timeoutMs: ask.timeoutMs,
      maxBodyBytes: MAX_BYTES + LAST_CHUNK_BYTES,
      signal: ask.signal,
      onHead: (head) => (head.status >= 200 && head.status < 300 ? body : null),
    });
    if (outcome.kind === 'failure' && outcome.code === 'aborted') throw new Error(outcome.message);
    const next = outcome.kind === 'response' ? (outcome.location?.url ?? null) : null;
    if (next === null) return judge(outcome, body);
    url = next;
  }
  return {
    outcome: 'allow_all',
    statusCode: null,
    body: null,
    detail: `more than ${MAX_REDIRECTS} redirects`,
  };
}

function judge(outcome: FetchOutcome, body: RobotsBody): StoredRobots {
  if (outcome.kind === 'failure') {
    // The page itself will fail for the same reason and say so; robots.txt has no part in it.
    if (outcome.code === 'blocked_address' || outcome.code === 'blocked_port') {
      return { outcome: 'allow_all', statusCode: null, body: null, detail: outcome.message };
    }
    if (outcome.code === 'too_large' || outcome.code === 'decompression_limit') {
      return {
        outcome: 'rules',
        statusCode: outcome.status,
        body: body.text({ cut: true }),
        detail: `first ${MAX_BYTES} bytes`,
      };
    }
    return {
      outcome: 'unreachable',
      statusCode: outcome.status,
      body: null,
      detail: `${outcome.code}: ${outcome.message}`,
    };
  }
  const { status } = outcome;
  if (status >= 200 && status < 300) {
    return {
      outcome: 'rules',
      statusCode: status,
      body: body.text({ cut: outcome.truncated }),
      detail: null,
    };
  }
  if (status >= 500)
    return { outcome: 'unreachable', statusCode: status, body: null, detail: `it answered ${status}` };
  return { outcome: 'allow_all', statusCode: status, body: null, detail: `it answered ${status}` };
}

class RobotsBody {
  readonly #chunks: Buffer[] = [];

  write(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk));
  }

  end(): void {
    // The whole body is judged when the fetch is over.
  }

  /**
   * The first MAX_BYTES as text, which no U+0000 is part of. When the file was cut it goes without its last
   * line: half a rule could forbid more, or less, than was meant.
   */
  text({ cut }: { readonly cut: boolean }): string {
    const bytes = Buffer.concat(this.#chunks);
    const text = toStorableText(decodeRobots(bytes.subarray(0, MAX_BYTES)).replaceAll('\0', ''));
    if (!cut && bytes.length <= MAX_BYTES) return text;
    return text.slice(0, Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
  }
}
