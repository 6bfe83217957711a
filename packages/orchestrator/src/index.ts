export type { CommandDeps } from './commands/command-deps.js';
export { type Commands, createCommands } from './commands/create-commands.js';
export { planSeeds, type SeedPlan } from './commands/plan-seeds.js';
export { type RetryRequest, retryQuarantined } from './commands/retry-quarantined.js';
export { type StartRequest, startExecution } from './commands/start-execution.js';
export { type StopRequest, stopExecution } from './commands/stop-execution.js';
export { type Backfilled, type BackfillRange, backfillSchedule } from './schedules/backfill-schedule.js';
export { runScheduleNow } from './schedules/run-schedule-now.js';
export {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
} from './schedules/schedule-commands.js';
