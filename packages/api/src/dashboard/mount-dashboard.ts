import type { Express, Request, Response } from 'express';
import { CODINGS, type Coding, type DashboardFile, type DashboardFiles } from './dashboard-files.js';

/**
 * What the dashboard may load and do: its own files and its own API. Its component library sets style attributes, hence
 * 'unsafe-inline' for styles; scripts come from files alone, so that markup that a site planted runs nothing.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Paths that belong to others, with all below them: a page is never the answer there. */
const TAKEN = ['/api', '/metrics', '/healthz', '/readyz', '/openapi.json', '/docs', '/socket.io', '/assets'];
const DOORS: readonly string[] = ['/', '/welcome', '/sign-in'];
const ONE_YEAR = 31_536_000;

/**
 * Serves the built dashboard: its files by name, and its page for every other path that a browser navigates to, since
 * the page itself knows its routes. To be mounted after all else.
 */
export function mountDashboard(app: Express, files: DashboardFiles): void {
  app.use((request, response, next) => {
    const file = fileFor(files, request);
    if (file === undefined) next();
    else sendDashboardFile(request, response, file);
  });
}

function fileFor(files: DashboardFiles, request: Request): DashboardFile | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const { path } = request;
  const named = files.get(path);
  if (named !== undefined) return named;
  const isTaken = TAKEN.some((taken) => path === taken || path.startsWith(`${taken}/`));
  // Programs ask for anything, browsers that navigate for a page: others are told that there is nothing. But the doors that
  // are told to people are there for whoever asks.
  const wantsPage = DOORS.includes(path) || (request.get('accept')?.includes('text/html') ?? false);
  return isTaken || !wantsPage ? undefined : files.get('/index.html');
}

function sendDashboardFile(request: Request, response: Response, file: DashboardFile): void {
  const coding = codingFor(request, file);
  const etag = `"${file.etag}-${coding}"`;
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('ETag', etag);
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  response.setHeader('Cache-Control', file.immutable ? `public, max-age=${ONE_YEAR}, immutable` : 'no-cache');
  if (request.get('if-none-match')?.includes(etag) === true) {
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Type', file.mediaType);
  if (coding !== 'identity') response.setHeader('Content-Encoding', coding);
  response.send(file.codings[coding] ?? file.codings.identity);
}

function codingFor(request: Request, { codings }: DashboardFile): Coding {
  const accepted = request.acceptsEncodings();
  return CODINGS.find((coding) => codings[coding] !== undefined && accepted.includes(coding)) ?? 'identity';
}
