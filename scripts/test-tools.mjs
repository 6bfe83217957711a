// The programs that tests need and that no npm package carries: Redis, Prometheus with its promtool, Chromium. Where they
// are not installed, Debian's own packages are unpacked inside node_modules: that needs no root, starts no
// service and leaves the machine as it was.
import { execFile } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TOOLS_DIR = join(ROOT, 'node_modules', '.cache', 'outrider');
/** Where unpacked programs are found. */
const TOOLS_BIN = join(TOOLS_DIR, 'bin');

/**
 * `instead`: programs that serve as well. `inside`: where the package holds the program, if not among its commands.
 * @type {ReadonlyArray<{ program: string, debianPackage: string, brew: string, instead?: readonly string[], inside?: string }>}
 */
const TOOLS = [
  { program: 'redis-server', debianPackage: 'redis-server', brew: 'redis' },
  { program: 'promtool', debianPackage: 'prometheus', brew: 'prometheus' },
  { program: 'prometheus', debianPackage: 'prometheus', brew: 'prometheus' },
  {
    program: 'chromium-headless-shell',
    debianPackage: 'chromium-headless-shell',
    brew: 'chromium',
    // Its command names the installed path.
    inside: 'usr/lib/chromium/chromium-headless-shell',
    instead: ['chromium', 'chromium-browser', 'google-chrome-stable'],
  },
];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} program
 * @param {string} searchPath
 */
function isOnPath(program, searchPath) {
  return searchPath.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, program)));
}

/**
 * Options that keep apt's lists and downloads inside our folder, so that it works without root and without
 * an earlier `apt-get update`.
 * @param {string} aptDir
 */
function aptOptions(aptDir) {
  mkdirSync(join(aptDir, 'state', 'lists', 'partial'), { recursive: true });
  mkdirSync(join(aptDir, 'cache', 'archives', 'partial'), { recursive: true });
  return [
    '-q',
    ...['-o', `Dir::State=${join(aptDir, 'state')}`],
    ...['-o', 'Dir::State::status=/var/lib/dpkg/status'],
    ...['-o', `Dir::Cache=${join(aptDir, 'cache')}`],
    // As root apt would switch to a user that may not be able to enter this folder.
    ...['-o', 'APT::Sandbox::User='],
    ...['-o', 'Acquire::Retries=3'],
  ];
}

/**
 * The packages to unpack: the wanted one and what it needs that is not installed, without what serves its
 * web pages.
 * @param {string[]} apt
 * @param {string} debianPackage
 */
async function packagesFor(apt, debianPackage) {
  const args = [...apt, '--simulate', '--no-install-recommends', 'install', debianPackage];
  const { stdout } = await run('apt-get', args);
  const names = [...stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
  const needed = names.filter((name) => !/^(?:libjs-|fonts-)/.test(name));
  // Nothing to install: dpkg takes the package for installed although its program is not on the path.
  return needed.length > 0 ? needed : [debianPackage];
}

/**
 * @param {string} prefix
 * @param {string} program
 * @param {string | undefined} inside
 */
function writeLauncher(prefix, program, inside) {
  const places = inside === undefined ? [`usr/bin/${program}`, `usr/sbin/${program}`] : [inside];
  const target = places.map((place) => join(prefix, place)).find((path) => existsSync(path));
  if (target === undefined) throw new Error(`the package does not hold ${program}`);
  const libraries = ['usr/lib', 'lib']
    .map((folder) => join(prefix, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [
      folder,
      ...readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name.includes('linux-gnu'))
        .map((entry) => join(folder, entry.name)),
    ]);
  mkdirSync(TOOLS_BIN, { recursive: true });
  const launcher = join(TOOLS_BIN, program);
  const script = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries.join(':')}' exec '${target}' "$@"\n`;
  writeFileSync(launcher, script);
  chmodSync(launcher, 0o755);
}

/**
 * @param {{ program: string, debianPackage: string, inside?: string }} tool
 */
async function unpackFromDebian({ program, debianPackage, inside }) {
  const prefix = join(TOOLS_DIR, debianPackage);
  const aptDir = join(TOOLS_DIR, 'apt');
  rmSync(prefix, { recursive: true, force: true });
  mkdirSync(prefix, { recursive: true });
  const apt = aptOptions(aptDir);
  if (readdirSync(join(aptDir, 'state', 'lists')).filter((name) => name.endsWith('Packages')).length === 0) {
    await run('apt-get', [...apt, 'update']);
  }
  const names = await packagesFor(apt, debianPackage);
  await run('apt-get', [...apt, 'download', ...names], { cwd: prefix });
  for (const file of readdirSync(prefix).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg-deb', ['-x', file, prefix], { cwd: prefix });
    rmSync(join(prefix, file));
  }
  writeLauncher(prefix, program, inside);
  // Another program of the same package need not fetch it again.
  for (const other of TOOLS) {
    if (other.debianPackage === debianPackage && other.program !== program) {
      writeLauncher(prefix, other.program, other.inside);
    }
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return stderr === '' ? error.message : stderr;
}

/**
 * Makes the tools reachable, unpacking those that are missing.
 * @param {{ log: (line: string) => void }} options
 * @returns {Promise<{ program: string, problem?: string }[]>} one entry per tool; `problem` says what to do
 */
export async function ensureTestTools({ log }) {
  const results = [];
  for (const tool of TOOLS) {
    const { program, debianPackage, brew } = tool;
    if ([program, ...(tool.instead ?? [])].some((name) => isOnPath(name, pathWithTools()))) {
      results.push({ program });
      continue;
    }
    const advice = `Install it (Debian and Ubuntu: apt-get install ${debianPackage}; macOS: brew install ${brew}).`;
    if (!isOnPath('apt-get', pathWithTools()) || !isOnPath('dpkg-deb', pathWithTools())) {
      results.push({ program, problem: `${program} is not installed. ${advice}` });
      continue;
    }
    log(`Unpacking ${program} from the Debian package ${debianPackage}…`);
    try {
      await unpackFromDebian(tool);
      results.push({ program });
    } catch (error) {
      const problem = `${program} is not installed, and unpacking Debian's package failed: ${reasonOf(error)}\n${advice}`;
      results.push({ program, problem });
    }
  }
  return results;
}

/** The search path of a process that may need the tools. */
export function pathWithTools() {
  return `${process.env['PATH'] ?? ''}${delimiter}${TOOLS_BIN}`;
}
