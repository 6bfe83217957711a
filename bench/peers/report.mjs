/**
 * Prints what a peer did, as the one line that `pnpm bench` reads.
 * @param {{ pages: number, seconds: number }} done
 */
export function report({ pages, seconds }) {
  const peakMb = process.resourceUsage().maxRSS / 1_024;
  process.stdout.write(`${JSON.stringify({ pages, seconds, peakMb })}\n`);
}
