import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type DocumentSchema, fieldProblemsOf } from '@outrider/shared';
import { usageError } from '../program/cli-error.js';

/** Reads a JSON document of a known shape from a file, or from standard input for `-`. Throws CliError saying what is wrong. */
export async function readDocument<T>(path: string, schema: DocumentSchema<T>, what: string): Promise<T> {
  const parsed = schema.safeParse(parseJson(path, await readContent(path)));
  if (parsed.success) return parsed.data;
  const problems = fieldProblemsOf(schema, parsed.error.issues).map(
    (problem) => `  ${problem.path === '' ? 'document' : problem.path}: ${problem.message}`,
  );
  throw usageError(`${path} does not describe ${what}:\n${problems.join('\n')}`);
}

/** The text of a file, or of standard input for `-`. Throws CliError when it cannot be read. */
export async function readContent(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw usageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
