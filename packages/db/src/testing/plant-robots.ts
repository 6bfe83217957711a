import { keepRobotsBody } from '../robots/robots-bodies.js';
import type { TestDatabase } from './test-database.js';

/** Notes that an execution was told of this robots.txt, `ago` (an interval of PostgreSQL) before now. */
export async function plantRobots(
  db: Pick<TestDatabase, 'system' | 'tenantId'>,
  executionId: string,
  origin: string,
  body: string,
  ago = '0 seconds',
): Promise<void> {
  await db.system.withSystem(async (tx) => {
    const hash = await keepRobotsBody(tx, origin, body);
    await tx.sql`
      insert into execution_robots (execution_id, origin, told_at, tenant_id, outcome, body_hash, fetched_at)
      values (${executionId}, ${origin}, now() - ${ago}::interval, ${db.tenantId}, 'rules', decode(${hash}, 'hex'),
        now() - ${ago}::interval)`;
  });
}
