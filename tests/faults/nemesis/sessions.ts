import postgres from 'postgres';

/** Ends one session of a database at random, LISTEN connections among them, as an administrator or a fail-over would. */
export async function terminateRandomSession(
  databaseUrl: string,
  random: () => number,
): Promise<string | null> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    const sessions = await sql<{ pid: number; application_name: string }[]>`
      select pid, application_name from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        and application_name not like 'test %' order by pid`;
    const victim = sessions[Math.floor(random() * sessions.length)];
    if (victim === undefined) return null;
    await sql`select pg_terminate_backend(${victim.pid})`;
    return victim.application_name;
  } finally {
    await sql.end();
  }
}

/** Takes every connection that the server still gives, until `release`. */
export async function hogConnections(
  databaseUrl: string,
): Promise<{ readonly taken: number; release(): Promise<void> }> {
  const hogs: postgres.Sql[] = [];
  for (;;) {
    // A superuser gets the reserved ones too: nothing is left for anybody.
    const hog = postgres(databaseUrl, {
      max: 1,
      idle_timeout: 0,
      connection: { application_name: 'test hog' },
    });
    try {
      await hog`select 1`;
      hogs.push(hog);
    } catch {
      await hog.end({ timeout: 0 });
      break;
    }
  }
  return {
    taken: hogs.length,
    release: async () => {
      await Promise.all(hogs.map((hog) => hog.end({ timeout: 1 })));
    },
  };
}
