import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS } from '../configurations/all-configurations.js';
import { REPOSITORY } from '../stage/repository.js';
import { readPlantedBugs } from './planted-bug.js';

// Whether each is caught takes minutes to find out (`npm run test:faults:bugs`); that it can be planted does not.
describe.each(readPlantedBugs())('the planted bug "$name"', ({ replacements, caughtBy }) => {
  it('fits what is built', () => {
    const times = replacements.map(({ file, text }) => {
      const built = readFileSync(join(REPOSITORY, 'packages', file), 'utf8');
      return [file, built.split(text.join('\n')).length - 1];
    });
    expect(times).toEqual(replacements.map(({ file }) => [file, 1]));
  });

  it('is to be caught by a configuration that there is', () => {
    const named = CONFIGURATIONS.filter(
      ({ fault, name, backends }) =>
        fault === caughtBy.fault && name.includes(caughtBy.name) && backends.includes(caughtBy.backend),
    );
    expect(named.length).toBeGreaterThan(0);
  });
});
