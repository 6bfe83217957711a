/** What the exit code of `outrider` means; `outrider help exit-codes` prints this table. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done; for a crawl: the execution completed' },
  failed: { code: 1, meaning: 'an error, or an execution that did not complete' },
  usage: { code: 2, meaning: 'the command line, or what it asks for, is not valid' },
  unreachable: { code: 3, meaning: 'no API answers where one was expected, or the platform did not recover' },
  refused: { code: 4, meaning: 'the API key is missing, not valid or not allowed to do this' },
  not_found: { code: 5, meaning: 'there is no campaign, execution or record of that name' },
  hung_up: { code: 129, meaning: 'the terminal was closed (SIGHUP); what was gathered stays' },
  interrupted: { code: 130, meaning: 'interrupted with Ctrl-C (SIGINT); what was gathered stays' },
  terminated: { code: 143, meaning: 'ended by SIGTERM; what was gathered stays' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;
export type ExitName = keyof typeof EXIT_CODES;
