// Draws text as an SVG picture of a terminal: `npm run --silent crawl -- <url> | head -36 | node scripts/draw-terminal.mjs <title> > docs/crawl.svg`.
// For the README, so that its picture is of a real run and can be made again.
import { text } from 'node:stream/consumers';

const COLUMNS = 100;
const CHARACTER = { width: 8.4, height: 19 };
const MARGIN = 18;
const BAR = 34;

/** @param {string} raw */
function escapeXml(raw) {
  return raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * @param {string} title
 * @param {readonly string[]} lines
 */
function draw(title, lines) {
  const width = COLUMNS * CHARACTER.width + 2 * MARGIN;
  const height = BAR + lines.length * CHARACTER.height + 2 * MARGIN;
  const rows = lines.map((line, index) => {
    const y = BAR + MARGIN + (index + 0.75) * CHARACTER.height;
    return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${escapeXml(line.slice(0, COLUMNS))}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" rx="10" fill="#16181d"/>
<rect width="100%" height="${BAR}" rx="10" fill="#23262e"/>
<g fill="#8b93a7" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" text-anchor="middle">
<text x="${width / 2}" y="22">${escapeXml(title)}</text>
</g>
<g fill="#d7dae0" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${rows.join('\n')}
</g>
</svg>
`;
}

const title = process.argv[2] ?? 'outrider';
const lines = (await text(process.stdin)).replaceAll('\r', '').trim().split('\n');
process.stdout.write(draw(title, lines));
