import { readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.js';
import { postmasterFilePath, readPostmasterFile } from './postmaster-file.js';
import { processIdentity } from './process-identity.js';
import { runCommand } from './run-command.js';

/**
 * Clears what an earlier run left on the cluster, so that a new server can start: a server still alive is
 * stopped (SIGINT, after 10 s SIGQUIT), and a `postmaster.pid` that it left is disarmed. Returns true when
 * the earlier run had not ended in order. The caller must hold the lock of the data directory. Throws
 * `data_dir_in_use` when the server cannot be stopped or told apart.
 */
export async function clearLeftoverPostmaster(clusterDir: string): Promise<boolean> {
  const left = await readPostmasterFile(clusterDir);
  if (left === null) return false;
  const kind = await classifyProcess(left.pid, clusterDir);
  if (kind === 'unsure') throw inUse(left.pid, clusterDir);
  if (kind === 'server') await stopServer(left.pid, clusterDir);
  await disarmPostmasterFile(clusterDir);
  return true;
}

/** `unrelated` is a program that has the number by chance; `unsure` may be the server, and is not ours to see. */
type ProcessKind = 'dead' | 'unrelated' | 'server' | 'unsure';

async function classifyProcess(pid: number, clusterDir: string): Promise<ProcessKind> {
  if ((await processIdentity(pid)) === null) return 'dead';
  return process.platform === 'linux' ? classifyOnLinux(pid, clusterDir) : classifyByPs(pid, clusterDir);
}

/** A server works in its data directory (it changes into it at start), so that tells it from every other. */
async function classifyOnLinux(pid: number, clusterDir: string): Promise<ProcessKind> {
  try {
    if ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() !== 'postgres') return 'unrelated';
    const [place, own] = await Promise.all([readlink(`/proc/${pid}/cwd`), realpath(clusterDir)]);
    return place === own ? 'server' : 'unrelated';
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH') return 'dead';
    if (code === 'EACCES' || code === 'EPERM') return 'unsure';
    throw error;
  }
}

async function classifyByPs(pid: number, clusterDir: string): Promise<ProcessKind> {
  const name = await runCommand('ps', ['-o', 'comm=', '-p', String(pid)]);
  if (name.code !== 0) return 'dead';
  if (!/(^|\/)postgres$/.test(name.stdout.trim())) return 'unrelated';
  const command = await runCommand('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  return command.stdout.includes(`-D ${clusterDir} `) ? 'server' : 'unsure';
}

/**
 * PostgreSQL refuses to start while the number in `postmaster.pid` is that of a live process other than its
 * own parent; to it, a dead one that init has not yet reaped is live too. So our number goes there. The
 * file is not removed: the server also finds in it the shared memory in which backends of the dead server
 * may still be at work, and then does not start.
 */
async function disarmPostmasterFile(clusterDir: string): Promise<void> {
  const path = postmasterFilePath(clusterDir);
  try {
    const [, ...rest] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, [String(process.pid), ...rest].join('\n'));
  } catch (error) {
    // A server that stopped in order has removed it.
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

async function stopServer(pid: number, clusterDir: string): Promise<void> {
  const identity = await processIdentity(pid);
  for (const [signal, seconds] of [
    ['SIGINT', 10],
    ['SIGQUIT', 10],
  ] as const) {
    signalIfAlive(pid, signal);
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      if (identity === null || (await processIdentity(pid)) !== identity) return;
      await sleep(20);
    }
  }
  throw inUse(pid, clusterDir);
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}

function inUse(pid: number, clusterDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data_dir_in_use',
    `A PostgreSQL server, process ${pid}, is still running on ${clusterDir}. Stop it (kill -INT ${pid}) ` +
      'and start again.',
  );
}
