/** Prints "N passed, N failed" of a vitest JSON report; a file that did not load counts as failed. */
import { readFileSync } from "node:fs";

function count(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { passed: 0, failed: 1 }; // the run ended before it could report
  }
  const broken = report.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some((one) => one.status === "failed"),
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(1, failed) };
}

const { passed, failed } = count(process.argv[2]);
console.log(`${passed} passed, ${failed} failed`);
