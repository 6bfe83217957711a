import { z } from 'zod';
import { OutriderError } from '../errors/error-catalogue.js';
import { CRASH_POINTS } from '../faults/crash-points.js';

const flag = z
  .enum(['0', '1', 'true', 'false', ''], { error: 'must be 1, true, 0 or false' })
  .transform((value) => value === '1' || value === 'true');
/** A whole number from `low` to `high`; whatever is wrong with another value, the same sentence says what to write. */
const wholeNumber = (low: number, high: number) => {
  const error = `must be a whole number from ${low} to ${high}`;
  return z.coerce.number({ error }).int({ error }).min(low, { error }).max(high, { error });
};
const PORT_RANGE = { error: 'must be whole numbers from 1 to 65535, separated by commas' };
const port = wholeNumber(0, 65_535);
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL');
const redisUrl = z.string().regex(/^rediss?:\/\//, 'must be a redis:// URL');

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** Every setting: its environment variable, what it means and its default. `docs/settings.md` is tested against it. */
export const SETTINGS = {
  PORT: { schema: port.default(3000), meaning: 'Port of the API; 0 takes a free one.' },
  OUTRIDER_HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    meaning: 'Address the API and the metrics servers listen on; 0.0.0.0 for every interface.',
  },
  OUTRIDER_DATA_DIR: {
    schema: z.string().min(1).default('.outrider'),
    meaning:
      "Folder of the embedded PostgreSQL, the first API key and logs. For root, when PostgreSQL's account cannot reach it, the database lies in /var/lib/outrider instead.",
  },
  DATABASE_URL: {
    schema: postgresUrl.optional(),
    meaning: 'PostgreSQL 14 or newer that holds everything. Unset: the embedded PostgreSQL.',
  },
  QUEUE_DATABASE_URL: {
    schema: postgresUrl.optional(),
    meaning: 'PostgreSQL for BullMQ where there is no Redis. Unset: schema bullmq of DATABASE_URL.',
  },
  REDIS_URL: {
    schema: redisUrl.optional(),
    meaning: 'Redis 6.2 or newer for BullMQ. Unset: BullMQ runs on PostgreSQL.',
  },
  OUTRIDER_API_KEY: {
    schema: z.string().min(1).optional(),
    meaning:
      'API key of the first administrator: one that Outrider made, or at least 32 random characters. Unset: one is made at the first start, printed once and kept in the data folder.',
  },
  OUTRIDER_API_URL: {
    schema: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
    meaning:
      'Where the command line finds the API. Unset: the platform running in OUTRIDER_DATA_DIR, else http://127.0.0.1:3000.',
  },
  OUTRIDER_ALLOW_PRIVATE_NETWORKS: {
    schema: flag.default(false),
    meaning: 'Allows loopback, link-local and private targets, on any port: 1 or true.',
  },
  OUTRIDER_ALLOWED_PORTS: {
    schema: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '')
          .map(Number),
      )
      .pipe(z.array(z.int(PORT_RANGE).min(1, PORT_RANGE).max(65_535, PORT_RANGE))),
    meaning: 'Ports that may be crawled besides 80 and 443, separated by commas.',
  },
  OUTRIDER_WORKERS: {
    schema: wholeNumber(1, 64).default(1),
    meaning: 'Worker processes that `up` starts.',
  },
  OUTRIDER_WORKER_LANES: {
    schema: wholeNumber(1, 64).default(4),
    meaning: 'Lanes one worker process crawls at a time.',
  },
  OUTRIDER_READING_THREADS: {
    schema: wholeNumber(0, 16).default(1),
    meaning:
      'Threads in which a worker parses pages and lays out their records, beside the one that fetches and writes; 0 does everything in one.',
  },
  OUTRIDER_LANE_LEASE_MS: {
    schema: wholeNumber(1_000, 600_000).default(15_000),
    meaning: 'How long a worker may be silent before its lanes are given to another.',
  },
  OUTRIDER_LANE_STANDBY_MS: {
    schema: wholeNumber(0, 600_000).default(60_000),
    meaning:
      'How long an execution is left to the worker that began it while no core of the machine is idle, before other workers of the same machine join in all the same.',
  },
  OUTRIDER_RECONCILE_INTERVAL_MS: {
    schema: wholeNumber(100, 600_000).default(2_000),
    meaning: 'How often the reconciler compares what should run with what runs.',
  },
  OUTRIDER_STALL_AFTER_MS: {
    schema: wholeNumber(1_000, 86_400_000).default(120_000),
    meaning: 'How long an execution may get nothing done before it is stalled and the cause is looked for.',
  },
  OUTRIDER_KEEP_EXECUTIONS: {
    schema: wholeNumber(0, 1_000_000).default(0),
    meaning:
      'Ended executions kept of each campaign that says nothing of its own (history.keepExecutions); 0 keeps all.',
  },
  OUTRIDER_KEEP_DAYS: {
    schema: wholeNumber(0, 36_500).default(0),
    meaning:
      'Days for which ended executions are kept of each campaign that says nothing of its own (history.keepDays); 0 keeps them for ever.',
  },
  OUTRIDER_KEEP_METRICS_DAYS: {
    schema: wholeNumber(0, 36_500).default(90),
    meaning: 'Days for which the samples of workers are kept, in whole months; 0 keeps them for ever.',
  },
  OUTRIDER_KEEP_EVIDENCE_DAYS: {
    schema: wholeNumber(0, 36_500).default(90),
    meaning: 'Days for which the evidence of quarantined URLs is kept; 0 keeps it for ever.',
  },
  OUTRIDER_KEEP_AUDIT_DAYS: {
    schema: wholeNumber(0, 36_500).default(730),
    meaning: 'Days for which the audit log is kept, in whole months; 0 keeps it for ever.',
  },
  OUTRIDER_PREVIOUS_EXIT: {
    schema: z
      .string()
      .regex(/^[1-9]\d*:[\w ]{1,40}$/, 'must be `pid:how it ended`')
      .transform((text) => {
        const [pid, how = ''] = text.split(':');
        return { pid: Number(pid), how };
      })
      .optional(),
    meaning: 'Set by `up`: how the process ended that this one replaces, `pid:SIGKILL` or `pid:exit code 1`.',
  },
  CHROMIUM_PATH: {
    schema: z.string().min(1).optional(),
    meaning:
      "Chromium for campaigns with renderer browser. Unset: Playwright's own, else the system's chromium-headless-shell or chromium.",
  },
  OUTRIDER_CHROMIUM_SANDBOX: {
    schema: flag.default(true),
    meaning:
      "Chromium's sandbox. 0 only where the system forbids it, as some containers do. Root needs none of this: Chromium then runs as nobody.",
  },
  METRICS_PORT: {
    schema: port.default(0),
    meaning: 'Port of /metrics and /healthz of orchestrator and worker; 0 takes a free one.',
  },
  OUTRIDER_SUPERVISED: {
    schema: flag.default(false),
    meaning: 'Stop when standard input closes, and answer what it brings; set by `up`.',
  },
  OUTRIDER_CRASH_AT: {
    schema: z
      .string()
      .regex(/^[a-z_]+(:\d+)?$/, 'must be a crash point, `point` or `point:nth`')
      .transform((plan) => {
        const [point, nth] = plan.split(':');
        return { point, nth: Number(nth ?? 1) };
      })
      .pipe(z.object({ point: z.enum(CRASH_POINTS), nth: z.int().min(1) }))
      .optional(),
    meaning: 'Fault tests only: kills the process at a crash point, `point` or `point:nth`.',
  },
  LOG_LEVEL: {
    schema: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
    meaning: 'Least severe log line that is written: trace, debug, info, warn, error or silent.',
  },
} as const satisfies Record<string, { readonly schema: z.ZodType; readonly meaning: string }>;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [K in SettingName]: z.infer<(typeof SETTINGS)[K]['schema']> };

/**
 * Validates an environment and freezes the result. A variable that is empty or blank counts as unset.
 * Throws `invalid_settings`, naming every variable that is wrong and what it should be.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { schema }] of Object.entries(SETTINGS)) {
    const raw = environment[name]?.trim();
    const parsed = schema.safeParse(raw === '' ? undefined : raw);
    if (parsed.success) values[name] = Object.freeze(parsed.data);
    else problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
  }
  if (problems.length > 0) throw new OutriderError('invalid_settings', problems.join('\n'));
  return Object.freeze(values) as Settings;
}
