import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CampaignConfig, campaignConfig, urlKey } from '@outrider/shared';
import { createLogger } from '@outrider/telemetry';
import { findChromium } from '../browser/find-chromium.js';
import type { PageRenderer, RenderedPage, Rendering } from '../browser/page-renderer.js';
import {
  type RenderService,
  type RenderServiceOptions,
  startRenderService,
} from '../browser/render-service.js';
import { type AddressPolicy, createAddressPolicy } from '../fetch/address-policy.js';

type Answer = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A site on loopback that answers by path and remembers what it was asked for. */
export interface TestSite {
  readonly origin: string;
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startTestSite(
  answers: Readonly<Record<string, Answer>>,
  address = '127.0.0.1',
): Promise<TestSite> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path];
    if (typeof answer === 'function') answer(request, response);
    else if (answer === undefined) response.writeHead(404).end('no such path');
    else response.writeHead(200, { 'content-type': typeOf(path) }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    origin: `http://${address}:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function typeOf(path: string): string {
  if (path.endsWith('.js')) return 'text/javascript';
  if (path.endsWith('.json')) return 'application/json';
  return 'text/html; charset=utf-8';
}

export interface TestBrowserOptions {
  readonly addressPolicy?: AddressPolicy;
  readonly chromiumPath?: string;
  readonly pausesMs?: RenderServiceOptions['pausesMs'];
  readonly answerMs?: RenderServiceOptions['answerMs'];
}

/** A worker's browser mode, without the worker. */
export interface TestBrowser {
  readonly service: RenderService;
  /** Codes of connections that the proxy refused. */
  readonly refused: string[];
  /** A lane's renderer. */
  lane(config?: Parameters<typeof campaignConfig.parse>[0]): PageRenderer;
  close(): Promise<void>;
}

/** The Chromium of this machine. Throws when there is none. */
export function chromiumOfThisMachine(): string {
  const path = findChromium({
    configured: process.env['CHROMIUM_PATH'],
    searchPath: process.env['PATH'] ?? '',
    playwrightDir: '/nonexistent',
  });
  if (path === null) throw new Error('there is no Chromium: apt-get install chromium, or set CHROMIUM_PATH');
  return path;
}

export async function startTestBrowser(options: TestBrowserOptions = {}): Promise<TestBrowser> {
  const refused: string[] = [];
  const service = await startRenderService({
    chromiumPath: options.chromiumPath ?? chromiumOfThisMachine(),
    sandbox: true,
    addressPolicy: options.addressPolicy ?? createAddressPolicy({ allowPrivateNetworks: true }),
    logger: createLogger({ name: 'browser', level: 'silent' }),
    ...(options.pausesMs === undefined ? {} : { pausesMs: options.pausesMs }),
    answerMs: options.answerMs,
    onCrash: () => {},
    onBytes: () => {},
    onRefused: (code) => refused.push(code),
  });
  const lanes: PageRenderer[] = [];
  return {
    service,
    refused,
    lane(config = {}) {
      const parsed: CampaignConfig = campaignConfig.parse(config);
      const lane = service.open(parsed, () => {});
      lanes.push(lane);
      return lane;
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
      await service.close();
    },
  };
}

/** Renders a document as if it had been fetched from this URL. */
export function renderHtml(
  lane: PageRenderer,
  url: string,
  html: string,
  headers: readonly (readonly [string, string])[] = [],
): Promise<Rendering | null> {
  return lane.render({
    url,
    urlKey: urlKey(url),
    status: 200,
    headers: [['content-type', 'text/html; charset=utf-8'], ...headers],
    body: Buffer.from(html),
  });
}

/** The same, for a page that must render. */
export async function rendered(
  lane: PageRenderer,
  url: string,
  html: string,
  headers: readonly (readonly [string, string])[] = [],
): Promise<RenderedPage> {
  const rendering = await renderHtml(lane, url, html, headers);
  if (rendering?.kind !== 'rendered') throw new Error(`it was not rendered: ${JSON.stringify(rendering)}`);
  return rendering;
}
