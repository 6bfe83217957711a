/** The version of Outrider. A test holds it against every package's manifest. */
export const VERSION = '0.1.0';
