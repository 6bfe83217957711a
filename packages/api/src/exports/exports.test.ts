import { createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Slice } from '@outrider/db';
import { newId, urlKey } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';
import { writeExport } from './write-export.js';

const MORE = 2_500;
const api = oneApiPerFile();
let site: PlantedSite;

/** Nine pages, and then enough for several parts. */
beforeAll(async () => {
  site = await plantSite(api());
  const { tenantId } = api().db;
  const { executionId, campaignId } = site;
  const urls = Array.from({ length: MORE }, (_, n) => `https://more.test/${n}`);
  await api().db.app.withTenant(
    tenantId,
    ({ sql }) => sql`
      insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, fetched_at,
        total_ms, wire_bytes, title, indexable, response)
      select ${executionId}, key, ${tenantId}, ${campaignId}, url, 'more.test', 1, 200, now(), 5, 10, '=1+1', true, '{}'
      from unnest(${urls.map(urlKey)}::uuid[], ${urls}::text[]) as page (key, url)`,
  );
});

const path = (query = ''): string => `/executions/${site.executionId}/export/pages?${query}`;

describe('an export of pages', () => {
  it('as NDJSON has every page once, as the list has it', async () => {
    const { text, headers } = await api().call('GET', path('format=ndjson'));
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('content-disposition')).toBe('attachment; filename="execution-1-pages.ndjson"');
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { urlKey: string });
    expect(new Set(rows.map(({ urlKey: key }) => key)).size).toBe(9 + MORE);
    expect(rows).toHaveLength(9 + MORE);
    const { body } = await api().call('GET', `/executions/${site.executionId}/pages?limit=5`);
    expect(rows.slice(0, 5)).toEqual(body.items);
  });

  it('as CSV has a head and a line for each page, and no cell that a spreadsheet would run', async () => {
    const { text, headers } = await api().call('GET', path('format=csv&urlContains=more.test'));
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^executionId,urlKey,url,host,depth,statusCode,/);
    expect(lines).toHaveLength(MORE);
    expect(lines.every((line) => line.includes(",'=1+1,"))).toBe(true);
  });

  it('has the filters and the order of the list', async () => {
    const { text } = await api().call('GET', path('format=ndjson&host=a.test&sort=status_desc'));
    const statuses = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { statusCode: number }).statusCode);
    expect(statuses).toEqual([404, 302, 302, 302, 302, 301, 200, 200]);
    expect((await api().call('GET', path('format=xlsx'))).status).toBe(400);
  });

  it('of nothing is a head alone, or nothing', async () => {
    expect((await api().call('GET', path('format=ndjson&host=nowhere.test'))).text).toBe('');
    expect((await api().call('GET', path('host=nowhere.test'))).text.trimEnd().split('\r\n')).toHaveLength(1);
  });
});

/** The lines of a file of NDJSON. */
async function rowsOf(url: string): Promise<Record<string, unknown>[]> {
  const { text } = await api().call('GET', url);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('an export of errors', () => {
  const errors = (query = ''): string => `/executions/${site.executionId}/export/errors?${query}`;

  /** More than a part has, of one host and with what a spreadsheet would run. */
  beforeAll(async () => {
    await api().db.app.withTenant(
      api().db.tenantId,
      ({ sql }) => sql`
        insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code, error_message,
          host, context)
        select uuidv7(), ${api().db.tenantId}, ${site.campaignId}, ${site.executionId}, 'network', 'error', 'dns_failed',
          '@SUM(1+1)', 'gone.test', jsonb_build_object('tries', n)
        from generate_series(1, ${MORE}::int) n`,
    );
  });

  it('has every error of the execution once, with its filters, as the list has it', async () => {
    const all = await rowsOf(errors('format=ndjson'));
    expect(new Set(all.map((row) => row['id'])).size).toBe(3 + MORE);
    expect(all).toHaveLength(3 + MORE);
    const query = 'errorType=http&severity=warning';
    const { body } = await api().call('GET', `/campaigns/${site.campaignId}/errors?${query}`);
    expect(await rowsOf(errors(`format=ndjson&${query}`))).toEqual(body.items);
  });

  it('as CSV names its columns, has context as JSON, and no cell that a spreadsheet would run', async () => {
    const { text, headers } = await api().call('GET', errors('host=gone.test'));
    expect(headers.get('content-disposition')).toBe('attachment; filename="execution-1-errors.csv"');
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^id,campaignId,executionId,crawlerId,errorType,severity,errorCode,errorMessage,/);
    expect(lines).toHaveLength(MORE);
    expect(lines.every((line) => line.includes(",dns_failed,'@SUM(1+1),"))).toBe(true);
    expect(lines.every((line) => /"\{""tries"":\s*\d+\}"/.test(line))).toBe(true);
  });
});

