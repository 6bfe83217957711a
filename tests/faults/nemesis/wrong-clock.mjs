// Loaded into a process before its program (node --import): its wall clock is CLOCK_OFFSET_MS off.
const offset = Number(process.env['CLOCK_OFFSET_MS'] ?? '0');
const RealDate = Date;

globalThis.Date = class extends RealDate {
  /** @param {...unknown} parts */
  constructor(...parts) {
    // @ts-expect-error -- whatever the real one takes
    super(...(parts.length === 0 ? [RealDate.now() + offset] : parts));
  }

  static now() {
    return RealDate.now() + offset;
  }
};
