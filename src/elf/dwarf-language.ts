/** DW_LANG codes of DWARF 5 and its later registrations, as far as a file that rsym reads is likely to have them. */
const names: Readonly<Record<number, string>> = {
  1: 'C89',
  2: 'C',
  4: 'C++',
  12: 'C99',
  13: 'Ada',
  19: 'D',
  22: 'Go',
  26: 'C++11',
  28: 'Rust',
  29: 'C11',
  30: 'Swift',
  33: 'C++14',
  34: 'Fortran',
  39: 'Zig',
  42: 'C++17',
  43: 'C++20',
  44: 'C17',
  32769: 'assembly',
};

export const languageName = (code: number): string => names[code] ?? (code === 0 ? 'unknown' : `language ${code}`);
