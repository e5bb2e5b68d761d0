#!/usr/bin/env node
// Compares where rsym and gdb say that parameters are; exits 1 where a difference is not explained.
//   node scripts/abi/gdb-places.js FILE… [--functions 1000] [--seed 1] [--run "NAME ARGUMENTS"]… [--out docs/abi-against-gdb.md] [--program dist/cli/main.js]
import { register } from 'tsx/esm/api';

register();
const { comparePlacesWithGdb } = await import('../../test/differential/gdb/command.ts');
process.exitCode = comparePlacesWithGdb(process.argv.slice(2));
