import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

interface Module {
  readonly folder: string;
  readonly doors: readonly string[];
}

const ROOT = new URL('../../', import.meta.url);
const { MODULES: modules } = createRequire(import.meta.url)('../../scripts/standalone-modules.cjs') as {
  readonly MODULES: readonly Module[];
};

it('the modules that stand alone are documented with the doors that a machine checks', () => {
  const page = readFileSync(new URL('docs/modules.md', ROOT), 'utf8');
  const documented = [...page.matchAll(/^\| [^|]+ \| `(packages\/[^`]+)` \| ([^|]+) \|/gm)].map(
    ([, folder, doors = '']) => ({
      folder,
      doors: [...doors.matchAll(/`([^`]+)`/g)].map(([, door]) => door),
    }),
  );
  expect(documented).toEqual(modules.map(({ folder, doors }) => ({ folder, doors })));
});

it('every door of a module is a file, and says in a comment what it does', () => {
  for (const { folder, doors } of modules) {
    const files = readdirSync(new URL(`${folder}/`, ROOT));
    for (const door of doors) {
      expect(files).toContain(`${door}.ts`);
      expect(readFileSync(new URL(`${folder}/${door}.ts`, ROOT), 'utf8'), `${folder}/${door}`).toMatch(
        /\/\*\*/,
      );
    }
  }
});
