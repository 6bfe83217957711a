/** A URL as it was claimed: the same URL claimed again later is another lease. */
interface Lease {
  readonly urlKey: string;
}

/**
 * The URLs that a lane holds as far as it knows: claimed, and what became of them not committed yet. What the
 * ledger has leased to it beyond these came with a claim whose answer was lost.
 */
export class HeldTargets {
  readonly #leases = new Map<string, Lease>();

  get keys(): readonly string[] {
    return [...this.#leases.keys()];
  }

  claimed(targets: readonly Lease[]): void {
    for (const target of targets) this.#leases.set(target.urlKey, target);
  }

  /**
   * To be called before a commit of these; what it returns, after. In between a URL that goes back to the
   * frontier may be claimed again, and then stays held.
   */
  settling(settled: readonly Lease[]): () => void {
    const leases = settled.flatMap(({ urlKey }) => this.#leases.get(urlKey) ?? []);
    return () => {
      for (const lease of leases) {
        if (this.#leases.get(lease.urlKey) === lease) this.#leases.delete(lease.urlKey);
      }
    };
  }
}
