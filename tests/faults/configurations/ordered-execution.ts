import type { OperationKind } from '@outrider/shared';
import { UnexpectedAnswer } from '../../platform/api-client.js';
import type { Stage } from '../stage/stage.js';
import { judge } from './configuration.js';

/** The state that each order leads to. */
const LEADS_TO: Readonly<Record<OperationKind, string>> = {
  pause: 'paused',
  resume: 'running',
  stop: 'stopped',
  cancel: 'cancelled',
};
/** A pause and a stop let fetches in flight finish; a cancel cuts them off. Milliseconds. */
const OBEYED_WITHIN: Readonly<Record<OperationKind, number>> = {
  pause: 30_000,
  resume: 30_000,
  stop: 30_000,
  cancel: 10_000,
};
/** What a cancel promises, by the database's clock and at the site. */
const CANCELLED_WITHIN_MS = 5_000;
/** A request that was on its way when the API said that all is quiet. */
const UNDER_WAY_MS = 100;

const ENDED = /^(completed|failed|stopped|cancelled)$/;
const now = (): number => performance.timeOrigin + performance.now();

export interface OrderedOptions {
  readonly campaignId: string;
  readonly executionId: string;
  /** By which the site's log tells its fetches from those of all others. */
  readonly userAgent: string;
}

/** An execution that is told one thing after the other, and is held to the last that was accepted. */
export class OrderedExecution {
  readonly campaignId: string;
  readonly #stage: Stage;
  readonly #id: string;
  readonly #userAgent: string;
  /** Times that a fetch of it may have been cut off and made again. */
  #cuts = 0;
  #last: OperationKind | null = null;
  #silentSince: number | null = null;
  #cancelledAt: number | null = null;

  constructor(stage: Stage, { campaignId, executionId, userAgent }: OrderedOptions) {
    this.#stage = stage;
    this.campaignId = campaignId;
    this.#id = executionId;
    this.#userAgent = userAgent;
  }

  /** A worker was killed, perhaps in the middle of one of its fetches. */
  noteKill(): void {
    this.#cuts += 1;
  }

