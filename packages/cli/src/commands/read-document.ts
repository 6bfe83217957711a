import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { usageError } from '../program/cli-error.js';

/** The part of a schema that a document is read by. */
interface DocumentSchema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

/** Reads a JSON document of a known shape from a file, or from standard input for `-`. Throws CliError saying what is wrong. */
export async function readDocument<T>(path: string, schema: DocumentSchema<T>, what: string): Promise<T> {
  const parsed = schema.safeParse(parseJson(path, await readContent(path)));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    (issue) => `  ${issue.path.map(String).join('.') || 'document'}: ${issue.message}`,
  );
  throw usageError(`${path} does not describe ${what}:\n${issues.join('\n')}`);
}

async function readContent(path: string): Promise<string> {
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
