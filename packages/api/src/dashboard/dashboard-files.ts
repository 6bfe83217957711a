import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

/** A file of the built dashboard, ready to be sent. */
export interface DashboardFile {
  readonly mediaType: string;
  /** Its content by coding: as it is, and as compressed when it was built. */
  readonly codings: Readonly<Partial<Record<Coding, Buffer>>> & { readonly identity: Buffer };
  readonly etag: string;
  /** Its name holds a hash of its content: it can be kept for ever. */
  readonly immutable: boolean;
}

/** Codings in the order of preference. */
export const CODINGS = ['br', 'gzip', 'identity'] as const;
export type Coding = (typeof CODINGS)[number];

/** Files by their path below the dashboard's root, `/index.html` among them. */
export type DashboardFiles = ReadonlyMap<string, DashboardFile>;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const SUFFIXES: Readonly<Record<Exclude<Coding, 'identity'>, string>> = { br: '.br', gzip: '.gz' };
/** The bundler writes what it names by its content here, and nothing else. */
const HASHED = '/assets/';

/** Where the built dashboard is, beside this package. */
export function dashboardFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@outrider/web/package.json')), 'dist');
}

/** Reads a built dashboard into memory, some three megabytes; null for a folder that holds none. */
export function readDashboard(folder: string): DashboardFiles | null {
  if (statSync(join(folder, 'index.html'), { throwIfNoEntry: false }) === undefined) return null;
  const files = new Map<string, DashboardFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mediaType = MEDIA_TYPES[extname(entry.name)];
    if (entry.isFile() && mediaType !== undefined) {
      files.set(path.slice(folder.length).replaceAll('\\', '/'), readOne(folder, path, mediaType));
    }
  }
  return files;
}

function readOne(folder: string, path: string, mediaType: string): DashboardFile {
  const identity = readFileSync(path);
  const compressed = Object.entries(SUFFIXES).flatMap(([coding, suffix]) => {
    const present = statSync(path + suffix, { throwIfNoEntry: false }) !== undefined;
    return present ? [[coding, readFileSync(path + suffix)] as const] : [];
  });
  return {
    mediaType,
    codings: { identity, ...Object.fromEntries(compressed) },
    etag: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    immutable: path.slice(folder.length).startsWith(HASHED),
  };
}
