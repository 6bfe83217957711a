import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from './version.js';

const packages = new URL('../../../', import.meta.url);

it.each(readdirSync(packages))('package %s carries the version of Outrider', (name) => {
  const manifest: unknown = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8'));
  expect(manifest).toMatchObject({ version: VERSION });
});
