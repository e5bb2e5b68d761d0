#!/usr/bin/env node
// Builds the programs of fixtures/calls as DIR/COMPILER/VARIANT/NAME: rustc 1.95 and 1.96 (node scripts/abi/toolchains.js
// lists them) in debug, release, with thin LTO, for size, with panic=abort, each with both manglings. Prints the paths.
// Exits 1 where a compiler is missing, fails, or warns.
//   node scripts/calls/build.js DIR [--only 1.95/release]
import { register } from 'tsx/esm/api';

register();
const { buildPrograms } = await import('../../test/differential/calls/command.ts');
process.exitCode = buildPrograms(process.argv.slice(2));
