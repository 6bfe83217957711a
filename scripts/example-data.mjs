// Inserts an example campaign with one ended execution; running it twice changes nothing.
// Usage, on a built workspace: node scripts/example-data.mjs <database url> [tenant id]
/** @param {string} path */
const fromDb = (path) => import(new URL(`../packages/db/dist/${path}`, import.meta.url).href);
const { openDatabase } = await fromDb('connect/database.js');
const { insertExampleData } = await fromDb('example-data/insert-example-data.js');

const [url, tenantId] = process.argv.slice(2);
if (url === undefined) {
  process.stderr.write('Usage: node scripts/example-data.mjs <database url> [tenant id]\n');
  process.exit(2);
}
const database = openDatabase({ url, role: 'outrider_system', applicationName: 'outrider example data' });
try {
  const inserted = await insertExampleData(database, tenantId === undefined ? {} : { tenantId });
  process.stdout.write(`${JSON.stringify(inserted)}\n`);
} finally {
  await database.close();
}
