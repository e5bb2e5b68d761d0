#!/usr/bin/env node
// Random signatures with their truth from LLVM IR: NAME.bin and NAME.truth.json in a folder.
//   node scripts/abi/random-signatures.js [--seed 1] [--count 80] [--opt 0 --opt 3] [--all] [--out abi-corpus]   --all: every compiler that toolchains.js lists
import { register } from 'tsx/esm/api';

register();
const { composePrograms } = await import('../../test/differential/abi/command.ts');
process.exitCode = composePrograms(process.argv.slice(2));
