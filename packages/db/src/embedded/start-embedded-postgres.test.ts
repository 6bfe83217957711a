import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { freePort } from './free-port.js';
import { postmasterFilePath, readPostmasterFile } from './postmaster-file.js';
import { processIdentity } from './process-identity.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.js';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function freshDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'outrider-embedded-'));
  await chmod(dataDir, 0o755);
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function start(dataDir: string, choosePort?: () => Promise<number>): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir }, choosePort);
  cleanups.push(() => server.stop());
  return server;
}

async function query(adminUrl: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(adminUrl, { max: 1 });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

interface Owner {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly adminUrl: string;
  readonly postmasterPid: number;
}

/** Starts the server from a process of its own, which ignores Ctrl-C and ends with this one. */
async function startOwner(dataDir: string): Promise<Owner> {
  const module = new URL('./start-embedded-postgres.ts', import.meta.url).href;
  const script = `
    process.on('SIGINT', () => undefined);
    process.stdin.once('close', () => process.exit()).resume();
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const { adminUrl, pid } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(JSON.stringify({ adminUrl, postmasterPid: pid }));`;
  const loader = new URL('../testing/typescript-loader.mjs', import.meta.url).href;
  const args = ['--conditions=source', '--import', loader, '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await exited;
    await until(() => isGone(postmaster.pid));
  });
  const postmaster = { pid: 0 };
  for await (const line of createInterface(child.stdout)) {
    const { adminUrl, postmasterPid } = JSON.parse(line) as { adminUrl: string; postmasterPid: number };
    postmaster.pid = postmasterPid;
    return { child, pid: child.pid ?? 0, adminUrl, postmasterPid };
  }
  throw new Error('the owner ended before the server was ready');
}

