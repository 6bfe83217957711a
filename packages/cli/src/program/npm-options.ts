import type { Command, Option } from 'commander';
import { shellWord } from '../display/shell-word.js';
import type { NpmScript } from '../settings.js';
import { type CliError, usageError } from './cli-error.js';

/** An option that npm took, as it is to be typed; with a value that npm left among the arguments. */
interface Taken {
  readonly flag: string;
  /** The words after the flag; null when they cannot be told from the arguments. */
  readonly words: readonly string[] | null;
  /** What `words` would be in the usage of the command: `<n>`. */
  readonly placeholder: string;
  /** Arguments that could be its value. */
  readonly candidates: readonly string[];
}

/**
 * `npm run crawl <url> --json`, without `--` before the options, hands them to npm, which keeps them to itself: the command
 * would run without, and take their values for arguments. npm shows what it took in its environment. Returns the refusal
 * that says what to type, or null when nothing of the called command was taken.
 */
export function swallowedByNpm(program: Command, argv: readonly string[], npm: NpmScript): CliError | null {
  const options = optionsOf(calledCommand(program, argv));
  const taken = options.flatMap((option) => takenOption(option, argv, npm));
  if (taken.length === 0) return null;
  const names = taken.map(({ flag }) => flag).join(', ');
  return usageError(
    `npm kept ${names} to itself: what is for this program comes after \`--\`. Type:\n  ${rightCommand(taken, argv, npm)}`,
  );
}

/** The command that the arguments name, as deep as they do. */
function calledCommand(program: Command, argv: readonly string[]): Command {
  const [name, ...rest] = argv.filter((argument) => !argument.startsWith('-'));
  const called = program.commands.find((command) => command.name() === name);
  return called === undefined ? program : calledCommand(called, rest);
}

/** Its options, and those of the commands below it, of which one is the default; each name once. */
function optionsOf(command: Command): Option[] {
  const all = [command, ...command.commands].flatMap(({ options }) => [...options]);
  return all.filter((option, at) => all.findIndex(({ long }) => long === option.long) === at);
}

function takenOption(option: Option, argv: readonly string[], { config }: NpmScript): Taken[] {
  const name = option.long?.replace(/^--(no-)?/, '');
  if (name === undefined || option.long === undefined) return [];
  const value = config.get(name.replaceAll('-', '_'));
  // Given after `--` as well, or set in a file of npm's that has nothing to do with this program.
  if (value === undefined || argv.some((word) => word.split('=')[0] === option.long)) return [];
  const bare = { flag: option.long, words: [], placeholder: '', candidates: [] };
  if (option.negate) return value === '' ? [bare] : [];
  // For `--no-<name>` of npm's own, npm leaves the value empty.
  if (value === '') return [];
  if (!option.required) return value === 'true' ? [bare] : [];
  // npm does not know that a value follows, and leaves it where it is. With `=` it takes both.
  const isLeft = value.split('\n\n').every((one) => one === 'true');
  const candidates = isLeft ? argv.slice(1).filter((word) => accepts(option, word)) : [];
  const [only] = candidates.length === 1 ? candidates : [];
  const words = isLeft ? (only === undefined ? null : [only]) : [value];
  return [{ flag: option.long, words, placeholder: /<.*>/.exec(option.flags)?.[0] ?? '', candidates }];
}

function accepts(option: Option, word: string): boolean {
  if (word.startsWith('-')) return false;
  if (option.argChoices !== undefined) return option.argChoices.includes(word);
  try {
    option.parseArg?.(word, undefined);
    return true;
  } catch {
    return false;
  }
}

function rightCommand(taken: readonly Taken[], argv: readonly string[], { script }: NpmScript): string {
  const values = new Set(taken.flatMap(({ candidates }) => candidates));
  // The scripts `crawl` and `start` name their command themselves.
  const given = script === 'outrider' ? argv : argv.slice(1);
  const words = given.filter((word) => !values.has(word)).map(shellWord);
  const options = taken.flatMap(({ flag, words: own, placeholder }) => [
    flag,
    ...(own === null ? [placeholder] : own.map(shellWord)),
  ]);
  return [script === 'start' ? 'npm start' : `npm run ${script}`, '--', ...words, ...options].join(' ');
}
