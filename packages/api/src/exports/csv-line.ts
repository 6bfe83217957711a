/** What a cell of a table may hold. */
export type Cell = string | number | boolean | null;

/**
 * Spreadsheets run a cell that begins so, also in its full-width form (OWASP ASVS 5.0, 1.2.10). NUL can not be stored, but
 * costs nothing here.
 */
const FORMULA_START = /^[=+\-@\t\r\0＝＋－＠]/;

/**
 * One line of CSV with its end (RFC 4180). Text that a spreadsheet would take for a formula has an apostrophe before it;
 * numbers are numbers. Nothing at all stands for null.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA_START.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
