#!/usr/bin/env node
// Rust compilers whose code is compared: LABEL=PATH a line; missing ones on stderr.
//   node scripts/abi/toolchains.js [get]   unpack what can be had without installing
import { register } from 'tsx/esm/api';

register();
const { listToolchains } = await import('../../test/differential/abi/command.ts');
process.exitCode = listToolchains(process.argv.slice(2));
