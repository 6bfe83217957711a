// The site as a process of its own, so that its work is not counted in what is measured:
//
//   node dist/process.js '<site plan as JSON>' [log file]
//
// Prints one JSON line { origin, pid } when it listens, and exits when standard input closes, so it
// never outlives whoever started it. With a log file the log is kept there and not in memory.
import { startOracle } from './oracle.js';
import type { SitePlan } from './site/site-plan.js';

const [planJson, logFile] = process.argv.slice(2);
if (planJson === undefined) {
  process.stderr.write("usage: process.js '<site plan as JSON>' [log file]\n");
  process.exit(2);
}

// startOracle checks the plan's settings.
const plan = JSON.parse(planJson) as SitePlan;
const oracle = await startOracle(plan, logFile === undefined ? {} : { logFile, keepLogInMemory: false });
process.stdin.on('end', () => void oracle.close()).on('error', () => void oracle.close());
process.stdin.resume();
process.stdout.write(`${JSON.stringify({ origin: oracle.origin, pid: process.pid })}\n`);
