export { cancelExecution } from './commands/cancel-execution.js';
export type { CommandDeps } from './commands/command-deps.js';
export { type Commands, createCommands } from './commands/create-commands.js';
export type { OrderRequest, OrderSubject } from './commands/order-execution.js';
export { pauseExecution } from './commands/pause-execution.js';
export { planSeeds, type SeedPlan } from './commands/plan-seeds.js';
export { resumeExecution } from './commands/resume-execution.js';
export { type RetryRequest, retryQuarantined } from './commands/retry-quarantined.js';
export { type StartRequest, startExecution } from './commands/start-execution.js';
export { type GraceRequest, type StopRequest, stopExecution } from './commands/stop-execution.js';
export { type Backfilled, type BackfillRange, backfillSchedule } from './schedules/backfill-schedule.js';
export { runScheduleNow } from './schedules/run-schedule-now.js';
export {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  restoreSchedule,
  resumeSchedule,
} from './schedules/schedule-commands.js';
