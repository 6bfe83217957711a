import type { Explanation } from '@outrider/shared';
import { printable } from '../display/printable.js';

/** Why a URL is where it is, as text. */
export function renderExplanation(explanation: Explanation): string {
  const { url, outcome, sentence, path, errors } = explanation;
  return [
    printable(url),
    `  ${outcome}: ${printable(sentence)}`,
    ...(path.length === 0 ? [] : ['How it was found']),
    ...path.map((step) => `  ${step.discoveryMethod.padEnd(9)}  ${printable(step.url)}`),
    ...(errors.length === 0 ? [] : ['Errors']),
    ...errors.map((error) => `  ${error.severity}  ${error.errorCode}: ${printable(error.errorMessage)}`),
  ].join('\n');
}
