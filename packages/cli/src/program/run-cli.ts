import type { ApiClient } from '../client/api-client.js';
import { type CliSettings, type Environment, readNpmScript, readSettings } from '../settings.js';
import { type Interrupts, takeInterrupts } from '../terminal/interrupts.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommandContext } from './command-context.js';
import { createProgram } from './create-program.js';
import { describeFailure } from './describe-failure.js';
import { EXIT_CODES, type ExitName } from './exit-codes.js';
import { swallowedByNpm } from './npm-options.js';

/** Runs one command line (`argv` without the program's name) and returns the exit code. Never throws. */
export async function runCli(
  argv: readonly string[],
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  let exit: ExitName = 'ok';
  let settings: CliSettings | undefined;
  let interrupts: Interrupts | undefined;
  const clients: ApiClient[] = [];
  const context: CommandContext = {
    terminal,
    settings: () => (settings ??= readSettings(environment)),
    interrupts: () => (interrupts ??= takeInterrupts()),
    connect: async () => {
      const client = await openClient(context.settings());
      clients.push(client);
      return client;
    },
    setExit: (name) => {
      exit = name;
    },
  };
  try {
    const program = createProgram(context);
    const npm = readNpmScript(environment);
    const refusal = npm === null ? null : swallowedByNpm(program, argv, npm);
    if (refusal !== null) throw refusal;
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const failure = describeFailure(error);
    if (failure.text !== null) terminal.note(failure.text);
    // A command that was told to end fails for that reason, whatever broke meanwhile.
    exit = interrupts?.exit() ?? failure.exit;
  }
  await Promise.all(clients.map((client) => client.close()));
  return EXIT_CODES[exit].code;
}

async function openClient(settings: CliSettings): Promise<ApiClient> {
  const [{ ApiClient }, { locateApi, requireApiKey }] = await Promise.all([
    import('../client/api-client.js'),
    import('../client/locate-api.js'),
  ]);
  const [apiUrl, apiKey] = await Promise.all([locateApi(settings), requireApiKey(settings)]);
  return new ApiClient({ apiUrl, apiKey });
}
