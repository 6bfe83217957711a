import { readFileSync } from 'node:fs';

/** One row of a table, by column heading. Backticks are dropped, and `\|` is read as `|`. */
export type TableRow = Readonly<Record<string, string>>;

/**
 * The first table below a heading of a file in the project's `docs/`. Throws when the heading or the table
 * is missing, so that a test cannot pass on a document that lost them.
 */
export function readDocumentedTable(file: string, heading: string): TableRow[] {
  const text = readFileSync(new URL(`../../../../docs/${file}`, import.meta.url), 'utf8');
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start === -1) throw new Error(`docs/${file} has no heading "${heading}"`);
  const first = lines.findIndex(
    (line, index) => index > start && (line.startsWith('|') || /^#+ /.test(line)),
  );
  const header = lines[first];
  if (header?.startsWith('|') !== true) throw new Error(`docs/${file} has no table below "${heading}"`);
  const columns = cellsOf(header);
  const rows: TableRow[] = [];
  for (const line of lines.slice(first + 2)) {
    if (!line.startsWith('|')) break;
    const cells = cellsOf(line);
    rows.push(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])));
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('`', '').replaceAll('\\|', '|'));
}
