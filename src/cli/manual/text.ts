/** What the manual page says besides the commands: backquotes mark what is typed. */

export const patterns = [
  'FUNCTION and PATTERN name functions by their demangled paths. A name stands for all its copies: its symbols, the instances of a generic function, the places where it is inlined.',
];

export const patternForms: readonly (readonly [form: string, meaning: string])[] = [
  ['hello', 'a whole last segment'],
  ['app::hello', 'a path'],
  ['alloc::vec::*::push', '* is one segment or a part of one, ** any number of them'],
  ['alloc::vec::Vec<u8>::push', 'generic arguments; those that are not written are open'],
  ['<_ as core::fmt::Display>::fmt', 'an implementation'],
  ['/expression/', 'a regular expression'],
  ['0x15a60', 'an address inside a function'],
  ['app::hello(i: i32, len: usize) -> i32', 'for trace and latency: with a signature, where there is no debug info'],
];

export const examples: readonly (readonly [what: string, command: string])[] = [
  ['What functions of its own a program has, those too that exist only inlined:', "rsym ls --inlined ./app 'app::**'"],
  ['Where the arguments and the result of one are:', 'rsym show ./app app::hello'],
  ['Its calls while the program runs with three arguments:', 'rsym trace ./app app::hello -- 1 2 3'],
  ['Calls in a running process that fail:', "rsym trace ./app app::handle -p 1234 --when 'ret is Err(_)'"],
  [
    "Calls of the C library's write by any program, grouped by size:",
    "rsym count libc 'write(fd: i32, data: *const c_void, n: usize) -> isize' --by n",
  ],
  ['How long calls take, during ten seconds:', "rsym latency ./app 'app::**' -d 10"],
  ["Mangled names in another program's output:", 'nm ./app | rsym demangle'],
  ['Search, look and watch on a screen:', 'rsym ./app'],
];

export const statuses: readonly (readonly [status: string, meaning: string])[] = [
  ['0', 'answered, or the reader of the output went away'],
  ['1', 'nothing was found'],
  ['2', 'wrong use, or a failure'],
  ['129', 'ended by SIGHUP'],
  ['130', 'interrupted'],
  ['143', 'ended by SIGTERM'],
];

export const environment: readonly (readonly [name: string, meaning: string])[] = [
  ['NO_COLOR', 'Set to anything: no colours, on the screen neither.'],
  ['FORCE_COLOR', 'Colours also where the output is no terminal; `0` or `false`: none.'],
  [
    'RSYM_THEME',
    'Colours of the screen: `light`, `dark` or `none`. Without it the terminal is asked for its background.',
  ],
  ['COLORFGBG', 'The background, as some terminals say it: `0;15` is light.'],
  ['COLORTERM', '`truecolor` or `24bit`: the screen uses more than the 16 colours.'],
  ['RSYM_MOUSE', '`off`: the screen leaves the wheel and clicks to the terminal.'],
  [
    'RSYM_CACHE',
    'The folder, by its whole path, where what is worked out from debug info is kept; `off`: nothing is kept.',
  ],
  ['RSYM_DEBUG', '`1`: errors show where they were raised.'],
  ['XDG_CACHE_HOME', 'Where caches are, instead of ~/.cache.'],
  ['HOME', 'Where ~ is.'],
  [
    'LC_ALL',
    'As LC_CTYPE and LANG, which count where it is empty: in a locale that is not UTF-8 the screen and bars are drawn in ASCII.',
  ],
  ['LC_CTYPE', 'See LC_ALL.'],
  ['LANG', 'See LC_ALL.'],
  ['TERM', '`dumb`: the terminal can only print lines, and there is no screen.'],
  ['PATH', 'Where a program is looked for that is named without a slash.'],
  ['LD_LIBRARY_PATH', 'Where libraries are looked for first, by their short names.'],
  ['MAKEFLAGS', "Names the descriptors of make's jobserver, which a started program gets; CARGO_MAKEFLAGS likewise."],
];

export const files: readonly (readonly [path: string, meaning: string])[] = [
  ['~/.cache/rsym', 'What is worked out from debug info, at most 256 MiB; it may be removed at any time.'],
  ['/usr/lib/debug', 'Where debug info in files of its own is looked for.'],
  ['/sys/kernel/btf/vmlinux', "The kernel's type information, needed to start a program under observation."],
];

export const rights =
  'Listing, showing and demangling need no rights. Tracing, counting and timing need Linux on x86-64, and root or the capabilities CAP_BPF and CAP_PERFMON; `rsym doctor` tries what is needed, and says what is missing and what mends it.';
