import { RE2JS } from 're2js';

/** The error a pattern has in RE2 syntax, or null for one that compiles. */
export function patternProblem(source: string): string | null {
  try {
    RE2JS.compile(source);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'not a valid pattern';
  }
}
