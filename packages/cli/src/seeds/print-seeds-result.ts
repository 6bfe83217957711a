import { printable } from '../display/printable.js';
import { formatCount } from '../display/quantities.js';
import type { CommandContext } from '../program/command-context.js';
import type { AddedSeeds } from './add-seeds.js';

/** Says what became of seeds, each refused one with its reason; with refused ones the exit code is that of a wrong command line. */
export function printSeedsResult(
  { terminal, setExit }: CommandContext,
  { accepted, duplicate, invalid, problems }: AddedSeeds,
): void {
  const counts = [
    `${formatCount(accepted)} added`,
    `${formatCount(duplicate)} there already`,
    `${formatCount(invalid)} refused`,
  ];
  terminal.note(`Seeds: ${counts.join(', ')}.`);
  for (const { index, input, message } of problems) {
    terminal.note(`  ${formatCount(index + 1)}. ${printable(input)}: ${message}`);
  }
  const more = invalid - problems.length;
  if (more > 0) terminal.note(`  and ${formatCount(more)} more`);
  if (invalid > 0) setExit('usage');
}
