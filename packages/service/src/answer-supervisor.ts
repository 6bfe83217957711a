import type { Readable } from 'node:stream';

/**
 * Answers the supervisor, which asks over standard input whether the event loop still turns, by calling `say` for
 * whatever arrives. Nothing is said unasked: a supervisor that is itself stopped reads nothing, and a pipe that fills up
 * would block the process that writes to it.
 */
export function answerSupervisor(input: Readable, say: (line: { readonly alive: true }) => void): void {
  input.on('data', () => say({ alive: true }));
}
