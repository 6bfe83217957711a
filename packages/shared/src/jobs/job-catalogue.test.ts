import { describe, expect, it } from 'vitest';
import { canaryJobId, JOBS, laneJobId } from './job-catalogue.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('the job catalogue', () => {
  it('gives every queue its own name', () => {
    const names = Object.values(JOBS).map(({ queue }) => queue);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+$/);
  });

  it('makes ids that BullMQ accepts, and another for each epoch', () => {
    const ids = [
      laneJobId({ laneId: ID, epoch: 1 }),
      laneJobId({ laneId: ID, epoch: 2 }),
      canaryJobId({ consumerId: ID }),
    ];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) {
      expect(id).not.toContain(':');
      expect(id).not.toMatch(/^\d+$/);
    }
  });

  it.each([
    { laneId: 'x', epoch: 1 },
    { laneId: ID, epoch: 0 },
    { laneId: ID },
    { laneId: ID, epoch: 1, tenantId: ID },
    null,
  ])('refuses the lane job %j', (job) => {
    expect(JOBS.lane.payload.safeParse(job).success).toBe(false);
  });
});
