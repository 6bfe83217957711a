import postgres from 'postgres';

/**
 * Creates a database on the server of `adminUrl` unless it is there, and returns its URL: that of
 * `adminUrl` with the other name. Safe when several processes do it at once.
 */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length === 0) await sql`create database ${sql(name)}`.catch(ignoreIfMadeMeanwhile);
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** 42P04 duplicate_database; or 23505 unique_violation, when both were at it in the same instant. */
function ignoreIfMadeMeanwhile(error: unknown): void {
  if (error instanceof postgres.PostgresError && ['42P04', '23505'].includes(error.code)) return;
  throw error;
}
