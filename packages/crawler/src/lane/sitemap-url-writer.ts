import type { SitemapUrl } from '@outrider/db';

/** URLs per transaction: some tens of milliseconds of the database's time, so that pages are not kept waiting. */
const PART = 1_000;

/** Writes the URLs of a file in parts, one after another, while the file still comes in. */
export class UrlWriter {
  readonly #commit: (urls: readonly SitemapUrl[]) => Promise<boolean>;
  readonly #onEnd: () => void;
  #waiting: SitemapUrl[] = [];
  #writing: Promise<void> | null = null;
  #held = true;
  #failure: { readonly error: unknown } | null = null;

  /** `onEnd` is called when nothing more can be written. */
  constructor(commit: (urls: readonly SitemapUrl[]) => Promise<boolean>, onEnd: () => void) {
    this.#commit = commit;
    this.#onEnd = onEnd;
  }

  add(url: SitemapUrl | null): void {
    if (url === null || !this.#held || this.#failure !== null) return;
    this.#waiting.push(url);
    if (this.#waiting.length >= PART) this.#write();
  }

  /** Resolves when all is written; false when the lane is another's. Rejects with what kept a part from being written. */
  async finish(): Promise<boolean> {
    while (this.#waiting.length > 0 || this.#writing !== null) {
      this.#write();
      await this.#writing;
    }
    if (this.#failure !== null) throw this.#failure.error;
    return this.#held;
  }

  #write(): void {
    if (this.#writing !== null || this.#waiting.length === 0) return;
    this.#writing = this.#commitPart(this.#waiting.splice(0, PART)).finally(() => {
      this.#writing = null;
      if (this.#waiting.length >= PART) this.#write();
    });
  }

  async #commitPart(part: readonly SitemapUrl[]): Promise<void> {
    try {
      this.#held = await this.#commit(part);
    } catch (error) {
      this.#failure = { error };
    }
    if (this.#held && this.#failure === null) return;
    this.#waiting = [];
    this.#onEnd();
  }
}
