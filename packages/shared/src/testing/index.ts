export { readDocumentedTable, type TableRow } from './markdown-table.js';
