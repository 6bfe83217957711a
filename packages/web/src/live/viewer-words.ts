import type { Viewer } from '@outrider/shared/contract';
import { formatCount } from '../display/format.js';

const MOST_NAMED = 4;

/** The names of the others, and of further windows of this key; null while nobody else is looking. */
export function viewerWords(viewers: readonly Viewer[], ownKeyId: string): string | null {
  const own = viewers.find(({ keyId }) => keyId === ownKeyId);
  const others = viewers.filter(({ keyId }) => keyId !== ownKeyId);
  const named = others.slice(0, MOST_NAMED).map(({ name }) => name);
  if (others.length > MOST_NAMED) named.push(`${formatCount(others.length - MOST_NAMED)} more`);
  if (own !== undefined && own.connections > 1) {
    const windows = own.connections - 1;
    named.push(`${formatCount(windows)} more ${windows === 1 ? 'window' : 'windows'} with your key`);
  }
  return named.length === 0 ? null : named.join(', ');
}
