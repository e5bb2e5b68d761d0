#!/usr/bin/env node
// Compares what rsym reads from a file's debug info with other readers of it. Exits 1 where they differ.
//   node scripts/compare-debug.js FILE [--addresses 2000] [--types 300] [--seed 1] [--show 5] [--only frames,counts,names,types]
import { register } from 'tsx/esm/api';

register();
const { compare } = await import('../test/differential/compare.ts');
process.exitCode = compare(process.argv.slice(2));
