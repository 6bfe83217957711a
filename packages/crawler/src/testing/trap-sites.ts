/** What a trap answers: the body of a page for a path with its query, of a host. */
type TrapSite = (path: string, host: string) => string;

const link = (href: string): string => `<a href="${href}">more</a>`;
let names = 0;
const fresh = (): string => `${(names++).toString(36)}${'0a1b2c3d4e5f60718'}`;

/** Twelve months on, and a year, for ever. */
const calendar: TrapSite = (path) => {
  const [, year = '2026', month = '1'] = /\/calendar\/(\d+)\/(\d+)/.exec(path) ?? [];
  const now = Number(year) * 12 + Number(month) - 1;
  const page = (months: number): string =>
    `/calendar/${Math.floor((now + months) / 12)}/${((now + months) % 12) + 1}`;
  return `<h1>${year}-${month}</h1>${[1, 2, 12].map((months) => link(page(months))).join('')}`;
};

/** Each page links to those with one more of 20 filters. */
const facets: TrapSite = (path) => {
  const query = path.split('?')[1] ?? '';
  const chosen = new Set(query === '' ? [] : query.split('&'));
  const more = Array.from({ length: 20 }, (_, n) => `f${n}=1`).filter((filter) => !chosen.has(filter));
  return more.map((filter) => link(`/shop?${[...chosen, filter].sort().join('&')}`)).join('');
};

/** Page after page, each with words of its own. */
const pages =
  (before: string): TrapSite =>
  (path) => {
    const number = Number(/\d+$/.exec(path)?.[0] ?? 0);
    return `<title>Page ${number}</title><p>${number} ${number * 7}</p>${[1, 2, 3].map((n) => link(`${before}${number + n}`)).join('')}`;
  };

/** Two hundred words, always the same. */
const PROSE = Array.from({ length: 200 }, (_, n) => `word${n}`).join(' ');

/** Sites that never end, each in the way its name says. */
export const TRAP_SITES: Readonly<Record<string, TrapSite>> = {
  calendar,
  facets,
  calendarInQuery: (path) => {
    const month = Number(/month=(\d+)/.exec(path)?.[1] ?? 0);
    return [1, 2, 3].map((more) => link(`/cal?view=grid&amp;month=${month + more}`)).join('');
  },
  sessionInPath: () => ['/a', '/b', '/c'].map((page) => link(`${page};jsessionid=${fresh()}`)).join(''),
  sessionInQuery: () => `Welcome ${[1, 2, 3].map(() => link(`/home?sid=${fresh()}`)).join('')}`,
  sessionInFolder: () => `Welcome ${[1, 2, 3].map(() => link(`/s/${fresh()}/home`)).join('')}`,
  folderInItself: () => link('a/'),
  foldersInEachOther: (path) => link(path.endsWith('/x/') ? 'y/' : 'x/'),
  wrongBase: () => ['foo/one', 'foo/two'].map((page) => link(`${page}/`)).join(''),
  hosts: (_, host) =>
    [1, 2, 3].map(() => link(`http://n${fresh()}.${host.replace(/^n[^.]*\./, '')}/`)).join(''),
  /** Another body each time, with the same words. */
  everNew: () =>
    `<!-- ${fresh()} --><p data-at="${fresh()}">The same words</p>${[1, 2].map(() => link(`/now?t=${fresh()}`)).join('')}`,
  /** A long page with a clock in its text, under ever new names. */
  clock: () =>
    `<title>Now</title><h1>Now</h1><p>It is ${fresh().slice(0, 4)}.</p><p>${PROSE}</p>${[1, 2].map(() => link(`/now?t=${fresh()}`)).join('')}`,
  /** A page of few words, with a clock and a counter among them, under ever new names. */
  clockAmongFewWords: () => {
    const clock = new Date(names * 1_000).toISOString();
    return `<title>Now</title><h1>Now</h1><p>It is ${clock} here, visitor #${names}.</p>${[1, 2].map(() => link(`/now?t=${fresh()}`)).join('')}`;
  },
  /** Ever more entries of few words, which differ in those words and not in title and heading. */
  dictionary: (path) => {
    const number = Number(/\d+$/.exec(path)?.[0] ?? 0);
    const more = [1, 2].map((n) => link(`/entry/${number * 2 + n}`));
    const word = String.fromCharCode(...[...number.toString(2)].map((bit) => 97 + Number(bit)));
    return `<title>Dictionary</title><h1>Entry</h1><p>The word ${word} means ${word}${word} to most.</p>${number < 100 ? more.join('') : ''}`;
  },
  /** Ever more products, whose pages differ by a name. */
  catalogue: (path) => {
    const number = Number(/\d+$/.exec(path)?.[0] ?? 0);
    const more = [1, 2].map((n) => link(`/product/${number * 2 + n}`));
    return `<title>Product ${number}</title><h1>Product ${number}</h1><p>${PROSE}</p>${number < 100 ? more.join('') : ''}`;
  },
  pages: pages('/list/page/'),
  pagesInQuery: pages('/list?tag=red&amp;page='),
  maze: () => [1, 2, 3, 4, 5].map(() => link(`/${fresh().replace(/\d/g, 'q').slice(0, 9)}${'x'}`)).join(''),
  variants: (path) =>
    path === '/start'
      ? [1, 2, 3].map((n) => link(`/post?replytocom=${n}`) + link(`/post?utm_source=${n}`)).join('') +
        link('/post?print=1') +
        link('/post?sort=up')
      : 'A post',
};
