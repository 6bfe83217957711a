// Clients of `pnpm bench:events`, in a process of their own: they speak WebSocket and Socket.IO by hand over bare TCP
// sockets, since thousands of real clients would need more of the machine than the server that is measured.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/** Milliseconds that are told apart; what is later counts as this. */
const MOST_MS = 10_000;
const MASK = Buffer.alloc(4);

/**
 * @typedef {object} Task
 * @property {number} port
 * @property {readonly string[]} keys
 * @property {string} campaignId
 * @property {number} sockets
 *
 * @typedef {object} Seen
 * @property {number} frames
 * @property {number} events
 * @property {number} holes events that did not follow the one before
 * @property {readonly number[]} byMs how many events came so many milliseconds after they were written
 */

const byMs = new Array(MOST_MS + 1).fill(0);
const counts = { frames: 0, events: 0, holes: 0 };
/** @type {number[]} */
const last = [];
/** @type {{ bytes: Buffer, seqs: number[], times: number[] }} */
let known = { bytes: Buffer.alloc(0), seqs: [], times: [] };

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

/** Everybody gets the same bytes: they are parsed once. @param {Buffer} body */
function readEvents(body) {
  if (known.bytes.equals(body)) return known;
  const [, message] = JSON.parse(body.toString().slice('42/events,'.length));
  known = {
    bytes: Buffer.from(body),
    seqs: message.events.map((/** @type {{ seq: number }} */ event) => event.seq),
    times: message.events.map((/** @type {{ occurredAt: string }} */ event) => Date.parse(event.occurredAt)),
  };
  return known;
}

/** @param {number} client @param {Buffer} body */
function note(client, body) {
  const { seqs, times } = readEvents(body);
  const now = Date.now();
  counts.frames += 1;
  counts.events += seqs.length;
  for (const [nth, seq] of seqs.entries()) {
    if (last[client] !== undefined && seq !== last[client] + 1) counts.holes += 1;
    last[client] = seq;
    const ms = Math.min(Math.max(now - (times[nth] ?? now), 0), MOST_MS);
    byMs[ms] += 1;
  }
}

/** Connects a client and resolves when it follows. @param {Task} task @param {number} client */
function follow(task, client) {
  return new Promise((resolve, reject) => {
    const socket = connect(task.port, '127.0.0.1');
    socket.setNoDelay(true);
    const send = (/** @type {string} */ text) => socket.write(frame(text));
    let rest = Buffer.alloc(0);
    let isOpen = false;
    socket.once('connect', () =>
      socket.write(
        `GET /api/crawler/socket/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${task.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      ),
    );
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed a connection')));
    socket.on('data', (piece) => {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      if (!isOpen) {
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        if (!rest.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
          reject(new Error(rest.toString()));
          return;
        }
        isOpen = true;
        rest = rest.subarray(end + 4);
      }
      rest = takeFrames(rest, (body) => {
        // Engine.IO: 0 open, 2 ping, 4 message; Socket.IO in a message: 0 connect, 2 event, 3 acknowledgement, 4 refusal.
        if (body[0] === 0x30)
          send(`40/events,${JSON.stringify({ key: task.keys[client % task.keys.length] })}`);
        else if (body[0] === 0x32) send('3');
        else if (body[1] === 0x30)
          send(`42/events,1${JSON.stringify(['subscribe', { campaignId: task.campaignId }])}`);
        else if (body[1] === 0x32) note(client, body);
        else if (body[1] === 0x33 && body.includes('"ok":true')) resolve(undefined);
        else reject(new Error(body.toString()));
      });
    });
  });
}

process.on('message', async (/** @type {Task | 'report'} */ message) => {
  if (message === 'report') {
    /** @type {Seen} */
    const seen = { ...counts, byMs };
    process.send?.(seen);
    return;
  }
  for (let client = 0; client < message.sockets; client += 100) {
    const some = Math.min(100, message.sockets - client);
    await Promise.all(Array.from({ length: some }, (_, nth) => follow(message, client + nth)));
  }
  process.send?.('ready');
});
