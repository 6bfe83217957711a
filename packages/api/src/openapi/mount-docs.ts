import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Express } from 'express';
import { buildDocument } from './build-document.js';

/** Swagger UI writes style attributes; scripts come from here alone, and none stands in the page. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outrider API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
`;

const START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true });
`;

const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;
const ONE_DAY = 'public, max-age=86400';

/** Mounts the OpenAPI document and its page, all served from here. Returns the paths. */
export function mountDocs(app: Express): string[] {
  const document = JSON.stringify(buildDocument());
  app.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(document);
  });
  app.get('/docs', (_request, response) => {
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    response.type('text/html').send(PAGE);
  });
  mountAssets(app);
  return ['/openapi.json', '/docs'];
}

/** Parts of the page rather than routes of the API, so they are no part of the document. */
function mountAssets(app: Express): void {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
  app.use('/docs/assets', (request, response, next) => {
    const file = FILES.find((name) => request.path === `/${name}`);
    if (request.method !== 'GET' && request.method !== 'HEAD') next();
    else if (file !== undefined) {
      response.sendFile(file, { root: folder, headers: { 'Cache-Control': ONE_DAY }, etag: false });
    } else if (request.path === '/start.js') {
      response.setHeader('Cache-Control', ONE_DAY);
      response.type('text/javascript').send(START);
    } else next();
  });
}
