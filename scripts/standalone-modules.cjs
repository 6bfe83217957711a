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
      'packages/crawler/src/parse/clean-text',
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

module.exports = { MODULES };
