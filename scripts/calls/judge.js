#!/usr/bin/env node
// Traces programs that print each call with its values, and compares what is shown with what they print. Says by program
// how many of the printed values are shown, by what evidence, and why the others aren't. Exits 1 where one is wrong.
//   node scripts/calls/judge.js BIN… [--program dist/cli/main.js] [--verbose] [-- ARGS…]
//     --pattern P         what to trace; NAME::** unless given, by the file's name; repeatable
//     --option=--depth=9  an option for rsym trace; repeatable
//     --truth BIN         a build of the same program that prints, where the traced one doesn't; ../told/NAME unless given
//     --keep DIR          leaves the lines and the events in DIR
//     --lines FILE --events FILE   judges these and runs nothing
import { register } from 'tsx/esm/api';

register();
const { judgeTraces } = await import('../../test/differential/calls/command.ts');
process.exitCode = judgeTraces(process.argv.slice(2));
