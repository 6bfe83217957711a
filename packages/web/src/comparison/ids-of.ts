import { MOST_COMPARED } from '@outrider/shared/contract';
import { z } from 'zod';

const id = z.uuid();

/** The ids in an address, `a,b,c`: each once, what is no id left out, as many as can be compared. */
export function idsOf(text: string | undefined): string[] {
  const named = (text ?? '').split(',').filter((one) => id.safeParse(one).success);
  return [...new Set(named)].slice(0, MOST_COMPARED);
}
