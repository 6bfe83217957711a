import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBadInputs } from '../testing/bad-inputs.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';

interface RequestInput {
  readonly method: string;
  /** `{campaign}` and `{execution}` stand for ids; two slashes at the start leave the base path. */
  readonly path: string;
  readonly pathRepeat?: readonly [string, number];
  readonly contentType?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly repeat?: readonly [string, number];
  readonly suffix?: string;
  readonly gzip?: boolean;
}

const api = oneApiPerFile();
const CASES = readBadInputs<RequestInput>('api').filter(({ layer }) => layer === 'api');
const SEEDS = readBadInputs<{ seed: string }>('api').filter(({ layer }) => layer === 'seed');
let campaignId: string;
let executionId: string;

beforeAll(async () => {
  const json = { name: 'Target', seeds: ['https://example.org/'] };
  campaignId = (await api().call('POST', '/campaigns', { json })).body.id;
  executionId = (await api().call('POST', `/campaigns/${campaignId}/start`)).body.execution.id;
});

async function campaigns(): Promise<number> {
  return (await api().call('GET', '/campaigns?limit=1000')).body.items.length;
}

function bodyOf(input: RequestInput): Buffer | undefined {
  if (input.bodyBase64 !== undefined) return Buffer.from(input.bodyBase64, 'base64');
  if (input.body === undefined) return undefined;
  const [piece, times] = input.repeat ?? ['', 0];
  const body = Buffer.from(input.body + piece.repeat(times) + (input.suffix ?? ''));
  return input.gzip === true ? gzipSync(body) : body;
}

function pathOf({ path, pathRepeat }: RequestInput): string {
  const [piece, times] = pathRepeat ?? ['', 0];
  const filled = path.replace('{campaign}', campaignId).replace('{execution}', executionId);
  return filled + piece.repeat(times);
}

describe('bad requests', () => {
  it.each(CASES)('$id', async ({ input, expected }) => {
    const before = await campaigns();
    const headers: Record<string, string> = { authorization: `Bearer ${api().keys.admin}`, ...input.headers };
    if (typeof input.contentType === 'string') headers['content-type'] = input.contentType;
    if (input.gzip === true) headers['content-encoding'] = 'gzip';
    const body = bodyOf(input);
    const path = pathOf(input);
    const url = path.startsWith('//') ? path.slice(1) : `/api/crawler${path}`;
    const answer = await fetch(`${api().origin}${url}`, {
      method: input.method,
      headers,
      // A Blob without a type goes out without a Content-Type.
      ...(body === undefined ? {} : { body: new Blob([new Uint8Array(body)]) }),
    });
    const problem: unknown = await answer.json();
    const { status, code, path: field } = expected;
    expect(problem).toMatchObject({
      status,
      code,
      ...(field === undefined ? {} : { fields: [{ path: field }] }),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    if (status === 405) expect(answer.headers.get('allow')).toBeTruthy();
    expect(await campaigns()).toBe(before);
  });
});

describe('bad seeds', () => {
  it.each(SEEDS)('$id', async ({ input, expected }) => {
    const json = { name: 'x', seeds: [input.seed] };
    const { body } = await api().call('POST', '/campaigns', { json });
    const { status, code, path } = expected;
    expect(body).toMatchObject({ status, code, fields: [{ path, code }] });
    const added = await api().call('POST', `/campaigns/${campaignId}/seeds`, {
      json: { seeds: [input.seed] },
    });
    expect(added.body).toMatchObject({ accepted: 0, invalid: 1, problems: [{ index: 0, code }] });
  });
});
