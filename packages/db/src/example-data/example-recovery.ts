import { createHash } from 'node:crypto';
import { urlKey } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import {
  executionRobots,
  executionWatches,
  laneLosses,
  pageScreenshots,
  quarantinedUrls,
  robotsBodies,
} from '../schema/tables.js';
import { EXAMPLE_MOMENT, exampleId } from './example-id.js';
import type { ExampleOwner } from './example-records.js';

const ORIGIN = 'https://example.org';
const ROBOTS = 'User-agent: *\nDisallow: /admin\n';
const POISON = `${ORIGIN}/slow`;
/** The smallest lossless WebP there is: one transparent pixel. */
const PIXEL = 'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==';

/** What the execution was told by robots.txt, how it was watched, and the picture of its first page. */
export async function insertExampleEvidence(tx: Tx, { tenantId, executionId }: ExampleOwner): Promise<void> {
  const owner = { tenantId, executionId };
  const bodyHash = createHash('sha256').update(ROBOTS).digest();
  await tx.orm.insert(robotsBodies).values({ bodyHash, body: ROBOTS }).onConflictDoNothing();
  await tx.orm
    .insert(executionRobots)
    .values({
      ...{ ...owner, origin: ORIGIN, outcome: 'rules', bodyHash },
      ...{ toldAt: EXAMPLE_MOMENT, fetchedAt: EXAMPLE_MOMENT },
    })
    .onConflictDoNothing();
  await tx.orm
    .insert(executionWatches)
    .values({ ...owner, progressMark: 8, movedAt: EXAMPLE_MOMENT })
    .onConflictDoNothing();
  await tx.orm
    .insert(pageScreenshots)
    .values({
      ...{ ...owner, urlKey: urlKey(`${ORIGIN}/`), format: 'webp', width: 1, height: 1 },
      ...{ bytes: Buffer.from(PIXEL, 'base64'), takenAt: EXAMPLE_MOMENT },
    })
    .onConflictDoNothing();
}

/** A page that ended its worker and was put aside. */
export async function insertExamplePoison(tx: Tx, owner: ExampleOwner): Promise<void> {
  const { tenantId, campaignId, executionId, laneId, instanceId } = owner;
  const key = urlKey(POISON);
  await tx.orm
    .insert(laneLosses)
    .values({
      ...{ id: exampleId(tenantId, 'loss'), tenantId, campaignId, executionId, laneId, instanceId },
      ...{ epoch: 1, endedBy: 'SIGKILL', lostAt: EXAMPLE_MOMENT, urlKeys: [key] },
    })
    .onConflictDoNothing();
  await tx.orm
    .insert(quarantinedUrls)
    .values({
      ...{ executionId, urlKey: key, tenantId, campaignId, url: POISON, host: 'example.org' },
      ...{ losses: 3, quarantinedAt: EXAMPLE_MOMENT },
    })
    .onConflictDoNothing();
}
