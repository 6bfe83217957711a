// The findings of `pnpm bench:lists`, as Markdown.

/**
 * @typedef {import('./api-latencies.mjs').Latency} Latency
 * @typedef {{ when: string, links: { out: Latency, in: Latency }, lists: readonly Latency[] }} Findings
 */

/** The limits, in milliseconds. */
const LIST_LIMIT_MS = 100;
const LINK_LIMIT_MS = 50;

/** @param {readonly number[]} numbers @param {number} share */
function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * @param {number} pages
 * @param {readonly Findings[]} all
 * @returns {{ text: string, slow: number }} slow: how many lists and links passed their limit
 */
export function renderLists(pages, all) {
  const rows = all.flatMap(({ when, links, lists }) => [
    { when, what: 'out-links', limit: LINK_LIMIT_MS, of: [links.out] },
    { when, what: 'inlinks', limit: LINK_LIMIT_MS, of: [links.in] },
    ...groupsOf(lists).map(([name, of]) => ({
      when,
      what: name,
      limit: name === 'listPageLinks' ? LINK_LIMIT_MS : LIST_LIMIT_MS,
      of,
    })),
  ]);
  const slow = rows.flatMap(({ when, limit, of }) =>
    of.filter(({ times }) => quantile(times, 0.5) > limit).map((latency) => ({ when, limit, ...latency })),
  );
  const once = rows.flatMap(({ when, limit, of }) =>
    of
      .filter(({ times }) => times.length > 1 && quantile(times, 0.5) <= limit && Math.max(...times) > limit)
      .map((latency) => ({ when, ...latency })),
  );
  /** @param {{ when: string } & Latency} latency */
  const lineOf = ({ when, what, times, items }) => {
    const shown = times.length > 10 ? times.toSorted((a, b) => b - a).slice(0, 10) : times;
    return `- ${when}, ${what}: ${quantile(times, 0.5).toFixed(0)} ms (${shown.map((ms) => ms.toFixed(0)).join(', ')}), ${items} rows`;
  };
  const text = [
    `${pages.toLocaleString('en')} pages:`,
    '',
    '| Execution | Read over the API | queries | p50 ms | p99 ms | max ms |',
    '|---|---|--:|--:|--:|--:|',
    ...rows.map(({ when, what, of }) => {
      const times = of.flatMap((latency) => latency.times);
      const figures = [quantile(times, 0.5), quantile(times, 0.99), Math.max(...times)];
      return `| ${when} | ${what} | ${of.length} | ${figures.map((ms) => ms.toFixed(1)).join(' | ')} |`;
    }),
    '',
    slow.length === 0
      ? `No list has a median over ${LIST_LIMIT_MS} ms, no list of links one over ${LINK_LIMIT_MS}.`
      : 'Over the limit, by the median:',
    ...slow.map(lineOf),
    ...(once.length === 0
      ? []
      : ['', 'Over it in single answers (the slowest ten of each):', ...once.map(lineOf)]),
  ].join('\n');
  return { text, slow: slow.length };
}

/** @param {readonly Latency[]} lists @returns {[string, Latency[]][]} by the list's name */
function groupsOf(lists) {
  /** @type {Map<string, Latency[]>} */
  const groups = new Map();
  for (const list of lists) {
    const [name = ''] = list.what.split(/[ ,]/);
    groups.set(name, [...(groups.get(name) ?? []), list]);
  }
  return [...groups];
}
