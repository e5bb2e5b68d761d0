#!/usr/bin/env node
// Stops a program of random signatures at its functions, reads the places that the truth and 'rsym show' name, and compares.
//   node scripts/abi/run-check.js TRUTH.json BIN [--program dist/cli/main.js]
import { register } from 'tsx/esm/api';

register();
const { runAndCheck } = await import('../../test/differential/abi/command.ts');
process.exitCode = runAndCheck(process.argv.slice(2));
