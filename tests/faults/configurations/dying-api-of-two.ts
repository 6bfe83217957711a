import type { PlatformProcess } from '../../platform/child-process.js';
import { openTcpBalancer } from '../../platform/tcp-balancer.js';
import { followOverSocket, type SocketFollower } from '../recorders/socket-follower.js';
import type { Stage } from '../stage/stage.js';
import { type Configuration, completes } from './configuration.js';

const SOCKETS = 100;
const RESUMED_WITHIN_MS = 10_000;

/** F10: half of the clients lose the process that told them what happens, in the middle of a crawl. */
export const DYING_API_OF_TWO: Configuration = {
  fault: 'F10',
  name: 'kill -9 one of two APIs over which 100 sockets follow a crawl',
  backends: ['postgres'],
  limitSeconds: 100,
  inTests: ['postgres'],
  async run(stage) {
    const victim = await stage.start('api');
    const survivor = await stage.start('api');
    await Promise.all([stage.start('orchestrator'), stage.start('worker')]);
    const campaignId = await stage.createCampaign();
    const balancer = await openTcpBalancer([portOf(victim), portOf(survivor)]);
    stage.onClose(() => balancer.close());
    const followers = Array.from({ length: SOCKETS }, () =>
      followOverSocket(`http://127.0.0.1:${balancer.port}`, stage.marker, campaignId),
    );
    stage.onClose(async () => {
      for (const follower of followers) follower.close();
    });
    await stage.until('all sockets follow', () => followers.every((one) => one.isFollowing()));
    const onVictim = balancer.connectionsOf(portOf(victim));
    stage.verdicts.expect(`${onVictim} sockets are on the process that dies`, onVictim >= SOCKETS / 4);
    const executionId = await stage.startExecution(campaignId);
    await stage.fetchedAtLeast(40);
    await victim.kill('SIGKILL');
    const killedAt = (await stage.eventsOf(campaignId)).at(-1)?.seq ?? 0;
    const hasResumed = (one: SocketFollower): boolean =>
      one.isFollowing() && (one.seen.at(-1)?.seq ?? 0) > killedAt;
    await stage.until('all sockets resumed', () => followers.every(hasResumed), RESUMED_WITHIN_MS);
    const returned = followers.filter((one) => one.connections() > 1).length;
    stage.verdicts.expect(`${returned} of ${onVictim} came back`, returned === onVictim);
    await completes(stage, executionId, 60_000);
    stage.verdicts.record('I5', await missedBy(stage, campaignId, followers));
  },
};

function portOf({ facts }: PlatformProcess): number {
  return Number(facts['port']);
}

/** Every client saw the numbers 1 to n, each once and in order, over all its connections. */
async function missedBy(
  stage: Stage,
  campaignId: string,
  followers: readonly SocketFollower[],
): Promise<string[]> {
  const events = await stage.eventsOf(campaignId);
  const all = JSON.stringify(events);
  const isWhole = ({ seen }: SocketFollower): boolean => JSON.stringify(seen) === all;
  await stage.until('the last events', () => followers.every(isWhole), 5_000).catch(() => undefined);
  return followers.flatMap((follower, nth) =>
    isWhole(follower)
      ? []
      : [`socket ${nth} saw ${follower.seen.map(({ seq }) => seq).join(' ')} of 1 to ${events.length}`],
  );
}
