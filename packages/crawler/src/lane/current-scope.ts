import type { LaneScope } from '@outrider/db';
import type { LaneEffects } from './lane-effects.js';

/** Keeps all that decides by the scope of an execution at the version that the ledger has. */
export class CurrentScope {
  readonly #effects: Pick<LaneEffects, 'readScope'>;
  readonly #takers: readonly { apply(scope: LaneScope): void }[];
  #version = -1;

  constructor(effects: Pick<LaneEffects, 'readScope'>, takers: readonly { apply(scope: LaneScope): void }[]) {
    this.#effects = effects;
    this.#takers = takers;
  }

  /** Reads the scope anew unless it is of this version. */
  async ensure(version: number): Promise<void> {
    if (version === this.#version) return;
    const scope = await this.#effects.readScope();
    for (const taker of this.#takers) taker.apply(scope);
    this.#version = scope.version;
  }
}
