// Brings a clone to the state in which everything runs: dependencies installed, packages built. Every npm
// script starts here, so with nothing to do it only compares two stamps. It writes to standard error alone:
// standard output belongs to the command that follows.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFingerprint, isBuilt, packageFolders } from './build-fingerprint.mjs';
import { takeSetupLock } from './setup-lock.mjs';

/** @typedef {{ install?: string, installing?: boolean, build?: string }} SetupState */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];
/** @type {NodeJS.Signals[]} */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A failure the reader can act on: only its message is shown. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {number} exitCode
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @param {string} version as in process.versions.node */
export function requireNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(
    `Outrider needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${version}. Install a newer one from https://nodejs.org/ and try again.`,
  );
}

/** @param {string} root */
const statePath = (root) => join(root, '.setup', 'state.json');

/**
 * @param {string} root
 * @returns {SetupState}
 */
function readState(root) {
  try {
    return JSON.parse(readFileSync(statePath(root), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * @param {string} root
 * @param {SetupState} state
 */
function writeState(root, state) {
  const path = statePath(root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(state));
  renameSync(`${path}.new`, path);
}

/**
 * The platform is part of it: a clone may be shared between a machine and a container on it.
 * @param {string} root
 */
function installFingerprint(root) {
  const lockFile = readFileSync(join(root, 'pnpm-lock.yaml'));
  return `${process.platform}-${process.arch}-${createHash('sha256').update(lockFile).digest('hex')}`;
}

/**
 * @param {string} root
 * @param {SetupState} state
 */
function isInstalled(root, state) {
  // pnpm writes .modules.yaml when it has finished, so a deleted or half-deleted node_modules is noticed.
  return (
    existsSync(join(root, 'node_modules', '.modules.yaml')) && state.install === installFingerprint(root)
  );
}

/** @param {string} root */
function environmentOfSteps(root) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    CI: '1', // Neither pnpm nor turbo may ask questions.
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`,
  };
  // `npm run --silent` passes its silence on, which would hide why a step failed.
  delete env['npm_config_loglevel'];
  return env;
}

/**
 * Runs a program of the set-up in a process group of its own, so that it can be ended as a whole, and passes
 * ending signals on to it.
 * @param {{ root: string, lock: import('./setup-lock.mjs').SetupLock, args: string[], quiet: boolean }} step
 */
async function runPnpm({ root, lock, args, quiet }) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const child = spawn('npx', ['--yes', packageManager, ...args], {
    cwd: root,
    env: environmentOfSteps(root),
    detached: true,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', process.stderr, process.stderr],
  });
  if (child.pid !== undefined) lock.noteChild(child.pid);
  /** @type {Buffer[]} */
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  /** @type {NodeJS.Signals | undefined} */
  let ending;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    ending = signal;
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, passOn);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (ending) throw new SetupError(`Set-up ended by ${ending}.`, ending === 'SIGINT' ? 130 : 143);
    if (code !== 0) process.stderr.write(Buffer.concat(output));
    return code;
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, passOn);
    lock.noteChild(undefined);
  }
}

/** @param {string} root */
function removeInstalled(root) {
  for (const folder of ['.', 'tests', 'bench', ...packageFolders(root)]) {
    rmSync(join(root, folder, 'node_modules'), { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @param {import('./setup-lock.mjs').SetupLock} lock
 */
async function install(root, lock) {
  if (readState(root).installing) {
    // The last install was killed. What it left may look whole and not be (an install script that never ran),
    // and starting over from pnpm's store takes seconds.
    process.stderr.write('The last set-up did not finish; starting over.\n');
    removeInstalled(root);
  }
  process.stderr.write('Installing dependencies…\n');
  writeState(root, { installing: true });
  const args = ['install', '--frozen-lockfile', '--prod=false', '--reporter=append-only'];
  const code = await runPnpm({ root, lock, args, quiet: false });
  if (code !== 0) {
    if (code !== null) writeState(root, {});
    throw new SetupError(`Installing the dependencies failed (exit code ${code}); the reason is above.`);
  }
  writeState(root, { install: installFingerprint(root) });
}

/**
 * @param {string} root
 * @param {import('./setup-lock.mjs').SetupLock} lock
 */
async function build(root, lock) {
  process.stderr.write('Building…\n');
  // Taken before the build: a file saved while it runs makes the next run build again.
  const fingerprint = buildFingerprint(root);
  const args = ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--no-color'];
  const code = await runPnpm({ root, lock, args, quiet: true });
  if (code !== 0) throw new SetupError(`The build failed (exit code ${code}); the reason is above.`);
  writeState(root, { ...readState(root), build: fingerprint });
}

/** @param {string} root */
function work(root) {
  const state = readState(root);
  return {
    install: !isInstalled(root, state),
    build: state.build !== buildFingerprint(root) || !isBuilt(root),
  };
}

/**
 * Installs and builds what is missing or out of date. Safe to call from several processes at once.
 * @param {{ root?: string }} [options]
 * @throws {SetupError} when Node.js is too old, or a step failed or was ended by a signal
 */
export async function setUp({ root = ROOT } = {}) {
  requireNode(process.versions.node);
  const wanted = work(root);
  if (!wanted.install && !wanted.build) return;
  const lock = await takeSetupLock(join(root, '.setup', 'lock'), (owner) => {
    process.stderr.write(`Waiting for another set-up of this clone (process ${owner})…\n`);
  });
  try {
    if (work(root).install) await install(root, lock);
    if (work(root).build) await build(root, lock);
  } finally {
    lock.release();
  }
}

/**
 * Runs a script's main function after set-up; a failure of the set-up ends the process with its message.
 * @param {() => Promise<void>} main
 */
export async function afterSetUp(main) {
  try {
    await setUp();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(error.exitCode);
  }
  await main();
}

/**
 * Whether a module is the program being run, also when its path holds symbolic links.
 * @param {string} moduleUrl
 */
export function isProgram(moduleUrl) {
  const program = process.argv[1];
  return program !== undefined && realpathSync(program) === fileURLToPath(moduleUrl);
}

if (isProgram(import.meta.url)) await afterSetUp(async () => {});
