#!/usr/bin/env node
// Generates a Rust program whose functions are called with random values and print, for each of several expressions, whether
// it holds; filters its calls by the same expressions with rsym, and compares. Exits 1 where anything is wrong.
//   node scripts/when/judge.js [--pairs 300] [--seed 1] [--level debug|release] [--side kernel|reader|count] [--only f3] [--keep DIR]
//     --keep DIR   leaves the program and its source in DIR/LEVEL
import { register } from 'tsx/esm/api';

register();
const { judgeCommand } = await import('../../test/differential/filters/command.ts');
process.exitCode = judgeCommand(process.argv.slice(2));
