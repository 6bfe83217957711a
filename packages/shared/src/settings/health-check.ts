import { z } from 'zod';

/** What the doctor found of one thing that a platform stands on. */
const healthCheck = z.strictObject({
  /** What was looked at: `database clock`. */
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  /** What it is like, in one sentence. */
  finding: z.string(),
  /** What to do about it; null where there is nothing to do. */
  advice: z.string().nullable(),
});
export type HealthCheck = z.infer<typeof healthCheck>;

/** What the doctor's process answers. */
export const healthReport = z.strictObject({ checks: z.array(healthCheck) });
