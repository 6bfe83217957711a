// One set-up at a time per clone. The lock is a file naming its owner, not a socket or flock(2), because
// Node offers neither an flock nor a portable name for a socket; a dead owner is recognised by its pid and
// start time, so that a recycled pid is not mistaken for it.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ pid: number, started: string }} ProcessIdentity */
/** @typedef {{ owner: ProcessIdentity, child?: ProcessIdentity }} LockContent */
/** @typedef {{ noteChild(pid: number | undefined): void, release(): void }} SetupLock */

const TAKEOVER_LIMIT_MS = 10_000;

/**
 * When a process started, in a form that only has to be compared with itself; '' when there is no such process.
 * @param {number} pid
 */
export function processStart(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Field 3 is the state: a zombie holds nothing any more. Field 22 is the start time in clock ticks.
      return fields[0] === 'Z' ? '' : (fields[19] ?? '');
    } catch {
      return '';
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** @param {ProcessIdentity} identity */
function isAlive(identity) {
  return identity.started !== '' && processStart(identity.pid) === identity.started;
}

/**
 * @param {string} path
 * @returns {LockContent | undefined}
 */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A killed set-up may leave its installer running; two installers in one node_modules would spoil it.
 * @param {ProcessIdentity} child leader of its own process group
 */
async function endOrphanedGroup(child) {
  const leaderStart = processStart(child.pid);
  if (leaderStart !== '' && leaderStart !== child.started) return;
  try {
    for (let waited = 0; waited < 10_000; waited += 50) {
      process.kill(-child.pid, 'SIGKILL');
      await sleep(50);
    }
  } catch {
    // ESRCH: the group is gone, which is what was wanted.
  }
}

/**
 * Replaces a dead owner's lock. A directory serves as the mutex among those who found it dead.
 * @param {string} path
 * @param {string} candidate file that already holds the new owner's content
 */
async function takeOver(path, candidate) {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_LIMIT_MS) rmSync(guard, { recursive: true, force: true });
    return false;
  }
  try {
    const found = readLock(path);
    if (found && isAlive(found.owner)) return false;
    if (found?.child) await endOrphanedGroup(found.child);
    renameSync(candidate, path);
    return true;
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/**
 * Takes the lock, waiting as long as its owner lives.
 * @param {string} path
 * @param {(owner: number) => void} onWait called once, with the pid waited for
 * @returns {Promise<SetupLock>}
 */
export async function takeSetupLock(path, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  const owner = { pid: process.pid, started: processStart(process.pid) };
  const candidate = `${path}.${process.pid}`;
  /** @param {LockContent} content */
  const write = (content) => writeFileSync(candidate, JSON.stringify(content));
  let announced = false;
  for (;;) {
    write({ owner });
    try {
      linkSync(candidate, path);
      rmSync(candidate);
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const found = readLock(path);
    if (found && isAlive(found.owner)) {
      if (!announced) onWait(found.owner.pid);
      announced = true;
      await sleep(200);
    } else if (await takeOver(path, candidate)) {
      break;
    } else {
      await sleep(50);
    }
  }
  return {
    noteChild(pid) {
      write(pid === undefined ? { owner } : { owner, child: { pid, started: processStart(pid) } });
      renameSync(candidate, path);
    },
    release() {
      rmSync(path, { force: true });
    },
  };
}
