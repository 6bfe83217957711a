import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { toStorableText } from '@outrider/db/storable-text';
import { chromiumFlags } from './chromium-flags.js';
import { guardChromium } from './chromium-guard.js';
import { DevtoolsPipe } from './devtools-pipe.js';

export interface ChromiumOptions {
  /** The program to run. */
  readonly path: string;
  /** `127.0.0.1:port` of the egress proxy. */
  readonly proxy: string;
  readonly sandbox: boolean;
  /** Milliseconds it has to answer what needs no page; see DevtoolsPipe. */
  readonly answerMs?: number | undefined;
}

/** One running Chromium. */
export interface Chromium {
  readonly pid: number;
  readonly userDataDir: string;
  readonly devtools: DevtoolsPipe;
  /** The end of what it wrote to standard error, as it can be stored. */
  readonly complaint: () => string;
  /** Resolves when its main process has ended. */
  readonly exited: Promise<void>;
  /**
   * Kills the whole process group and removes its folder, or has its guard do so in the next seconds. Synchronous, so
   * that it works in an exit handler.
   */
  kill(): void;
}

const FOLDER_PREFIX = 'outrider-chromium-';
const READY_MS = 30_000;
const COMPLAINT_BYTES = 2_000;

/**
 * Starts Chromium in a process group of its own, with nothing of our environment: no secret is within its
 * reach. As root it runs under the account `nobody`, since its sandbox does not work for root. Throws when it
 * does not answer.
 */
export async function launchChromium(options: ChromiumOptions): Promise<Chromium> {
  const account = await unprivilegedAccount();
  const userDataDir = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  if (account !== null) chownSync(userDataDir, account.uid, account.gid);
  const child = spawn(options.path, chromiumFlags({ ...options, userDataDir }), {
    // A folder that the other account may enter.
    cwd: userDataDir,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    env: { HOME: userDataDir, TMPDIR: userDataDir, TZ: 'UTC', LANG: 'en_US.UTF-8' },
    ...account,
  });
  const complaint = gatherComplaint(child);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const guard = child.pid === undefined ? null : guardChromium(child.pid, userDataDir);
  const kill = (): void => {
    killGroup(child);
    if (removeFolder(userDataDir)) guard?.dismiss();
    else guard?.takeOver();
  };
  void exited.then(kill);
  const [, , , commands, answers] = child.stdio;
  const devtools = new DevtoolsPipe(commands as Writable, answers as Readable, kill, options.answerMs);
  try {
    await answersInTime(devtools, exited);
  } catch (error) {
    kill();
    throw new Error(`Chromium (${options.path}) did not start: ${complaint() || String(error)}`, {
      cause: error,
    });
  }
  return { pid: child.pid ?? 0, userDataDir, devtools, complaint, exited, kill };
}

/** Removes the folders that killed workers left. */
export function sweepChromiumFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(FOLDER_PREFIX) ? Number(name.slice(FOLDER_PREFIX.length).split('-')[0]) : 0;
    if (pid > 0 && !isAlive(pid)) removeFolder(join(tmpdir(), name));
  }
}

async function unprivilegedAccount(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const run = promisify(execFile);
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** The end of what it wrote to standard error, for the message when it does not start. */
function gatherComplaint(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-COMPLAINT_BYTES);
  });
  child.once('error', (error) => {
    text = error.message;
  });
  return () => toStorableText(text).trim();
}

async function answersInTime(devtools: DevtoolsPipe, exited: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${READY_MS} ms`)), READY_MS);
  });
  const ended = exited.then(() => {
    throw new Error('it ended at once');
  });
  try {
    await Promise.race([devtools.send('Browser.getVersion'), tooLate, ended]);
  } finally {
    clearTimeout(timer);
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended.
  }
}

/** False when it could not be removed: a process that is just dying may still write to it. */
function removeFolder(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
