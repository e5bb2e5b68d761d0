#!/usr/bin/env node
// Judges what 'rsym show' says of a binary's functions; exits 1 where anything is wrong.
//   node scripts/abi/compare.js TRUTH.json BIN [--program dist/cli/main.js] [--rustc 1.95 --opt 3] [--quiet]
import { register } from 'tsx/esm/api';

register();
const { compareWithTruth } = await import('../../test/differential/abi/command.ts');
process.exitCode = compareWithTruth(process.argv.slice(2));
