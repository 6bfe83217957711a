import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { startTestApi, type TestApi } from '@outrider/api/testing';
import { openTerminal, runCli } from '@outrider/cli';
import { afterAll, beforeAll, inject } from 'vitest';

/** What a command said and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line against an API of its own, in this process: as a person uses it, without the wait for processes. */
export interface Commands {
  readonly api: TestApi;
  /** Runs a command with the key of an administrator. */
  run(...args: string[]): Promise<CommandResult>;
  /** Runs one that must succeed, with `--json`, and returns what it printed. */
  json<T>(...args: string[]): Promise<T>;
  /** Writes a file for `--file`, and returns its path. */
  file(content: unknown): Promise<string>;
}

/** Opens the API before the tests of a file and closes it after them; call what it returns to get the commands. */
export function openCommands(): () => Commands {
  let opened: { api: TestApi; folder: string } | undefined;
  let files = 0;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-commands-'));
    opened = { api: await startTestApi(inject('postgresAdminUrl')), folder };
  });
  afterAll(async () => {
    await opened?.api.close();
    if (opened !== undefined) await rm(opened.folder, { recursive: true, force: true });
  });
  return () => {
    if (opened === undefined) throw new Error('the API has not started');
    const { api, folder } = opened;
    const environment = {
      OUTRIDER_API_URL: api.origin,
      OUTRIDER_API_KEY: api.keys.admin,
      OUTRIDER_DATA_DIR: folder,
    };
    const run = async (...args: string[]): Promise<CommandResult> => {
      const [out, err] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
      const code = await runCli(args, environment, openTerminal({ out, err }));
      return { code, stdout: String(out.read() ?? ''), stderr: String(err.read() ?? '') };
    };
    return {
      api,
      run,
      async json<T>(...args: string[]) {
        const { code, stdout, stderr } = await run(...args, '--json');
        if (code !== 0) throw new Error(`outrider ${args.join(' ')} ended with ${code}: ${stderr}`);
        return JSON.parse(stdout) as T;
      },
      async file(content) {
        files += 1;
        const path = join(folder, `${files}.json`);
        await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
        return path;
      },
    };
  };
}
