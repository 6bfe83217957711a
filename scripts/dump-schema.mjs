// Writes drizzle/schema.sql: migrates an empty database of a throw-away server and dumps what came of it.
// Usage, on a built workspace: node scripts/dump-schema.mjs [url of a server's administrator]
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** @param {string} path */
const fromDb = (path) => import(new URL(`../packages/db/dist/${path}`, import.meta.url).href);
const { dumpSchema } = await fromDb('migrate/dump-schema.js');
const { createTestDatabase, startTestServer } = await fromDb('testing/index.js');

const server = await startTestServer({ databaseUrl: process.argv[2] });
try {
  const database = await createTestDatabase(server.adminUrl);
  const schema = await dumpSchema({ adminUrl: database.url });
  await database.drop();
  await writeFile(fileURLToPath(new URL('../drizzle/schema.sql', import.meta.url)), schema);
} finally {
  await server.stop();
}
