/** What a run of a duty did, in numbers; a duty that had nothing to do reports zeros. */
export type DutyReport = Readonly<Record<string, number>>;

/** A background duty: something the orchestrator does again and again. Any number of orchestrators may do it at once. */
export interface Duty {
  readonly name: string;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly intervalMs: number;
  run(): Promise<DutyReport>;
}
