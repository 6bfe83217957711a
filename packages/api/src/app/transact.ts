import type { Tx } from '@outrider/db';

/** Opens a transaction, runs what it is given in it, and commits it. */
export type Transact = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
