import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';

const mangled = /^(_R|_?_ZN?)/;
const maxOutput = 1 << 28;

const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Another name of the same length and structure: the hash (legacy) or the crates' disambiguators (v0) are changed. */
const variant = (name, round) => {
  if (round === 0) return name;
  const shifted = (text, base) => {
    let rest = round;
    return Array.from(text, (char, i) => {
      // The first digit stays: the number must keep its length, and a 0 there would change what it means.
      const value = digits.indexOf(char);
      if (i === 0 || value < 0) return char;
      const next = (value + rest) % base;
      rest = Math.floor((value + rest) / base);
      return digits[next];
    }).join('');
  };
  return name
    .replace(/17h([0-9a-f]{16})E/g, (_, hash) => `17h${shifted(hash, 16)}E`)
    .replace(/Cs([0-9a-zA-Z]{2,})_/g, (_, crate) => `Cs${shifted(crate, 62)}_`);
};

/** Mangled names of the defined symbols of a file, as `nm` reads them. */
export const mangledNames = (file) => {
  const { stdout } = spawnSync('nm', ['--format=posix', file], { encoding: 'latin1', maxBuffer: maxOutput });
  return stdout
    .split('\n')
    .map((line) => line.slice(0, line.indexOf(' ')))
    .filter((name) => mangled.test(name));
};

/** Writes `count` names, one a line; real ones first, then variants of them, so that no cache can know them all. */
export const writeNames = (path, names, count) => {
  const fd = openSync(path, 'w');
  try {
    let block = [];
    for (let i = 0; i < count; i++) {
      block.push(variant(names[i % names.length], Math.floor(i / names.length)), '\n');
      if (block.length >= 20_000 || i === count - 1) {
        writeSync(fd, block.join(''));
        block = [];
      }
    }
  } finally {
    closeSync(fd);
  }
};
