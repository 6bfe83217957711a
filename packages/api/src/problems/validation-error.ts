import { fieldProblemsOf, OutriderError } from '@outrider/shared';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * What a schema found wrong, as one error: `limit_exceeded` when every finding is a number or a list above its
 * maximum, else `validation_failed`. Each field is named by its dotted path.
 */
export function validationError(
  schema: z.ZodType,
  issues: readonly Issue[],
  where: 'body' | 'query' | 'path',
): OutriderError {
  const fields = fieldProblemsOf(schema, issues);
  const allAbove = issues.length > 0 && issues.every(isAboveMaximum);
  const place = { body: 'the body', query: 'the query', path: 'the path' }[where];
  return allAbove
    ? new OutriderError('limit_exceeded', `A value in ${place} is above its maximum: see fields.`, { fields })
    : new OutriderError('validation_failed', `Something in ${place} is not valid: see fields.`, { fields });
}

function isAboveMaximum(issue: Issue): boolean {
  return issue.code === 'too_big' && issue.origin !== 'string';
}
