export interface ChromiumFlags {
  readonly userDataDir: string;
  /** `127.0.0.1:port` of the egress proxy. */
  readonly proxy: string;
  readonly sandbox: boolean;
}

/**
 * Features that call home, that fetch what no page asked for, or that judge addresses, which the egress proxy
 * does. Site isolation is off, so that one session of the protocol sees a page with all its frames; processes
 * are never shared between executions, which have contexts of their own.
 */
const DISABLED_FEATURES = [
  'AutofillServerCommunication',
  'BackForwardCache',
  'CertificateTransparencyComponentUpdater',
  'DialMediaRouteProvider',
  'IsolateOrigins',
  'LocalNetworkAccessChecks',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'Prerender2',
  'ProactivelySwapBrowsingInstance',
  'ProcessPerSiteUpToMainFrameThreshold',
  'SpareRendererForSitePerProcess',
  'Translate',
  'site-per-process',
] as const;

/** The command line of Chromium: no TCP port, no way out but the proxy, nothing that calls home. */
export function chromiumFlags({ userDataDir, proxy, sandbox }: ChromiumFlags): string[] {
  return [
    '--headless',
    '--remote-debugging-pipe',
    `--user-data-dir=${userDataDir}`,
    `--proxy-server=http://${proxy}`,
    // Without this, loopback would bypass the proxy.
    '--proxy-bypass-list=<-loopback>',
    '--disable-quic',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    `--disable-features=${DISABLED_FEATURES.join(',')}`,
    '--disable-site-isolation-trials',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-component-extensions-with-background-pages',
    '--disable-client-side-phishing-detection',
    '--disable-default-apps',
    '--disable-domain-reliability',
    '--disable-extensions',
    '--disable-sync',
    '--metrics-recording-only',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-pings',
    '--disable-breakpad',
    '--disable-crash-reporter',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--disable-back-forward-cache',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--disable-hang-monitor',
    // The shell opens no page that a page asks for. The full browser does not know this flag: there they are
    // closed as they come.
    '--block-new-web-contents',
    '--deny-permission-prompts',
    '--disable-notifications',
    '--disable-print-preview',
    '--mute-audio',
    '--hide-scrollbars',
    '--password-store=basic',
    '--use-mock-keychain',
    // A page of documentation needs a tenth of it; one that wants more loses its renderer, not the machine.
    '--js-flags=--max-old-space-size=512',
    ...(sandbox ? [] : ['--no-sandbox']),
    'about:blank',
  ];
}
