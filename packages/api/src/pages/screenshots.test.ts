import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { newId } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
let path: string;
/** What looks like a page to whoever does not heed its type. */
const BYTES = Buffer.concat([
  Buffer.from('RIFF\0\0\0\0WEBP<script>alert(1)</script>'),
  Buffer.alloc(300, 0xfe),
]);

beforeAll(async () => {
  site = await plantSite(api());
  path = `/executions/${site.executionId}/pages/${site.keyOf('/')}/screenshot`;
  await api().db.app.withTenant(
    api().db.tenantId,
    (tx) => tx.sql`
      insert into page_screenshots (execution_id, url_key, tenant_id, format, width, height, bytes, taken_at)
      values (${site.executionId}, ${site.keyOf('/')}, ${api().db.tenantId}, 'webp', 1280, 1024, ${BYTES}, now())`,
  );
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Plain HTTP: `fetch` adds headers of its own to a conditional request. */
function ask(
  at: string,
  { method = 'GET', key = api().keys.viewer, ...headers }: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = `${api().origin}/api/crawler${at}`;
    const sent = request(
      url,
      { method, headers: { authorization: `Bearer ${key}`, ...headers } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      },
    );
    sent.on('error', reject).end();
  });
}

describe('the screenshot of a page', () => {
  it('comes as the bytes that were kept, as a picture and as nothing else', async () => {
    const { status, headers, body } = await ask(path);
    expect(status).toBe(200);
    expect(body.equals(BYTES)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'image/webp',
      'content-length': String(BYTES.length),
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('may be kept by its reader for ever, and by nobody in between', async () => {
    const { headers } = await ask(path);
    expect(headers['cache-control']).toBe('private, max-age=31536000, immutable');
    expect(headers['vary']).toContain('Authorization');
    const hash = createHash('sha256').update(BYTES).digest('base64url').slice(0, 22);
    expect(headers['etag']).toBe(`"${hash}"`);
  });

  it.each([
    ['that tag', (tag: string) => tag],
    ['that tag among others', (tag: string) => `"other", ${tag}`],
    ['that tag, weak', (tag: string) => `W/${tag}`],
    ['anything', () => '*'],
  ])('is not sent again to who has %s', async (_, header) => {
    const tag = String((await ask(path)).headers['etag']);
    const again = await ask(path, { 'if-none-match': header(tag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers['etag']).toBe(tag);
  });

  it('is sent to who has another one, and its head alone to who asks for that', async () => {
    expect((await ask(path, { 'if-none-match': '"other"' })).status).toBe(200);
    const head = await ask(path, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(String(BYTES.length));
  });

  it('is named by its page', async () => {
    const { body } = await api().call('GET', `/executions/${site.executionId}/pages/${site.keyOf('/')}`);
    expect(body['screenshot']).toMatchObject({
      format: 'webp',
      width: 1_280,
      height: 1_024,
      size: BYTES.length,
    });
    const other = await api().call('GET', `/executions/${site.executionId}/pages/${site.keyOf('/slow')}`);
    expect(other.body['screenshot']).toBeNull();
  });

  it('is 404 where there is none, and says which of page and picture is missing', async () => {
    const none = await api().call(
      'GET',
      `/executions/${site.executionId}/pages/${site.keyOf('/slow')}/screenshot`,
    );
    expect(none.body).toMatchObject({ status: 404, code: 'not_found' });
    expect(none.body['detail']).toMatch(/No screenshot of this page was kept/);
    const unknown = await api().call('GET', `/executions/${site.executionId}/pages/${newId()}/screenshot`);
    expect(unknown.body['detail']).toMatch(/No URL with this key was fetched/);
  });

  it("is not another tenant's, whatever that one has", async () => {
    const tag = String((await ask(path)).headers['etag']);
    const { foreign } = api().keys;
    const answers = await Promise.all([
      ask(path, { key: foreign }),
      ask(path, { key: foreign, 'if-none-match': tag }),
      ask(path, { key: 'none' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 401]);
    expect(answers.map(({ headers }) => headers['etag'])).toEqual([undefined, undefined, undefined]);
  });
});