async function killOwner(owner: Owner): Promise<void> {
  const exited = once(owner.child, 'exit');
  owner.child.kill('SIGKILL');
  await exited;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** A dead process may wait long for an init that is slow to reap it: that one is gone too. */
async function isGone(pid: number): Promise<boolean> {
  return pid === 0 || (await processIdentity(pid)) === null;
}

async function processGroup(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

describe('startEmbeddedPostgres', () => {
  it('makes a UTF-8 database on 127.0.0.1 at the first start', async () => {
    const dataDir = await freshDataDir();
    const server = await start(dataDir);
    const [row] = await query(
      server.adminUrl,
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_encoding') as encoding,
        current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
        current_setting('synchronous_commit') as durable, current_setting('fsync') as fsync, lower('ÄÉ') as lower`,
    );
    expect(row).toEqual({
      major: 18,
      encoding: 'UTF8',
      addresses: '127.0.0.1',
      sockets: '',
      durable: 'on',
      fsync: 'on',
      lower: 'äé',
    });
    expect(server.wasRecovered).toBe(false);
    expect(new URL(server.adminUrl).port).toBe(String(server.port));
  });

  it('keeps its password from other accounts and refuses a wrong one', async () => {
    const dataDir = await freshDataDir();
    const server = await start(dataDir);
    expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    const wrong = new URL(server.adminUrl);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps the data over a stop and a start', async () => {
    const dataDir = await freshDataDir();
    const first = await start(dataDir);
    await query(first.adminUrl, 'create table kept as select generate_series(1, 1000) as n');
    await first.stop();
    expect(await isGone(first.pid)).toBe(true);
    const second = await start(dataDir);
    expect(await query(second.adminUrl, 'select count(*)::int as n from kept')).toEqual([{ n: 1000 }]);
    expect(second.wasRecovered).toBe(false);
  });

  it('takes settings over its own, but not the address it listens on', async () => {
    const dataDir = await freshDataDir();
    const server = await startEmbeddedPostgres({
      dataDir,
      settings: { work_mem: '7MB', listen_addresses: '*' },
    });
    cleanups.push(() => server.stop());
    const [row] = await query(
      server.adminUrl,
      `select current_setting('work_mem') as memory, current_setting('listen_addresses') as addresses`,
    );
    expect(row).toEqual({ memory: '7MB', addresses: '127.0.0.1' });
  });

  it('refuses a second start on a data directory in use, naming the process', async () => {
    const dataDir = await freshDataDir();
    const server = await start(dataDir);
    const refused = await startEmbeddedPostgres({ dataDir }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EmbeddedPostgresError);
    expect(refused).toMatchObject({ code: 'data_dir_in_use' });
    expect(String(refused)).toContain(`process ${process.pid}`);
    expect(String(refused)).toContain('OUTRIDER_DATA_DIR');
    expect(await query(server.adminUrl, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('lets exactly one of several starts at once have the data directory', async () => {
    const dataDir = await freshDataDir();
    await (await start(dataDir)).stop();
    await writeFile(join(dataDir, 'outrider.lock'), '999999999\nlong gone\n');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => start(dataDir)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'data_dir_in_use' });
    }
  });

  it('takes another port when the chosen one was taken meanwhile', async () => {
    const taken: Server = createServer();
    const takenPort = await freePort();
    taken.listen(takenPort, '127.0.0.1');
    await once(taken, 'listening');
    cleanups.push(async () => {
      taken.close();
      await once(taken, 'close');
    });
    const ports = [takenPort, takenPort];
    const server = await start(await freshDataDir(), async () => ports.shift() ?? (await freePort()));
    expect(ports).toEqual([]);
    expect(server.port).not.toBe(takenPort);
    expect(await query(server.adminUrl, 'select 1 as n')).toEqual([{ n: 1 }]);
  });
});

describe('an owner that dies', () => {
  it('takes its server with it when killed with -9', async () => {
    const owner = await startOwner(await freshDataDir());
    await killOwner(owner);
    await until(() => isGone(owner.postmasterPid));
    await expect(query(owner.adminUrl, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('leaves every committed row to the next start, which replaces its lock', async () => {
    const dataDir = await freshDataDir();
    const owner = await startOwner(dataDir);
    await query(owner.adminUrl, 'create table kept as select generate_series(1, 5000) as n');
    await killOwner(owner);
    const next = await start(dataDir);
    expect(next.wasRecovered).toBe(true);
    expect(next.pid).not.toBe(owner.postmasterPid);
    expect(await isGone(owner.postmasterPid)).toBe(true);
    expect(await query(next.adminUrl, 'select count(*)::int as n from kept')).toEqual([{ n: 5000 }]);
  });

  it('is recovered from when the server was killed with it', async () => {
    const dataDir = await freshDataDir();
    const owner = await startOwner(dataDir);
    await query(owner.adminUrl, 'create table kept as select generate_series(1, 5000) as n');
    process.kill(owner.postmasterPid, 'SIGKILL');
    await killOwner(owner);
    const next = await start(dataDir);
    expect(next.wasRecovered).toBe(true);
    expect(await query(next.adminUrl, 'select count(*)::int as n from kept')).toEqual([{ n: 5000 }]);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('automatic recovery in progress');
  });

  it('without a watcher leaves a server that the next start stops', async () => {
    const dataDir = await freshDataDir();
    const owner = await startOwner(dataDir);
    await query(owner.adminUrl, 'create table kept as select 1 as n');
    // Without its watcher, the server outlives the owner.
    for (const pid of await watchersOf(owner.postmasterPid)) process.kill(pid, 'SIGKILL');
    await killOwner(owner);
    expect(await query(owner.adminUrl, 'select n from kept')).toEqual([{ n: 1 }]);
    const next = await start(dataDir);
    expect(await isGone(owner.postmasterPid)).toBe(true);
    expect(next.wasRecovered).toBe(true);
    expect(await query(next.adminUrl, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('is not mistaken for another process with its recycled number', async () => {
    const dataDir = await freshDataDir();
    const first = await start(dataDir);
    await query(first.adminUrl, 'create table kept as select 1 as n');
    const file = postmasterFilePath(first.clusterDir);
    const content = await readFile(file, 'utf8');
    await first.stop();
    // Both files now name a live process: some other program that happens to have the number. It is of the
    // server's own account, since PostgreSQL itself sees through the number of anyone else's.
    const { uid, gid } = await stat(first.clusterDir);
    const bystander = spawn('sleep', ['600'], { stdio: 'ignore', uid, gid });
    const gone = once(bystander, 'exit');
    cleanups.push(async () => {
      bystander.kill('SIGKILL');
      await gone;
    });
    await writeFile(file, content.replace(/^\d+/, String(bystander.pid)));
    await writeFile(join(dataDir, 'outrider.lock'), `${bystander.pid}\nanother start\n`);
    const next = await start(dataDir);
    expect(await query(next.adminUrl, 'select n from kept')).toEqual([{ n: 1 }]);
    expect(bystander.exitCode).toBeNull();
    expect(await processIdentity(bystander.pid ?? 0)).not.toBeNull();
  });
});

describe('Ctrl-C in the terminal', () => {
  it('reaches the owner but not the server', async () => {
    const owner = await startOwner(await freshDataDir());
    expect(await processGroup(owner.postmasterPid)).not.toBe(await processGroup(owner.pid));
    process.kill(-owner.pid, 'SIGINT');
    await sleep(300);
    expect(await query(owner.adminUrl, 'select 1 as n')).toEqual([{ n: 1 }]);
    expect(owner.child.exitCode).toBeNull();
  });
});

describe('stop', () => {
  it('ends the server, its watcher and the lock, and may be called twice', async () => {
    const dataDir = await freshDataDir();
    const server = await start(dataDir);
    const watchers = await watchersOf(server.pid);
    expect(watchers).toHaveLength(1);
    await Promise.all([server.stop(), server.stop()]);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    for (const pid of watchers) await until(() => isGone(pid));
    await expect(stat(join(dataDir, 'outrider.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readPostmasterFile(server.clusterDir)).toBeNull();
  });

  it('does not wait for clients that are still connected', async () => {
    const server = await start(await freshDataDir());
    const sql = postgres(server.adminUrl, { max: 1 });
    const sleeping = sql`select pg_sleep(60)`.catch((error: unknown) => error);
    await until(async () => {
      const rows = await query(
        server.adminUrl,
        `select 1 from pg_stat_activity where wait_event = 'PgSleep'`,
      );
      return rows.length === 1;
    });
    await server.stop();
    expect(await sleeping).toBeInstanceOf(Error);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await sql.end({ timeout: 0 });
  });
});

describe('a data directory that cannot be used', () => {
  it('is refused when another major version made it', async () => {
    const dataDir = await freshDataDir();
    const server = await start(dataDir);
    await server.stop();
    await writeFile(join(server.clusterDir, 'PG_VERSION'), '17\n');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: 'data_dir_version_mismatch',
      message: expect.stringMatching(/PostgreSQL 17.*PostgreSQL 18/s),
    });
    await expect(stat(join(dataDir, 'outrider.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is refused when its path is longer than PostgreSQL allows, or holds a line break', async () => {
    const dataDir = await freshDataDir();
    const long = join(dataDir, ...Array.from({ length: 8 }, () => 'd'.repeat(100)));
    for (const path of [long, join(dataDir, 'd'.repeat(300)), join(dataDir, 'a\nb')]) {
      await expect(startEmbeddedPostgres({ dataDir: path })).rejects.toMatchObject({
        code: 'data_dir_unusable',
      });
    }
  });

  it('is refused when it is a file', async () => {
    const file = join(await freshDataDir(), 'file');
    await writeFile(file, '');
    await expect(startEmbeddedPostgres({ dataDir: file })).rejects.toMatchObject({
      code: 'data_dir_unusable',
    });
    await expect(startEmbeddedPostgres({ dataDir: join(file, 'below') })).rejects.toMatchObject({
      code: 'data_dir_unusable',
    });
  });

  it('is refused when its password is lost or is another', async () => {
    const dataDir = await freshDataDir();
    const server = await start(dataDir);
    await server.stop();
    await writeFile(join(dataDir, 'postgres-password'), 'another');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: 'data_dir_unusable' });
    await rm(join(dataDir, 'postgres-password'));
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: 'data_dir_unusable' });
    expect(await readPostmasterFile(server.clusterDir)).toBeNull();
  });

  it('says what PostgreSQL said when that refuses to start', async () => {
    const dataDir = await freshDataDir();
    await expect(
      startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'much' } }),
    ).rejects.toMatchObject({
      code: 'embedded_postgres_failed',
      message: expect.stringContaining('shared_buffers'),
    });
    await (await start(dataDir)).stop();
  });
});

describe('a start that is aborted', () => {
  it('rejects with the reason and leaves no server and no lock', async () => {
    const dataDir = await freshDataDir();
    await (await start(dataDir)).stop();
    const controller = new AbortController();
    const starting = startEmbeddedPostgres({ dataDir, signal: controller.signal }, async () => {
      controller.abort(new Error('changed my mind'));
      return freePort();
    });
    await expect(starting).rejects.toThrow('changed my mind');
    expect(await readPostmasterFile(join(dataDir, 'postgres', 'data'))).toBeNull();
    await expect(stat(join(dataDir, 'outrider.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** The watcher shells of a server: in its session, and not its children. */
async function watchersOf(postmasterPid: number): Promise<number[]> {
  const { stdout } = spawn('ps', ['-eo', 'pid=,sess=,comm=']);
  const watchers: number[] = [];
  for await (const line of createInterface(stdout)) {
    const [pid, session, name] = line.trim().split(/\s+/);
    if (Number(session) === postmasterPid && name === 'sh') watchers.push(Number(pid));
  }
  return watchers;
}
