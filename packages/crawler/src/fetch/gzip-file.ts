import { CodingLayer, type Layer, type LayerOutput } from './coding-layer.js';

/** Checksum and length, which follow a member's compressed data (RFC 1952, section 2.3.1). */
const TRAILER_BYTES = 8;
const MEMBER_STARTS = [0x1f, 0x8b, 0x08];
/** Of a file of 50 MiB, compressors that write blocks make 800. Each costs a decompressor. */
const MAX_MEMBERS = 10_000;

/**
 * Undoes the gzip of a file: all its members, whose contents follow one another (RFC 1952, section 2.2), as `cat a.gz
 * b.gz` makes them. What follows the last one and is no member is passed over.
 */
export class GzipFile implements Layer {
  private readonly output: LayerOutput;
  private member: CodingLayer | null = null;
  private members = 0;
  /** Bytes that no member was given yet. */
  private readonly queue: Uint8Array[] = [];
  /** What the member was given and may not have worked through, and how much of its bytes came before that. */
  private given: Uint8Array[] = [];
  private forgotten = 0;
  /** Bytes of earlier members. */
  private passed = 0;
  private isFull = false;
  private inputEnded = false;
  private memberEnded = false;
  private over = false;

  constructor(output: LayerOutput) {
    this.output = output;
  }

  get consumed(): number {
    return this.passed + (this.member?.consumed ?? 0);
  }

  write(chunk: Uint8Array): boolean {
    if (this.over || chunk.length === 0) return true;
    this.queue.push(chunk);
    this.pump();
    return this.over || !this.isFull;
  }

  end(): void {
    this.inputEnded = true;
    this.pump();
  }

  resume(): void {
    this.member?.resume();
  }

  destroy(): void {
    this.over = true;
    this.member?.destroy();
  }

  private pump(): void {
    while (!this.over && !this.isFull && this.queue.length > 0) {
      this.member ??= this.nextMember();
      const chunk = this.member === null ? undefined : this.queue.shift();
      if (this.member === null || chunk === undefined) break;
      this.given.push(chunk);
      this.isFull = !this.member.write(chunk);
      this.forget(this.member);
    }
    if (this.over || !this.inputEnded) return;
    if (this.member === null) this.finish();
    else if (this.queue.length === 0 && !this.memberEnded) {
      this.memberEnded = true;
      this.member.end();
    }
  }

  /** The member that begins in the queue; null when more bytes are needed to know, or there is none. */
  private nextMember(): CodingLayer | null {
    if (this.members > 0 && !this.skipTrailer()) return null;
    this.members += 1;
    if (this.members > MAX_MEMBERS) {
      this.over = true;
      this.output.error(new Error(`the file has more than ${MAX_MEMBERS} members`));
      return null;
    }
    this.memberEnded = false;
    const member: CodingLayer = new CodingLayer('gzip', {
      data: (chunk) => this.output.data(chunk),
      end: () => this.leave(member),
      error: (error) => {
        this.over = true;
        this.output.error(error);
      },
      drain: () => {
        // One that has ended says so too.
        if (member !== this.member) return;
        this.isFull = false;
        this.pump();
        if (!this.over && !this.isFull) this.output.drain();
      },
    });
    return member;
  }

  private skipTrailer(): boolean {
    const needed = TRAILER_BYTES + MEMBER_STARTS.length;
    let head = this.queue[0] ?? Buffer.alloc(0);
    while (head.length < needed && this.queue.length > 1) {
      this.queue.shift();
      head = Buffer.concat([head, this.queue[0] ?? Buffer.alloc(0)]);
      this.queue[0] = head;
    }
    if (head.length < needed) return false;
    if (MEMBER_STARTS.some((byte, at) => head[TRAILER_BYTES + at] !== byte)) {
      this.finish();
      return false;
    }
    this.queue[0] = head.subarray(TRAILER_BYTES);
    this.passed += TRAILER_BYTES;
    return true;
  }

  /** The member is over; what it was given beyond its end is for the next one. */
  private leave(member: CodingLayer): void {
    if (this.over) return;
    this.forget(member);
    const [first, ...others] = this.given;
    if (first !== undefined) this.queue.unshift(first.subarray(member.taken - this.forgotten), ...others);
    this.passed += member.taken;
    this.given = [];
    this.forgotten = 0;
    this.member = null;
    this.isFull = false;
    member.destroy();
    this.pump();
    if (!this.over && !this.isFull) this.output.drain();
  }

  private forget({ taken }: CodingLayer): void {
    for (let first = this.given[0]; first !== undefined; first = this.given[0]) {
      if (this.forgotten + first.length > taken) return;
      this.forgotten += first.length;
      this.given.shift();
    }
  }

  private finish(): void {
    this.over = true;
    this.queue.length = 0;
    this.output.end();
    // Input held back by a full queue will not be taken any more.
    this.output.drain();
  }
}
