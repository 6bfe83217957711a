import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CampaignConfig } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import type { AddressPolicy } from '../fetch/address-policy.js';
import type { HostResolver } from '../fetch/host-resolver.js';
import { BrowserHost } from './browser-host.js';
import { createBrowserRenderer } from './browser-renderer.js';
import { sweepChromiumFolders } from './chromium-process.js';
import { type EgressProxy, startEgressProxy } from './egress-proxy.js';
import type { PageRenderer } from './page-renderer.js';

export interface RenderServiceOptions {
  /** The Chromium to run. */
  readonly chromiumPath: string;
  readonly sandbox: boolean;
  readonly addressPolicy: AddressPolicy;
  readonly resolve?: HostResolver;
  /** Folder that takes the screenshots. */
  readonly screenshotDir: string;
  readonly logger: Logger;
  readonly onCrash: () => void;
  /** Told of bytes that the browser received from sites. */
  readonly onBytes: (bytes: number) => void;
  /** Told of connections that the address rules refused to the browser. */
  readonly onRefused: (code: string) => void;
}

/** The browser mode of a worker: one Chromium behind one egress proxy, for all its lanes. */
export interface RenderService {
  /** A renderer with browser state of its own, for one lane of an execution. */
  open(executionId: string, config: CampaignConfig, onRendered: (renderMs: number) => void): PageRenderer;
  /** Why the browser is given up; null while it works. */
  trouble(): string | null;
  /** The process id of Chromium; null while none runs. */
  pid(): number | null;
  close(): Promise<void>;
}

/** Makes a worker ready to render. Chromium starts with the first page. */
export async function startRenderService(options: RenderServiceOptions): Promise<RenderService> {
  const { addressPolicy, resolve, onBytes, onRefused, screenshotDir } = options;
  sweepChromiumFolders();
  const proxy: EgressProxy = await startEgressProxy({
    policy: addressPolicy,
    onBytes,
    onRefused,
    ...(resolve === undefined ? {} : { resolve }),
  });
  const { sandbox, logger, onCrash } = options;
  const host = new BrowserHost({
    path: options.chromiumPath,
    proxy: proxy.address,
    sandbox,
    logger,
    onCrash,
  });
  return {
    open: (executionId, config, onRendered) =>
      createBrowserRenderer({
        host,
        config: config.browser,
        userAgent: config.politeness.userAgent,
        maxBodyBytes: config.fetch.maxBodyBytes,
        storeScreenshot: (urlKey, image) =>
          storeScreenshot(screenshotDir, `${executionId}/${urlKey}.webp`, image),
        onRendered,
      }),
    trouble: () => host.trouble,
    pid: () => host.pid,
    async close() {
      await host.close();
      await proxy.close();
    },
  };
}

/** Both parts of the key are our own ids: nothing of a site becomes part of a path. */
async function storeScreenshot(folder: string, key: string, image: Buffer): Promise<string> {
  const path = join(folder, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, image);
  return key;
}
