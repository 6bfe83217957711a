// `pnpm bench:events [--seconds 20] [--only '^sockets 5000$'] [--quick]`
// Events of one campaign, written one by one in transactions of their own, and told to so many clients over two processes of
// the API: how long after it was written an event is at the client, what that costs, and what becomes of clients that do not
// read. Writes the figures into docs/benchmarks.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { machineFacts } from './machine-facts.mjs';
import { startDatabase } from './platform.mjs';
import { replaceFigures } from './render-figures.mjs';

/** Connections of one process of the API, and of the clients' process, with room for the rest. */
const OPEN_FILES = 16_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
  },
});

// A limit can only be raised by a shell, before Node.js starts.
const openFiles = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
if (openFiles !== 'unlimited' && Number(openFiles) < OPEN_FILES) {
  const script = `ulimit -n ${OPEN_FILES} && exec "$@"`;
  const again = ['-c', script, 'sh', process.execPath, ...process.argv.slice(1)];
  process.exit(spawnSync('sh', again, { stdio: 'inherit' }).status ?? 1);
}

await setUp();
const { measureCase } = await import('./event-load.mjs');
const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);
const db = await product('db/dist/index.js');
const seconds = Number(values.seconds);
const only = new RegExp(values.only);

/** @type {import('./event-load.mjs').Case[]} */
const CASES = [
  { name: 'nobody', transport: 'socket', clients: 0, perSecond: 200 },
  { name: 'SSE', transport: 'sse', clients: 1_000, perSecond: 200 },
  { name: 'sockets', transport: 'socket', clients: 1_000, perSecond: 200 },
  { name: 'sockets', transport: 'socket', clients: 5_000, perSecond: 200 },
  { name: 'SSE, large events', transport: 'sse', clients: 100, perSecond: 50, size: 20_000 },
  {
    name: 'the same, beside 100 that do not read',
    transport: 'sse',
    clients: 200,
    idle: 100,
    perSecond: 50,
    size: 20_000,
  },
  { name: 'sockets, large events', transport: 'socket', clients: 100, perSecond: 50, size: 20_000 },
  {
    name: 'the same, beside 100 that do not read',
    transport: 'socket',
    clients: 200,
    idle: 100,
    perSecond: 50,
    size: 20_000,
  },
  {
    name: 'sockets, none of which reads',
    transport: 'socket',
    clients: 5_000,
    idle: 5_000,
    perSecond: 8,
    size: 50_000,
  },
];

/** @param {readonly number[]} byMs @param {number} share */
function quantile(byMs, share) {
  const all = byMs.reduce((sum, count) => sum + count, 0);
  let passed = 0;
  for (const [ms, count] of byMs.entries()) {
    passed += count;
    if (passed >= share * all) return ms;
  }
  return Number.NaN;
}

/** @param {import('./event-load.mjs').Measured} measured */
function rowOf({ plan, written, seen, cpu, apiMb, cut }) {
  const readers = plan.clients - (plan.idle ?? 0);
  const ms = (/** @type {number} */ share) => (readers === 0 ? '' : quantile(seen.byMs, share));
  const latest = readers === 0 ? '' : seen.byMs.findLastIndex((count) => count > 0);
  const percent = (/** @type {number} */ used) => ((used / seconds) * 100).toFixed(0);
  const cells = [
    plan.name,
    plan.clients.toLocaleString('en'),
    (written / seconds).toFixed(0),
    ...[ms(0.5), ms(0.99), ms(0.999), latest],
    (seen.messages / Math.max(1, readers) / seconds).toFixed(0),
    readers * written - seen.events + seen.holes,
    cut,
    ...[cpu.api, cpu.clients, cpu.postgres + cpu.writer].map(percent),
    `${apiMb.before.toFixed(0)} → ${apiMb.after.toFixed(0)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

const ledger = await startDatabase();
try {
  await db.runMigrations({ adminUrl: ledger.databaseUrl });
  const system = db.openDatabase({
    url: ledger.databaseUrl,
    role: 'outrider_system',
    applicationName: 'bench',
  });
  const rows = [];
  // Processes of its own for each, so that memory is that of this case.
  for (const plan of CASES.filter(({ name, clients }) => only.test(`${name} ${clients}`))) {
    rows.push(rowOf(await measureCase({ ledger, system, seconds }, plan)));
    process.stdout.write(`${rows.at(-1)}\n`);
  }
  await system.close();
  const facts = machineFacts();
  const figures = [
    `${facts.date}. ${facts.machine}; load at the end ${facts.load}. ${seconds} s each, after 5 s to get warm. Two processes of the API; clients, database and writer on the same machine.`,
    '',
    '| clients | how many | events/s | p50 ms | p99 ms | p99.9 ms | longest ms | messages/s to each | lost or out of order | cut off | both APIs, % of a core | clients, % of a core | PostgreSQL and writer, % of a core | larger API, MB |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
  if (!values.quick && values.only === '') replaceFigures('events', figures);
} finally {
  await ledger.stop();
}
