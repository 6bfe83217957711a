import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...args: readonly string[]): Promise<{ stdout: string }> => run('ip', args);

/** A host of its own, as far as the network goes: a namespace with one address on a bridge. */
export interface NetworkHost {
  readonly address: string;
  /** What a program is started with to run there. */
  readonly within: readonly string[];
  /** Pulls the cable. */
  cutOff(): Promise<void>;
  connect(): Promise<void>;
}

/** Hosts on one switch. The machine itself is on it too, with the stores and the site. */
export interface TestNetwork {
  /** The machine's own address on the switch. */
  readonly address: string;
  addHost(): Promise<NetworkHost>;
  /** Removes every trace, also after half a set-up. */
  remove(): Promise<void>;
}

/**
 * Makes the switch, which needs root. Names carry our process's number, so that two runs do not meet, and what a run
 * that was killed has left can be told and is removed first. Addresses are a subnet of 198.18.0.0/15 (RFC 2544, for
 * tests between networks).
 */
export async function createNetwork(): Promise<TestNetwork> {
  await removeAbandoned();
  const id = process.pid.toString(36);
  const bridge = `ob${id}`;
  const subnet = `198.18.${process.pid % 250}`;
  const names: string[] = [];
  const remove = async (): Promise<void> => {
    for (const name of names) await ip('netns', 'delete', name).catch(() => undefined);
    await ip('link', 'delete', bridge).catch(() => undefined);
  };
  try {
    await ip('link', 'add', bridge, 'type', 'bridge');
    await ip('address', 'add', `${subnet}.1/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
  } catch (error) {
    await remove();
    throw error;
  }
  const addHost = async (): Promise<NetworkHost> => {
    const number = names.length + 2;
    const name = `outrider-${id}-${number}`;
    const [outer, inner] = [`ov${id}x${number}`, `oi${id}x${number}`];
    const address = `${subnet}.${number}`;
    names.push(name);
    await ip('netns', 'add', name);
    await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner);
    await ip('link', 'set', inner, 'netns', name);
    await ip('link', 'set', outer, 'master', bridge, 'up');
    await ip('-n', name, 'address', 'add', `${address}/24`, 'dev', inner);
    await ip('-n', name, 'link', 'set', inner, 'up');
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    return {
      address,
      within: ['ip', 'netns', 'exec', name],
      cutOff: async () => {
        await ip('link', 'set', outer, 'down');
      },
      connect: async () => {
        await ip('link', 'set', outer, 'up');
      },
    };
  };
  return { address: `${subnet}.1`, addHost, remove };
}

/** Removes namespaces and switches whose run is not there any more. */
async function removeAbandoned(): Promise<void> {
  const { stdout: namespaces } = await ip('netns', 'list');
  for (const [name, id] of namespaces.matchAll(/^outrider-([0-9a-z]+)-\d+/gm)) {
    if (!isRunning(id)) await ip('netns', 'delete', name).catch(() => undefined);
  }
  const { stdout: links } = await ip('-oneline', 'link', 'show', 'type', 'bridge');
  for (const [, name, id] of links.matchAll(/^\d+: (ob([0-9a-z]+)):/gm)) {
    if (!isRunning(id)) await ip('link', 'delete', name ?? '').catch(() => undefined);
  }
}

function isRunning(id: string | undefined): boolean {
  try {
    return process.kill(Number.parseInt(id ?? '', 36), 0);
  } catch {
    return false;
  }
}
