import { OutriderError } from '@outrider/shared';
import { CommanderError } from 'commander';
import { ApiProblem, ApiUnreachable } from '../client/api-problem.js';
import { ProcessFailure } from '../platform/process-failure.js';
import { CliError } from './cli-error.js';
import type { ExitName } from './exit-codes.js';

export interface Failure {
  readonly exit: ExitName;
  /** Null when it has been said already. */
  readonly text: string | null;
}

/** What to tell a person about an error, and the exit code it means. Only a defect of ours shows its stack. */
export function describeFailure(error: unknown): Failure {
  // Commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 'ok' : 'usage', text: null };
  if (error instanceof CliError) return { exit: error.exit, text: error.message };
  if (error instanceof ApiProblem) return { exit: exitOf(error), text: problemText(error) };
  if (error instanceof ApiUnreachable) {
    return {
      exit: 'unreachable',
      text: `${error.message}\nStart the platform with \`npm start\`, or name its API in OUTRIDER_API_URL.`,
    };
  }
  if (error instanceof ProcessFailure) return { exit: 'failed', text: error.message };
  if (error instanceof OutriderError && error.code === 'invalid_settings') {
    return { exit: 'usage', text: `A setting is not usable:\n${error.message}` };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exit: 'failed', text: `Something broke on our side. Please report this:\n${detail}` };
}

function exitOf({ status, code }: ApiProblem): ExitName {
  if (code === 'unexpected_answer') return 'failed';
  if (status === 401 || status === 403) return 'refused';
  if (status === 404) return 'not_found';
  return [400, 405, 413, 415, 422].includes(status) ? 'usage' : 'failed';
}

/** What the API said against it: in general and in this case, each field that is wrong, and what to do. */
function problemText({ status, code, title, detail, fields, requestId }: ApiProblem): string {
  const lines = fields.map((field) => `  ${field.path}: ${field.message}`);
  // The detail alone often only says what to do. With fields, or of what is not there, it says all that the title does.
  const isWhole = title === '' || fields.length > 0 || code === 'not_found';
  const said = isWhole ? detail : `${title}. ${detail}`;
  const reference = requestId === '' ? code : `${code}, request ${requestId}`;
  // The API knows nothing of where the key came from.
  const advice =
    status === 401
      ? ['The key is taken from OUTRIDER_API_KEY, or from the file `api-key` in the data directory.']
      : [];
  return [`${said} (${reference})`, ...lines, ...advice].join('\n');
}

/** A refusal of the API with what to do about it on the command line, which the API knows nothing of. */
export function withAdvice(problem: ApiProblem, advice: string): CliError {
  return new CliError(exitOf(problem), `${problemText(problem)}\n${advice}`, { cause: problem });
}
