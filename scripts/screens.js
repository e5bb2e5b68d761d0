#!/usr/bin/env node
// Renders the screens that README and docs show, in a real terminal (tmux), of the build in dist/, and compares them with
// the pages. Exits 1 where they differ. Needs the rights to trace.
//   node scripts/screens.js           compare
//   node scripts/screens.js --write   write them into the pages
import { register } from 'tsx/esm/api';

register();
const { checkPages } = await import('../test/support/guide-screens.ts');
process.exitCode = await checkPages(process.argv.includes('--write'), console.log);
