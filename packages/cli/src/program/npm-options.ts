import type { Command, Option } from 'commander';
import { shellWord } from '../display/shell-word.js';
import type { NpmScript } from '../settings.js';
import { type CliError, usageError } from './cli-error.js';

/** An option that npm took, as it is to be typed. */
interface Taken {
  readonly option: Option;
  readonly flag: string;
  /** What follows the flag: its value, nothing, or null for a value that npm left among the arguments. */
  readonly value: readonly string[] | null;
}

/** The command that was called: the words that name it, and the arguments after them. */
interface Called {
  readonly command: Command;
  readonly names: readonly string[];
  readonly words: readonly string[];
}

/**
 * `npm run crawl <url> --json`, without `--` before the options, hands them to npm, which keeps them to itself: the command
 * would run without, and take their values for arguments. npm shows what it took in its environment. Returns the refusal
 * that says what to type, or null when nothing of the called command was taken.
 */
export function swallowedByNpm(program: Command, argv: readonly string[], npm: NpmScript): CliError | null {
  const called = calledCommand(program, argv);
  const taken = optionsOf(called.command).flatMap((option) => takenOption(option, argv, npm));
  if (taken.length === 0) return null;
  const names = taken.map(({ flag }) => flag).join(', ');
  const right = rightCommand(called, taken, npm.script);
  return usageError(
    `npm kept ${names} to itself: what is for this program comes after \`--\`. Type:\n  ${right}`,
  );
}

function calledCommand(command: Command, words: readonly string[], names: readonly string[] = []): Called {
  const [name = '', ...rest] = words;
  const below = command.commands.find((one) => one.name() === name);
  return below === undefined ? { command, names, words } : calledCommand(below, rest, [...names, name]);
}

/** Its options, and those of the commands below it, of which one is the default; each name once. */
function optionsOf(command: Command): Option[] {
  const all = [command, ...command.commands].flatMap(({ options }) => [...options]);
  return all.filter((option, at) => all.findIndex(({ long }) => long === option.long) === at);
}

function takenOption(option: Option, argv: readonly string[], { config }: NpmScript): Taken[] {
  const flag = option.long;
  if (flag === undefined) return [];
  const value = config.get(flag.replace(/^--(no-)?/, '').replaceAll('-', '_'));
  // Given after `--` as well, or set in a file of npm's that has nothing to do with this program.
  if (value === undefined || argv.some((word) => word.split('=')[0] === flag)) return [];
  // What is negated has an empty value.
  if (option.negate) return value === '' ? [{ option, flag, value: [] }] : [];
  if (value === '') return [];
  if (!option.required) return value === 'true' ? [{ option, flag, value: [] }] : [];
  // npm does not know that a value follows, and leaves it where it is, unless it is given with `=`.
  const isLeft = value.split('\n\n').every((one) => one === 'true');
  return [{ option, flag, value: isLeft ? null : [value] }];
}

/** The command with its options in their place. A value that cannot be told from the arguments is named as in its usage: `<n>`. */
function rightCommand({ command, names, words }: Called, taken: readonly Taken[], script: string): string {
  const left = [...words];
  const options = taken.map((one) => {
    const fitting = one.value === null ? left.filter((word) => accepts(one.option, word)) : [];
    const [only] = fitting;
    if (only === undefined || fitting.length > 1) return one;
    left.splice(left.indexOf(only), 1);
    return { ...one, value: [only] };
  });
  const missing = options.filter(({ value }) => value === null);
  const most = command.registeredArguments.length;
  const isVariadic = command.registeredArguments.some(({ variadic }) => variadic);
  const beyond = isVariadic ? [] : left.splice(most);
  // Most people write options after arguments.
  const last = missing.length === 1 && beyond.length === 1 ? beyond : null;
  const typed = options.flatMap(({ option, flag, value }) => {
    const own = value ?? last;
    return [flag, ...(own === null ? [placeholderOf(option)] : own.map(shellWord))];
  });
  // The scripts `crawl` and `start` name their command themselves.
  const before = script === 'outrider' ? names : names.slice(1);
  const start = script === 'start' ? 'npm start' : `npm run ${script}`;
  return [start, '--', ...before, ...left.map(shellWord), ...typed].join(' ');
}

function accepts(option: Option, word: string): boolean {
  if (option.argChoices !== undefined) return option.argChoices.includes(word);
  try {
    option.parseArg?.(word, undefined);
    return true;
  } catch {
    return false;
  }
}

function placeholderOf({ flags }: Option): string {
  return /<.*>/.exec(flags)?.[0] ?? '';
}
