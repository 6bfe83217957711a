import { randomUUID } from 'node:crypto';
import { openConnection, type RawSql } from '../connect/connection.js';

/** An empty database, for what makes or breaks schemas. */
export interface EmptyDatabase {
  readonly url: string;
  /** Runs statements as the administrator. */
  run<T>(work: (sql: RawSql) => PromiseLike<T>): Promise<T>;
  drop(): Promise<void>;
}

/** Runs statements on the database of the URL, as its user. */
export async function runAs<T>(url: string, work: (sql: RawSql) => PromiseLike<T>): Promise<T> {
  const connection = await openConnection({ url, parameters: { application_name: 'outrider test' } });
  try {
    return await work(connection.sql);
  } finally {
    await connection.end();
  }
}

/** Makes an empty database; `owner` is a role of the server, default the administrator. */
export async function createEmptyDatabase(adminUrl: string, owner?: string): Promise<EmptyDatabase> {
  const name = `outrider_test_${randomUUID().replaceAll('-', '')}`;
  await runAs(adminUrl, (sql) =>
    sql.unsafe(
      `create database ${name} template template0 encoding 'UTF8' ${owner === undefined ? '' : `owner ${owner}`}`,
    ),
  );
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    run: (work) => runAs(url.href, work),
    drop: async () => {
      await runAs(adminUrl, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
    },
  };
}
