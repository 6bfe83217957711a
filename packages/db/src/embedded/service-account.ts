import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { type Account, runCommand } from './run-command.js';

/**
 * The account under which PostgreSQL runs when we are root, since it refuses to run as root: the first of
 * the named accounts that exists; when none does, the last is created as a system account without a
 * home or a login. Throws `embedded_postgres_failed` when that cannot be done.
 */
export async function serviceAccount(names: readonly string[] = ['postgres', 'outrider']): Promise<Account> {
  for (const name of names) {
    const account = await lookUp(name);
    if (account !== null) return account;
  }
  const name = names.at(-1) ?? 'outrider';
  // useradd is everywhere but on BusyBox systems, whose adduser takes other options than Debian's.
  const attempts: readonly (readonly [string, readonly string[]])[] = [
    ['useradd', ['--system', '--no-create-home', '--user-group', '--shell', '/bin/false', name]],
    ['adduser', ['-S', '-D', '-H', '-s', '/bin/false', name]],
  ];
  for (const [program, args] of attempts) {
    const result = await runCommand(program, args).catch(() => null);
    const account = result?.code === 0 ? await lookUp(name) : null;
    if (account !== null) return account;
  }
  throw new EmbeddedPostgresError(
    'embedded_postgres_failed',
    'PostgreSQL does not run as root, and no system account could be made for it. Create one ' +
      `(useradd --system ${name}), run Outrider as another user, or set DATABASE_URL.`,
  );
}

async function lookUp(name: string): Promise<Account | null> {
  const [user, group] = await Promise.all([runCommand('id', ['-u', name]), runCommand('id', ['-g', name])]);
  if (user.code !== 0 || group.code !== 0) return null;
  return { uid: Number(user.stdout), gid: Number(group.stdout) };
}