describe('an export of discovered URLs', () => {
  it('has every URL of the execution once, with the decision on it and the filters of the list', async () => {
    const discovered = (query: string): string =>
      `/executions/${site.executionId}/export/discovered-urls?${query}`;
    for (const query of ['', 'state=failed', 'skipReason=robots_txt', 'urlContains=c.test']) {
      const { body } = await api().call('GET', `/campaigns/${site.campaignId}/discovered-urls?${query}`);
      expect(body.items.length, query).toBeGreaterThan(0);
      expect(await rowsOf(discovered(`format=ndjson&${query}`)), query).toEqual(body.items);
    }
    const { text, headers } = await api().call('GET', discovered('skipReason=robots_txt'));
    expect(headers.get('content-disposition')).toBe('attachment; filename="execution-1-discovered-urls.csv"');
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^executionId,urlHash,discoveredUrl,sourceUrl,discoveryMethod,/);
    expect(lines).toEqual([expect.stringContaining('robots_txt,Disallow: /private')]);
  });
});

interface Row extends Readonly<Record<string, string>> {
  readonly text: string;
}

/** A list of so many parts, which counts those that were read. */
function longList(parts: number) {
  const read = { parts: 0 };
  const readPart = async (): Promise<Slice<Row>> => {
    read.parts += 1;
    const items = Array.from({ length: 100 }, () => ({ text: 'x'.repeat(1_000) }));
    return { items, next: read.parts < parts ? [read.parts] : null };
  };
  return { read, readPart };
}

/** Serves one export, and lets a client of the test take it as it likes. */
async function served(
  list: Pick<Parameters<typeof writeExport<Row>>[0], 'readPart'>,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  const server = createServer((incoming, response) => {
    writeExport({ format: 'csv', fileName: newId(), columns: ['text'], ...list }, incoming, response).catch(
      () => response.destroy(),
    );
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  try {
    await use(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Waits until a figure has not changed for a while. */
async function settled(figure: () => number): Promise<number> {
  for (let before = -1; ; ) {
    const now = figure();
    if (now === before && now > 0) return now;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

describe('an export to a client that does not read', () => {
  it('reads no more of the list than connections buffer, and stops when the client leaves', async () => {
    const { read, readPart } = longList(2_000);
    await served({ readPart }, async (origin) => {
      const socket = await new Promise<Socket>((resolve, reject) => {
        const call = request(origin, (response) => {
          response.pause();
          resolve(response.socket);
        });
        call.on('error', reject);
        call.end();
      });
      const buffered = await settled(() => read.parts);
      expect(buffered).toBeLessThan(200);
      socket.destroy();
      expect(await settled(() => read.parts)).toBeLessThan(buffered + 3);
    });
  });

  it('breaks off where a part cannot be read, so that nobody takes it for the whole', async () => {
    const { read, readPart } = longList(10);
    const failing = async () => {
      if (read.parts === 3) throw new Error('the database is gone');
      return readPart();
    };
    await served({ readPart: failing }, async (origin) => {
      await expect(fetch(origin).then((answer) => answer.text())).rejects.toThrow();
    });
  });
});
