import type { CampaignConfig } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import type { AddressPolicy } from '../fetch/address-policy.js';
import type { HostResolver } from '../fetch/host-resolver.js';
import { BrowserHost, type BrowserHostOptions } from './browser-host.js';
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
  /** Pauses between tries when Chromium does not start; see BrowserHostOptions. */
  readonly pausesMs?: BrowserHostOptions['pausesMs'];
  /** Time in which Chromium has to answer; see BrowserHostOptions. */
  readonly answerMs?: BrowserHostOptions['answerMs'];
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
  open(config: CampaignConfig, onRendered: (renderMs: number) => void): PageRenderer;
  /** Why nothing can be rendered for now; null while it can. */
  trouble(): string | null;
  /** Finds out, the first time it is called, whether Chromium starts; afterwards `trouble` knows. */
  prove(): Promise<void>;
  /** The process id of Chromium; null while none runs. */
  pid(): number | null;
  close(): Promise<void>;
}

/** Makes a worker ready to render. Chromium starts with the first page, or to be proven. */
export async function startRenderService(options: RenderServiceOptions): Promise<RenderService> {
  const { addressPolicy, resolve, onBytes, onRefused } = options;
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
    answerMs: options.answerMs,
    ...(options.pausesMs === undefined ? {} : { pausesMs: options.pausesMs }),
  });
  return {
    open: (config, onRendered) =>
      createBrowserRenderer({
        host,
        config: config.browser,
        userAgent: config.politeness.userAgent,
        maxBodyBytes: config.fetch.maxBodyBytes,
        onRendered,
      }),
    trouble: () => host.trouble,
    prove: () => host.prove(),
    pid: () => host.pid,
    async close() {
      await host.close();
      await proxy.close();
    },
  };
}
