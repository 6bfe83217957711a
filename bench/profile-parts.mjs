// Which part of the product a sample of a CPU profile belongs to.

/**
 * The parts of a CPU profile (DevTools protocol, Profiler.Profile) that are read here.
 * @typedef {object} CpuProfile
 * @property {readonly { id: number, callFrame: { functionName: string, url: string }, children?: readonly number[] }[]} nodes
 * @property {readonly number[]} samples ids of nodes
 * @property {readonly number[]} timeDeltas microseconds before each sample
 */

/** By the first that matches. */
const PARTS = /** @type {const} */ ([
  ['/crawler/dist/fetch/', 'fetch'],
  ['/node_modules/undici/', 'fetch'],
  ['/crawler/dist/parse/', 'parse'],
  ['/node_modules/htmlparser2/', 'parse'],
  ['/crawler/dist/record/', 'record'],
  ['/db/dist/links/', 'record'],
  ['/shared/dist/url/', 'record'],
  ['/db/dist/', 'SQL client'],
  ['/node_modules/postgres/', 'SQL client'],
  ['/node_modules/@crawlee/', 'Crawlee'],
  ['/node_modules/@apify/', 'Crawlee'],
  ['/crawler/dist/lane/crawlee-engine', 'Crawlee'],
  ['/node_modules/bullmq/', 'queue'],
  ['/queue/dist/', 'queue'],
  ['/crawler/dist/', 'lane'],
  ['/shared/dist/', 'lane'],
  ['/node_modules/', 'other packages'],
]);

/** @param {{ functionName: string, url: string }} frame @returns {string | null} null for what serves its caller */
function partOf({ functionName, url }) {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(program)') return 'native code';
  return PARTS.find(([path]) => url.includes(path))?.[1] ?? null;
}

/**
 * Self time by part, in seconds. What Node.js itself does counts for whoever called it; what it does on its
 * own account, such as reading sockets, is `Node.js`.
 * @param {CpuProfile} profile
 * @param {number} [skipSeconds] from the beginning
 * @returns {Map<string, number>} the most expensive first
 */
export function secondsByPart({ nodes, samples, timeDeltas }, skipSeconds = 0) {
  const parts = new Map();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root = nodes[0];
  // Without recursion: a stack may be deeper than ours may be.
  const open = root === undefined ? [] : [{ node: root, inherited: 'Node.js' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const part = partOf(next.node.callFrame) ?? next.inherited;
    parts.set(next.node.id, part);
    for (const child of next.node.children ?? []) {
      const node = byId.get(child);
      if (node !== undefined) open.push({ node, inherited: part });
    }
  }
  /** @type {Map<string, number>} */
  const seconds = new Map();
  let at = 0;
  for (const [nth, id] of samples.entries()) {
    const delta = (timeDeltas[nth] ?? 0) / 1e6;
    at += delta;
    if (at < skipSeconds) continue;
    const part = parts.get(id) ?? 'Node.js';
    seconds.set(part, (seconds.get(part) ?? 0) + delta);
  }
  return new Map([...seconds].sort(([, a], [, b]) => b - a));
}
