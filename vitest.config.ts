import { env } from 'node:process';

import { defineConfig } from 'vitest/config';

const unit = ['packages', 'producer', 'etl', 'migrations', 'local', 'grafana', 'bench', 'docker'];

export default defineConfig({
  test: {
    // Servers that stop in order take their time.
    teardownTimeout: 120_000,
    projects: [
      {
        test: {
          name: 'unit',
          // Properties try thousands of cases, on machines with other things to do.
          testTimeout: 60_000,
          include: unit
            .map((folder) => `${folder}/**/src/**/*.test.ts`)
            .concat(unit.map((folder) => `${folder}/*.test.ts`))
            .concat(['imports', 'mutants', 'repository', 'settings'].map((folder) => `tests/${folder}/*.test.ts`)),
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          // Node runs TypeScript itself; the library finds its binaries through Node's own resolution.
          server: { deps: { external: [/\/local\/src\//] } },
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'preview',
          include: ['tests/preview/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts', 'tests/preview/global-setup.ts'],
          server: { deps: { external: [/\/local\/src\//] } },
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'grafana',
          include: ['tests/grafana/**/*.test.ts'],
          globalSetup: ['tests/grafana/global-setup.ts', 'tests/support/global-setup.ts'],
          server: { deps: { external: [/\/local\/src\//] } },
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/end-to-end/**/*.test.ts'],
          // These need the processes of the stack: one in containers has tests of its own for that.
          exclude: env['TEST_AIRFLOW_URL'] === undefined ? [] : ['tests/end-to-end/local/**'],
          globalSetup: ['tests/end-to-end/global-setup.ts'],
          testTimeout: 180_000,
          maxConcurrency: 10,
          // kafkajs computes a negative time-out once per process; Node 24 would warn about it.
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
          fileParallelism: false,
        },
      },
    ],
  },
});
