import { fileURLToPath } from 'node:url';

/** The root of the repository, whether this code is run from its sources or bundled. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.resolve('@outrider/oracle')));
