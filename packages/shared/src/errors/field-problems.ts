import type { z } from 'zod';
import type { FieldProblem } from './error-catalogue.js';
import { isSameName, nearestName } from './nearest-name.js';

type Issue = z.core.$ZodIssue;
type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** What a document is read by. */
export type DocumentSchema<T> = z.ZodType<T>;

/** Looking for the name that was meant takes time: this is done for as many as anyone reads. */
const MOST_SUGGESTIONS = 20;

/** What a schema found wrong, a problem for each field; a field that is not known names the one that was probably meant. */
export function fieldProblemsOf(schema: z.core.$ZodType, issues: readonly Issue[]): FieldProblem[] {
  let suggested = 0;
  return issues.flatMap((issue): FieldProblem[] => {
    if (issue.code !== 'unrecognized_keys') {
      return [{ path: issue.path.map(String).join('.'), code: issue.code, message: issue.message }];
    }
    return issue.keys.map((key) => {
      suggested += 1;
      const meant = suggested > MOST_SUGGESTIONS ? null : meantField(schema, issue.path, key);
      return {
        path: [...issue.path, key].map(String).join('.'),
        code: 'unknown_field',
        message: `there is no such field${meant === null ? '' : `; did you mean \`${meant}\`?`}`,
      };
    });
  });
}

/** By its dotted path: a field beside it, or one of the same name that has its place elsewhere in the document. */
function meantField(schema: z.core.$ZodType, path: readonly PropertyKey[], key: string): string | null {
  const beside = Object.keys(shapeAt(schema, path) ?? {});
  const same = beside.find((name) => isSameName(name, key));
  const elsewhere = pathsOf(schema).find((field) => isSameName(field.split('.').at(-1) ?? '', key));
  const near = same ?? (elsewhere === undefined ? nearestName(key, beside) : null);
  return near === null ? (elsewhere ?? null) : [...path, near].map(String).join('.');
}

/** The fields of the object at a path; null where there is none that could be told. */
function shapeAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): Shape | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const [step, ...rest] = path;
  switch (def.type) {
    case 'object': {
      if (step === undefined) return def.shape;
      const field = def.shape[String(step)];
      return field === undefined ? null : shapeAt(field, rest);
    }
    case 'array':
      return step === undefined ? null : shapeAt(def.element, rest);
    case 'default':
    case 'prefault':
    case 'optional':
    case 'nullable':
      return shapeAt(def.innerType, path);
    default:
      return null;
  }
}

/** The dotted paths of all fields of an object and of the objects in it, but not of lists. */
function pathsOf(schema: z.core.$ZodType): string[] {
  const fields = Object.entries(shapeAt(schema, []) ?? {});
  return fields.flatMap(([name, field]) => [name, ...pathsOf(field).map((inner) => `${name}.${inner}`)]);
}
