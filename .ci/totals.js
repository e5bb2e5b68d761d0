// Reads vitest's JSON report and prints the closing line. Fails when a test failed, or when none ran.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
if (text === '') {
  console.log('the tests did not run\n0 passed, 1 failed');
  process.exit(1);
}
const report = JSON.parse(text);
const results = report.testResults.flatMap((file) => file.assertionResults);
const count = (...states) => results.filter((result) => states.includes(result.status)).length;

// A file that fails while it is loaded has no results of its own.
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'),
);
for (const file of brokenFiles) console.log(`failed outside its tests: ${file.name}: ${file.message ?? ''}`);

const passed = count('passed');
const failed = count('failed') + brokenFiles.length;
const skipped = count('pending', 'skipped', 'todo', 'disabled');
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
if (failed > 0 || passed === 0) process.exit(1);
