import { spawn } from 'node:child_process';

/** A system account by numbers, as `spawn` takes them. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface CommandResult {
  /** Exit code, or null when a signal ended the program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The environment of every program started here. Nothing is inherited: a `PGDATA` or `PGPORT` in a
 * person's shell would otherwise steer the wrong server. LC_ALL=C keeps messages in the language that
 * the start code looks for.
 */
export const cleanEnvironment: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin',
  TZ: 'UTC',
};

/**
 * Runs a short program to its end and collects what it wrote. It runs in a session of its own, so that
 * Ctrl-C in the terminal does not cut it off half-way. Rejects when the program cannot be started.
 */
export function runCommand(file: string, args: readonly string[], account?: Account): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: '/',
      detached: true,
      env: cleanEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...account,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
