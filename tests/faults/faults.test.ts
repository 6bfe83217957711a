import { describe, expect, inject, it } from 'vitest';
import { CONFIGURATIONS } from './configurations/all-configurations.js';
import { runConfiguration } from './configurations/run-configuration.js';

/** Another seed is another moment for the fault and another site: `FAULT_SEED=7 npx vitest run tests/faults`. */
const SEED = Number(process.env['FAULT_SEED'] ?? '20');

// The part of the fault matrix that runs with all tests; `npm run test:faults` runs the whole of it.
describe.each(CONFIGURATIONS.filter(({ inTests }) => inTests !== undefined))(
  '$fault: $name',
  (configuration) => {
    it.each(configuration.inTests ?? [])(
      `breaks no invariant on %s (seed ${SEED})`,
      { timeout: (configuration.limitSeconds + 90) * 1_000 },
      async (backend) => {
        const outcome = await runConfiguration(configuration, {
          backend,
          seed: SEED,
          postgresAdminUrl: inject('postgresAdminUrl'),
        });
        if (outcome.violations.length > 0) process.stderr.write(outcome.logs);
        expect(outcome.violations).toEqual([]);
        expect(outcome.checks).toBeGreaterThan(5);
      },
    );
  },
);