  /** One order. Whoever asks for the same again gets the same answer. */
  async tell(kind: OperationKind, times: 1 | 2 = 1): Promise<void> {
    this.#staysSilent();
    const first = await this.#ask(kind);
    if (first === null) return;
    this.#accepted(kind);
    if (times === 1) return;
    const again = await this.#ask(kind);
    if (again === first || (again === null && (await this.#hasRunOut()))) return;
    this.#stage.verdicts.record('-', [`${kind} again got ${again} instead of ${first}`]);
  }

  /** Two different orders at once, as from two people: the one that came last holds. */
  async tellAtOnce(kinds: readonly OperationKind[]): Promise<void> {
    this.#staysSilent();
    const answers = await Promise.all(kinds.map((kind) => this.#ask(kind)));
    if (answers.every((answer) => answer === null)) return;
    const { items } = await this.#stage.api.call('listOperations', { params: { id: this.#id } });
    const [newest] = items;
    if (newest !== undefined) this.#accepted(newest.kind);
  }

  /** Waits until the last order is obeyed, and judges that. True when the execution has ended. */
  async obeys(): Promise<boolean> {
    if (this.#last === null) return this.#hasEnded();
    const wanted = LEADS_TO[this.#last];
    const found = await this.#reaches(wanted, OBEYED_WITHIN[this.#last]);
    const isObeyed = found.startsWith(wanted) || (found === RAN_OUT && !this.#wasToEnd);
    this.#stage.verdicts.record('I3', isObeyed ? [] : [`after ${this.#last} it is ${found}`]);
    if (found === LEADS_TO.pause) this.#silentSince = now();
    if (!ENDED.test(found.split(' ')[0] ?? '')) return !isObeyed;
    if (isObeyed) await this.#judge(found === RAN_OUT);
    return true;
  }

  /** Lets it go on to its end, after which nothing may be missing. */
  async completes(withinMs: number): Promise<void> {
    if (this.#last === 'pause') await this.tell('resume');
    const found = await this.#reaches(RAN_OUT, withinMs);
    this.#stage.verdicts.record('I3', found === RAN_OUT ? [] : [`left alone it is ${found}`]);
    if (found === RAN_OUT) await this.#judge(true);
  }

  get #wasToEnd(): boolean {
    return this.#last === 'stop' || this.#last === 'cancel';
  }

  #accepted(kind: OperationKind): void {
    this.#last = kind;
    this.#silentSince = null;
    if (kind === 'cancel') this.#cancelledAt ??= now();
  }

  /** The operation that the answer names; null when it was refused. */
  async #ask(kind: OperationKind): Promise<string | null> {
    const cutsOff = kind === 'pause' && this.#stage.random() < 0.3;
    const { verdicts, api } = this.#stage;
    try {
      const { operation } = await api.call(`${kind}Execution`, {
        params: { id: this.#id },
        body: cutsOff ? { graceSeconds: 0 } : {},
      });
      if (cutsOff) this.#cuts += 1;
      return operation.id;
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) throw error;
      verdicts.record('-', error.code === 'illegal_transition' ? [] : [`${kind} got ${error.message}`]);
      return null;
    }
  }

  /** Nothing reaches the site while it is paused. */
  #staysSilent(): void {
    if (this.#silentSince === null) return;
    const since = this.#silentSince + UNDER_WAY_MS;
    const loud = this.#fetches().filter(({ at }) => at > since);
    this.#stage.verdicts.record(
      '-',
      loud.length === 0 ? [] : [`${loud.length} requests while it was paused`],
    );
  }

  #fetches() {
    return this.#stage.oracle.fetches().filter(({ userAgent }) => userAgent === this.#userAgent);
  }

  async #read(): Promise<string> {
    const { status, endReason } = await this.#stage.api.call('getExecution', { params: { id: this.#id } });
    return endReason === null ? status : `${status} (${endReason})`;
  }

  async #hasEnded(): Promise<boolean> {
    const found = await this.#read();
    if (found === RAN_OUT) await this.#judge(true);
    return found === RAN_OUT;
  }

  async #hasRunOut(): Promise<boolean> {
    return (await this.#read()) === RAN_OUT;
  }

  /** Waits for a state, or for the end; returns what it found. */
  async #reaches(wanted: string, withinMs: number): Promise<string> {
    let found = 'unknown';
    const isThere = async (): Promise<boolean> => {
      found = await this.#read();
      return found.startsWith(wanted) || ENDED.test(found.split(' ')[0] ?? '');
    };
    await this.#stage.until(wanted, isThere, withinMs).catch(() => undefined);
    return found;
  }

  async #judge(isComplete: boolean): Promise<void> {
    this.#staysSilent();
    if (this.#cancelledAt !== null) await this.#judgeCancel(this.#cancelledAt);
    const claim = { isComplete, userAgent: this.#userAgent, refetchesAllowed: this.#cuts };
    await judge(this.#stage, this.#id, claim);
  }

  async #judgeCancel(acceptedAt: number): Promise<void> {
    const late = this.#fetches().filter(({ at }) => at > acceptedAt + CANCELLED_WITHIN_MS);
    const { items } = await this.#stage.api.call('listOperations', { params: { id: this.#id } });
    const cancel = items.find(({ kind }) => kind === 'cancel');
    const isInTime = cancel?.state === 'done' && cancel.secondsTaken * 1_000 <= CANCELLED_WITHIN_MS;
    this.#stage.verdicts.record('I3', [
      ...(isInTime ? [] : [`a cancel is ${cancel?.state} after ${cancel?.secondsTaken} s`]),
      ...(late.length === 0 ? [] : [`${late.length} requests later than a cancel allows`]),
    ]);
  }
}

/** It found and fetched everything before it could be told otherwise. */
const RAN_OUT = 'completed (frontier_exhausted)';
