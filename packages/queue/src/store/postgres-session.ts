import { Client } from 'pg';
import { postgresClientOptions } from './postgres-client-options.js';
import { queueUnavailable } from './queue-unavailable.js';

/** Runs `work` on one connection of its own. Throws `queue_unavailable` when there is none to be had. */
export async function withPostgresSession<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(postgresClientOptions(url, 'outrider-queue-setup'));
  // A connection that breaks between two queries would otherwise end the process; the next query says so.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw queueUnavailable('PostgreSQL, which keeps the queue, does not answer.', error);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
