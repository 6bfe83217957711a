import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformProcess, ProcessName } from '../../platform/child-process.js';
import { openNetworkLink } from '../nemesis/network-link.js';
import { createNetwork, type NetworkHost, type TestNetwork } from '../nemesis/network-namespaces.js';
import { LEASE_MS, type Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes, refusedStaleWrites } from './configuration.js';

interface Placed {
  readonly host: NetworkHost;
  readonly process: PlatformProcess;
}

/** Every process on a host of its own, with its own address. */
export const SEVERAL_HOSTS: readonly Configuration[] = [
  {
    fault: 'F19',
    name: 'netns: five hosts, a worker and an orchestrator cut off for two leases',
    backends: BOTH,
    limitSeconds: 150,
    async run(stage) {
      const network = await createNetwork();
      stage.onClose(() => network.remove());
      const environment = await publishStores(stage, network);
      const place = async (name: ProcessName): Promise<Placed> => {
        const host = await network.addHost();
        const own = { ...environment, OUTRIDER_HOST: host.address };
        return { host, process: await stage.start(name, own, { within: host.within }) };
      };
      await place('api');
      const orchestrator = await place('orchestrator');
      await place('orchestrator');
      const workers = [await place('worker'), await place('worker')];
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(60);
      const busy = await stage.busiest(workers.map(({ process }) => process));
      const victim = workers.find(({ process }) => process === busy);
      if (victim === undefined) throw new Error('no worker is busy');
      await Promise.all([victim.host.cutOff(), orchestrator.host.cutOff()]);
      await sleep(2 * LEASE_MS);
      await Promise.all([victim.host.connect(), orchestrator.host.connect()]);
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
      await refusedStaleWrites(stage, victim.process);
    },
  },
];

/** Makes the stores and the site reachable from the other hosts; returns what their processes are told. */
async function publishStores(stage: Stage, network: TestNetwork): Promise<Record<string, string>> {
  const publish = async (address: string, port = 0): Promise<string> => {
    const url = new URL(address);
    const link = await openNetworkLink(Number(url.port), { host: network.address, port });
    stage.onClose(() => link.close());
    url.hostname = network.address;
    url.port = String(link.port);
    return url.href;
  };
  const databaseUrl = await publish(stage.db.url);
  const redisUrl = stage.redis === undefined ? undefined : await publish(stage.redis.url);
  const { port } = new URL(stage.oracle.origin);
  stage.siteOrigin = new URL(await publish(stage.oracle.origin, Number(port))).origin;
  return { DATABASE_URL: databaseUrl, ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }) };
}
