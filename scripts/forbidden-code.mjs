// Rules that no linter has: code the project has decided against, each with the reason a reader needs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ pattern: RegExp, reason: string, allowed?: (path: string) => boolean }} Rule */

/** @param {string} path */
const isTest = (path) => path.endsWith('.test.ts') || path.includes('/testing/') || path.startsWith('tests/');

/** @type {Rule[]} */
const RULES = [
  {
    pattern: /\bgot-scraping\b/,
    reason: 'got-scraping bypasses the guarded client: fetch through packages/crawler/src/fetch',
  },
  {
    pattern: /\bRobotsTxtFile\b|import[^;]*?\bRobotsFile\b[^;]*?from\s+['"]@?crawlee/,
    reason: "Crawlee's robots reader bypasses the guarded client and treats 5xx as allowed",
  },
  {
    pattern: /import[^;]*?\bSitemap\b[^;]*?from\s+['"]@?crawlee/,
    reason: "Crawlee's sitemap reader bypasses the guarded client and has no size limit",
  },
  {
    pattern: /(?<![.\w$])(?:globalThis\.)?fetch\s*\(/,
    reason: 'every outbound byte goes through the guarded client in packages/crawler/src/fetch',
    allowed: (path) =>
      path.startsWith('packages/crawler/src/fetch/') || path.startsWith('packages/web/') || isTest(path),
  },
  {
    pattern: /\bprocess\.env\b/,
    reason: "the environment is read in the process's settings.ts only",
    allowed: (path) => path.endsWith('/settings.ts') || isTest(path),
  },
  { pattern: /dangerouslySetInnerHTML/, reason: 'crawled text must never be inserted as HTML' },
];

/**
 * Comments may name what the code must not; they are blanked, keeping line numbers.
 * A `//` inside a string is left alone when a colon stands before it, as in a URL.
 * @param {string} text
 */
function withoutComments(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

/**
 * @param {string} path relative to the root, with forward slashes
 * @param {string} text
 * @returns {string[]} one finding per breach, as `path:line: reason`
 */
export function forbiddenIn(path, text) {
  const code = withoutComments(text);
  const findings = [];
  for (const { pattern, reason, allowed } of RULES) {
    if (allowed?.(path)) continue;
    for (const match of code.matchAll(new RegExp(pattern, 'g'))) {
      const line = code.slice(0, match.index).split('\n').length;
      findings.push(`${path}:${line}: ${reason}`);
    }
  }
  return findings;
}

/**
 * @param {string} root
 * @returns {string[]} the TypeScript sources and tests, relative to the root
 */
function sourcesOf(root) {
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/src`);
  return [...folders, 'tests'].flatMap((folder) => {
    try {
      return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
        .map((name) => `${folder}/${name}`);
    } catch {
      return [];
    }
  });
}

/** The one file that must spell out what is forbidden. */
const OWN_TEST = 'tests/tooling/forbidden-code.test.ts';

/** @param {string} root */
export function findForbiddenCode(root) {
  const sources = sourcesOf(root).filter((path) => path !== OWN_TEST);
  return sources.flatMap((path) => forbiddenIn(path, readFileSync(join(root, path), 'utf8')));
}

/**
 * A lock file written behind a mirror may record its addresses, which nobody else can reach.
 * @param {string} lockFile
 * @returns {string[]}
 */
export function addressesIn(lockFile) {
  return lockFile
    .split('\n')
    .flatMap((line, index) =>
      /https?:\/\/|tarball:/.test(line) ? [`pnpm-lock.yaml:${index + 1}: ${line.trim()}`] : [],
    );
}
