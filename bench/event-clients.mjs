// Clients of `pnpm bench:events`, in a process of their own: they speak WebSocket, Socket.IO and server-sent events by hand
// over bare TCP sockets, since thousands of real clients would need more of the machine than the server that is measured.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/** Milliseconds that are told apart; what is later counts as this. */
const MOST_MS = 10_000;
const MASK = Buffer.alloc(4);
/** Messages whose content is remembered: every client of a process of the API gets the same bytes. */
const KNOWN = 8;

/**
 * @typedef {object} Task
 * @property {'socket' | 'sse'} transport
 * @property {readonly number[]} ports of the processes of the API, taken in turns
 * @property {readonly string[]} keys
 * @property {string} campaignId
 * @property {number} clients
 * @property {number} idle how many of them stop reading once they follow
 *
 * @typedef {object} Seen by those that read, since the last `begin`
 * @property {number} messages
 * @property {number} events
 * @property {number} holes events that did not follow the one before
 * @property {readonly number[]} byMs how many events came so many milliseconds after they were written
 *
 * @typedef {{ bytes: Buffer, seqs: number[], times: number[] }} Content
 */

const byMs = new Array(MOST_MS + 1).fill(0);
const counts = { messages: 0, events: 0, holes: 0 };
/** @type {number[]} */
const last = [];
/** @type {Content[]} */
const known = [];

/** A text frame of a client (RFC 6455, 5.2); the mask may be anything. @param {string} text */
function frame(text) {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, MASK, body]);
}

/**
 * The frames in what has arrived, and what is left of an unfinished one.
 * @param {Buffer} bytes
 * @param {(body: Buffer) => void} onFrame
 */
function takeFrames(bytes, onFrame) {
  let at = 0;
  while (bytes.length - at >= 2) {
    let length = (bytes[at + 1] ?? 0) & 0x7f;
    let head = 2;
    if (length === 126) head = 4;
    else if (length === 127) head = 10;
    if (bytes.length - at < head) break;
    if (length === 126) length = bytes.readUInt16BE(at + 2);
    else if (length === 127) length = Number(bytes.readBigUInt64BE(at + 2));
    if (bytes.length - at < head + length) break;
    onFrame(bytes.subarray(at + head, at + head + length));
    at += head + length;
  }
  return bytes.subarray(at);
}

/** @param {Buffer} bytes @returns {Content} */
function contentOf(bytes) {
  const found = known.find((one) => one.bytes.equals(bytes));
  if (found !== undefined) return found;
  /** @type {Content} */
  const content = { bytes: Buffer.from(bytes), seqs: [], times: [] };
  for (const [, seq, time] of bytes.toString().matchAll(/"seq":(\d+).*?"occurredAt":"([^"]+)"/gs)) {
    content.seqs.push(Number(seq));
    content.times.push(Date.parse(time ?? ''));
  }
  known.unshift(content);
  known.length = Math.min(known.length, KNOWN);
  return content;
}

/** @param {number} client @param {Buffer} bytes whole events */
function note(client, bytes) {
  const { seqs, times } = contentOf(bytes);
  if (seqs.length === 0) return;
  const now = Date.now();
  const before = last[client];
  if (before !== undefined && seqs[0] !== before + 1) counts.holes += 1;
  for (let nth = 0; nth < seqs.length; nth++) {
    if (nth > 0 && seqs[nth] !== (seqs[nth - 1] ?? 0) + 1) counts.holes += 1;
    byMs[Math.min(Math.max(now - (times[nth] ?? now), 0), MOST_MS)] += 1;
  }
  last[client] = seqs.at(-1) ?? 0;
  counts.messages += 1;
  counts.events += seqs.length;
}

/**
 * Reads a connection: the head of the answer, which must have this status, and then what `onBytes` takes, which returns what
 * is left over.
 * @param {Task} task @param {number} client
 * @param {{ head: string, status: number, onBytes: (bytes: Buffer) => Buffer, reject: (reason: Error) => void }} how
 */
function open({ ports }, client, { head, status, onBytes, reject }) {
  const port = ports[client % ports.length] ?? 0;
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  let rest = Buffer.alloc(0);
  let isOpen = false;
  socket.once('connect', () => socket.write(head.replace('{port}', String(port))));
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('the server closed a connection')));
  socket.on('data', (piece) => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    if (!isOpen) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!rest.subarray(0, 12).equals(Buffer.from(`HTTP/1.1 ${status}`))) {
        reject(new Error(rest.toString()));
        return;
      }
      isOpen = true;
      rest = rest.subarray(end + 4);
    }
    rest = /** @type {typeof rest} */ (onBytes(rest));
  });
  return socket;
}

/** Connects over Socket.IO and resolves with the connection when it follows. @param {Task} task @param {number} client */
function followBySocket(task, client) {
  return new Promise((resolve, reject) => {
    const head = `GET /api/crawler/socket/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`;
    const send = (/** @type {string} */ text) => socket.write(frame(text));
    /** @param {Buffer} body */
    const onFrame = (body) => {
      // Engine.IO: 0 open, 2 ping, 4 message; Socket.IO in a message: 0 connect, 2 event, 3 acknowledgement, 4 refusal.
      if (body[0] === 0x30)
        send(`40/events,${JSON.stringify({ key: task.keys[client % task.keys.length] })}`);
      else if (body[0] === 0x32) send('3');
      else if (body[1] === 0x30)
        send(`42/events,1${JSON.stringify(['subscribe', { campaignId: task.campaignId }])}`);
      else if (body[1] === 0x32) note(client, body);
      else if (body[1] === 0x33 && body.includes('"ok":true')) resolve(socket);
      else reject(new Error(body.toString()));
    };
    const socket = open(task, client, {
      head,
      status: 101,
      onBytes: (bytes) => takeFrames(bytes, onFrame),
      reject,
    });
  });
}

/**
 * Opens a stream of events, after all that there is, and resolves with the connection when it has begun. Each chunk of the
 * answer ends with a whole event.
 * @param {Task} task @param {number} client
 */
function followByStream(task, client) {
  return new Promise((resolve, reject) => {
    const path = `/api/crawler/campaigns/${task.campaignId}/events?after=0`;
    const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${task.keys[client % task.keys.length]}\r\n\r\n`;
    const socket = open(task, client, {
      head,
      status: 200,
      onBytes: (bytes) => {
        const end = bytes.lastIndexOf('\n\n\r\n');
        if (end < 0) return bytes;
        note(client, bytes.subarray(0, end));
        resolve(socket);
        return bytes.subarray(end + 4);
      },
      reject,
    });
  });
}

/** @type {import('node:net').Socket[]} */
const idle = [];

/** @param {Task} task */
async function followAll(task) {
  const follow = task.transport === 'socket' ? followBySocket : followByStream;
  for (let client = 0; client < task.clients; client += 100) {
    const some = Math.min(100, task.clients - client);
    const sockets = await Promise.all(Array.from({ length: some }, (_, nth) => follow(task, client + nth)));
    for (const [nth, socket] of sockets.entries()) {
      if (client + nth >= task.idle) continue;
      socket.pause();
      idle.push(socket);
    }
  }
}

process.once('disconnect', () => process.exit());
process.on('message', async (/** @type {Task | 'begin' | 'report'} */ message) => {
  if (message === 'report') {
    /** @type {Seen} */
    const seen = { ...counts, byMs };
    process.send?.(seen);
    return;
  }
  if (message === 'begin') {
    byMs.fill(0);
    Object.assign(counts, { messages: 0, events: 0, holes: 0 });
  } else await followAll(message);
  process.send?.('ready');
});
