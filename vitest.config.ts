import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Workspace packages are tested from their sources, without a build in between.
// Not `import`: vitest hands these to Node.js too, where it would make `require` load ES modules.
const conditions = ['source', 'node'];

/** Short files that start whole platforms take longest: begun last, one of them would be waited for alone. */
class PlatformsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const startsPlatforms = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/tests/');
    return [...sorted.filter(startsPlatforms), ...sorted.filter((file) => !startsPlatforms(file))];
  }
}

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions } },
  // The environment that vitest loads its global set-up in.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    globalSetup: ['tests/setup/global-setup.ts'],
    pool: 'forks',
    sequence: { sequencer: PlatformsFirst },
    // Many tests wait for processes and clocks: one more than the cores of a small machine.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
