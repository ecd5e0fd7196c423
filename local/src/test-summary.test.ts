import { expect, test } from 'vitest';

import { addCounts, countJunit, countVitest, summaryLine } from './test-summary.ts';

test("vitest's report gives its counts, and a file that can not be loaded is a failure", () => {
  const report = JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ],
  });

  expect(countVitest(report)).toEqual({ passed: 5, failed: 2 });
});

test("pytest's report gives its counts: errors are failures, skipped tests are neither", () => {
  const report = `<?xml version="1.0"?><testsuites name="pytest tests">
    <testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1.2"><testcase/></testsuite></testsuites>`;

  expect(countJunit(report)).toEqual({ passed: 4, failed: 3 });
});

test('the summary adds up all suites', () => {
  const all = addCounts([
    { passed: 2, failed: 0 },
    { passed: 3, failed: 1 },
  ]);

  expect(summaryLine(all)).toBe('5 passed, 1 failed');
});
