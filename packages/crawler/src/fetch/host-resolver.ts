import { lookup } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a host name to all its addresses, or rejects with an error that has a DNS `code`. */
export type HostResolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/**
 * Asks the operating system, so that /etc/hosts and search domains work as everywhere else on the machine.
 * Nothing is cached here: each new connection asks again and its answer is checked again.
 */
export const systemResolver: HostResolver = async (hostname) => {
  const records = await lookup(hostname, { all: true, verbatim: true });
  return records.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};
