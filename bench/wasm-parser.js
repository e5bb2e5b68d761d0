// The rival of row 4: prints the names in a wasm module's name section, one a line. Arguments: a folder with
// node_modules, and the module. Code and data are skipped: that is this package's fastest way to the names.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , folder, module] = process.argv;
const { decode } = createRequire(join(folder, 'package.json'))('@webassemblyjs/wasm-parser');
const tree = decode(readFileSync(module), { ignoreCodeSection: true, ignoreDataSection: true });
const names = tree.body[0].metadata.functionNames.map(({ value }) => value);
process.stdout.write(`${names.join('\n')}\n`);
