import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Bytes from one function to the next. */
const stride = 16;
/** What a uprobe puts in place of the first byte. */
const int3 = 0xcc;

export const manyPattern = 'rsym_bench_many_*';

const source = (count) => `std::arch::global_asm!(r#"
.text
.globl rsym_bench_begin
.p2align 4
rsym_bench_begin:
${Array.from({ length: count }, (_, i) => functionText(`rsym_bench_many_${i}`)).join('\n')}
"#);
unsafe extern "C" { static rsym_bench_begin: u8; }
fn main() {
    println!("{:p}", &raw const rsym_bench_begin);
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
`;

const functionText = (name) => `.type ${name}, @function
${name}:
    push rbp
    pop rbp
    ret
    .size ${name}, 3
    .p2align 4`;

/** @returns {string} the path of a program with so many functions, which begin with `push` and are never called */
export const buildMany = (folder, count) => {
  const path = join(folder, `many-${count}`);
  writeFileSync(`${path}.rs`, source(count));
  const rustc = spawnSync('rustc', ['--edition=2024', '-O', '-o', path, `${path}.rs`], { encoding: 'utf8' });
  if (rustc.status !== 0) throw new Error(`rustc can't build the target: ${rustc.stderr}`);
  return path;
};

/** A process whose functions wait to be probed. */
export class ManyFunctions {
  #child;
  #address = 0;
  #bytes;

  static async start(path, count) {
    const many = new ManyFunctions();
    many.#bytes = Buffer.alloc(count * stride);
    many.#child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [address] = await once(createInterface({ input: many.#child.stdout }), 'line');
    many.#address = Number(address);
    return many;
  }

  get pid() {
    return this.#child.pid;
  }

  /** How many of the functions begin with a breakpoint. */
  probed() {
    const fd = openSync(`/proc/${this.pid}/mem`, 'r');
    try {
      readSync(fd, this.#bytes, 0, this.#bytes.length, this.#address);
    } finally {
      closeSync(fd);
    }
    let found = 0;
    for (let at = 0; at < this.#bytes.length; at += stride) if (this.#bytes[at] === int3) found++;
    return found;
  }

  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin.end();
    await once(this.#child, 'exit');
  }

  kill() {
    this.#child.kill('SIGKILL');
  }
}
