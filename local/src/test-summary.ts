import * as z from 'zod';

/** How many tests of a run passed and failed. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** Counts of a report of vitest's JSON reporter; a file that could not be loaded counts as one failure. */
export function countVitest(report: string): TestCounts {
  const { numPassedTests, numFailedTests, testResults } = vitestReport.parse(JSON.parse(report));
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** Counts of a JUnit report, as pytest writes it: errors count as failures, skipped tests as neither. */
export function countJunit(report: string): TestCounts {
  const suites = [...report.matchAll(/<testsuite\s([^>]*)>/g)].map(([, attributes = '']) => {
    const value = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    const failed = value('failures') + value('errors');
    return { passed: value('tests') - failed - value('skipped'), failed };
  });
  return addCounts(suites);
}

/** The sum of counts. */
export function addCounts(counts: readonly TestCounts[]): TestCounts {
  return counts.reduce((sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }), {
    passed: 0,
    failed: 0,
  });
}

/** The last line of every `make test`. */
export function summaryLine({ passed, failed }: TestCounts): string {
  return `${passed} passed, ${failed} failed`;
}
