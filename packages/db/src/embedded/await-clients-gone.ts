import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';

const POLL_MS = 50;

/**
 * Waits until no client but this one is connected, at most `limitMs`. Returns also when the server no longer
 * answers: then there is nothing left to wait for.
 */
export async function awaitClientsGone(adminUrl: string, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  const sql = postgres(adminUrl, {
    max: 1,
    connect_timeout: 5,
    fetch_types: false,
    onnotice: () => undefined,
  });
  try {
    while (performance.now() < deadline && (await hasOtherClients(sql))) await sleep(POLL_MS);
  } catch {
    // As said above.
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function hasOtherClients(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql<{ others: boolean }[]>`
    select exists (
      select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
    ) as others`;
  return row?.others ?? false;
}
