import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import { openImage } from '../../src/elf/open.ts';
import { classify } from '../../src/elf/rust-type.ts';
import type { DebugType, DebugTypes } from '../../src/elf/type-model.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

/** Opens a compiled program's debug info, and what the program says. */
const compiled = (
  sources: Readonly<Record<string, string>>,
  command: string,
  flags: readonly string[],
  use: (info: DebugInfo, types: DebugTypes, output: string[][]) => void,
): void => {
  using folder = new Temporary();
  const files = Object.entries(sources).map(([name, text]) => folder.file(name, text));
  const program = join(folder.path, 'program');
  run(command, ['-g', ...flags, ...files, '-o', program], { timeout: 60_000 });
  const output = run(program, [])
    .stdout.trim()
    .split('\n')
    .map((line) => line.split(' '));
  using image = openImage(program);
  using info = openDebugInfo(image);
  use(info, info.types!, output);
};

const named = (info: DebugInfo, name: string): ReturnType<DebugInfo['function']> => {
  for (let id = 0; id < info.functionCount; id++) {
    const fn = info.function(id);
    if (fn.path === name || fn.path.startsWith(`${name}(`)) return fn;
  }
  throw new Error(`no function ${name}`);
};

/** The types of a function's parameters, then of its result, by name. */
const declared = (info: DebugInfo, types: DebugTypes, name: string): (string | null)[] => {
  const signature = types.signature(named(info, name));
  if (signature === null) throw new Error(`no signature of ${name}`);
  const text = (id: number | null): string | null => (id === null ? null : types.type(id).name);
  return [...signature.parameters.map(({ type }) => text(type)), text(signature.returns)];
};

const one = (types: DebugTypes, name: string): DebugType => {
  const [id] = types.find(name);
  if (id === undefined) throw new Error(`no type ${name}`);
  return types.type(id);
};

// A bit field's place is seen in the bytes of a struct of zeros in which it alone is set to ones.
const cSource = `
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "shared.h"
struct bits { unsigned low : 3; int : 4; signed mid : 11; unsigned char flag : 1; unsigned long wide : 40; char last; };
struct packed_bits { char first; unsigned a : 7; unsigned b : 20; } __attribute__((packed));
struct anonymous { int a; union { int x; struct { short y, z; }; }; double d; };
struct flexible { int count; short items[]; };
struct node { struct node *next; long values[2][3]; unsigned char bytes[0]; };
union any { int i; double d; char text[12]; };
enum level { LOW = -5, HIGH = 200 };
enum big { HUGE = 0xfffffffff0ull };
typedef struct { int x; } unnamed_t;
typedef unsigned int number;
typedef int (*callback)(const unsigned char *, size_t);
typedef float four __attribute__((vector_size(16)));
int every(const char *text, char *const fixed, volatile int *v, struct node *n, union any u, enum level l, number x,
          callback f, int (*rows)[4], void **out, unnamed_t *t, long double ld, _Bool b, int *restrict r, ...) {
  return text[0] + fixed[0] + *v + (int)n->values[0][0] + u.i + l + x + (f != 0) + rows[0][0] + (out != 0) + t->x + (int)ld + b + r[0];
}
__attribute__((noreturn)) void stop(void) { for (;;) __builtin_trap(); }
void nothing(void) {}
int opaque(struct hidden *h) { return h != 0; }
int unknown(struct nowhere *h) { return h != 0; }
four vector(four v) { return v + v; }
double _Complex complex_one(double _Complex c) { return c; }
struct bits keep_bits; struct packed_bits keep_packed; struct anonymous keep_anonymous; struct flexible keep_flexible; enum big keep_big;
int all_ones = -1;
#define BIT(type, field) do { struct type s; memset(&s, 0, sizeof s); s.field = all_ones; unsigned char bytes[sizeof s]; memcpy(bytes, &s, sizeof s); \\
  int first = -1, count = 0; for (int i = 0; i < (int)sizeof s * 8; i++) if (bytes[i / 8] >> i % 8 & 1) { if (first < 0) first = i; count++; } \\
  printf("bits %s %s %d %d\\n", #type, #field, first, count); } while (0)
#define SIZE(type) printf("size %zu %zu %s\\n", sizeof(type), _Alignof(type), #type)
#define AT(type, field) printf("at %s %s %zu\\n", #type, #field, offsetof(struct type, field))
int main(void) {
  BIT(bits, low); BIT(bits, mid); BIT(bits, flag); BIT(bits, wide); BIT(packed_bits, a); BIT(packed_bits, b);
  AT(bits, last); AT(anonymous, a); AT(anonymous, d); AT(flexible, items); AT(node, values); AT(node, bytes); AT(node, next);
  SIZE(struct bits); SIZE(struct anonymous); SIZE(struct flexible); SIZE(struct node); SIZE(union any); SIZE(enum level); SIZE(enum big);
  SIZE(unnamed_t); SIZE(number); SIZE(callback); SIZE(four); SIZE(long double); SIZE(double); SIZE(struct hidden_size);
  return 0;
}
`.replace(/ SIZE\(struct hidden_size\);/, '');
const shared = { 'shared.h': 'struct hidden; struct nowhere; int size_of_hidden(void);\n' };
const hiddenSource =
  '#include "shared.h"\nstruct hidden { long a; char b; };\nstruct hidden keep_hidden;\nint size_of_hidden(void) { return sizeof(struct hidden); }\n';

describeNeeding(['cc', 'linux'], 'types of a C program', () => {
  test.for([
    ['-gdwarf-5'],
    ['-gdwarf-4'],
    ['-gdwarf-3', '-gstrict-dwarf'],
    ['-gdwarf-4', '-fdebug-types-section'],
    ['-gdwarf-5', '-fdebug-types-section'],
  ])('%s', { timeout: 60_000 }, (flags) => {
    using folder = new Temporary();
    folder.file('shared.h', shared['shared.h']);
    compiled(
      { 'main.c': cSource, 'hidden.c': hiddenSource },
      'cc',
      [...flags, '-w', `-I${folder.path}`],
      (info, types, output) => {
        for (const [what, ...rest] of output) {
          if (what === 'size') {
            const [size, align, ...words] = rest;
            const type = one(types, words.join(' '));
            expect([type.name, `${type.size}`]).toEqual([words.join(' '), size]);
            // Without DWARF's word for it a vector's or packed type's alignment may be unknown, but is never wrong.
            if (type.align !== null) expect([type.name, `${type.align}`]).toEqual([words.join(' '), align]);
            continue;
          }
          const [owner, field, ...numbers] = rest;
          const type = one(types, `struct ${owner}`);
          if (type.kind !== 'struct') throw new Error(`${type.name} is a ${type.kind}`);
          const member = type.members.find(({ name }) => name === field);
          const ours = what === 'at' ? [`${member?.offset}`] : [`${member?.bits?.offset}`, `${member?.bits?.size}`];
          expect([owner, field, ...ours]).toEqual([owner, field, ...numbers]);
        }
        expect(declared(info, types, 'every')).toEqual([
          'const char *',
          'char *const',
          'volatile int *',
          'struct node *',
          'union any',
          'enum level',
          'number',
          'callback',
          'int (*)[4]',
          'void **',
          'unnamed_t *',
          'long double',
          '_Bool',
          'int *restrict',
          'int',
        ]);
        expect(types.signature(named(info, 'every'))?.isVariadic).toBe(true);
        const callback = one(types, 'callback');
        expect(callback.kind === 'qualifier' && types.type(callback.target ?? 0).name).toBe(
          'int (*)(const unsigned char *, size_t)',
        );
        expect(declared(info, types, 'nothing')).toEqual([null]);
        expect(types.signature(named(info, 'nothing'))?.isVariadic).toBe(false);
        const level = one(types, 'enum level');
        expect(level.kind === 'enumeration' && level.enumerators).toEqual([
          { name: 'LOW', value: -5n },
          { name: 'HIGH', value: 200n },
        ]);
        const big = one(types, 'enum big');
        expect(big.kind === 'enumeration' && big.enumerators).toEqual([{ name: 'HUGE', value: 0xff_ffff_fff0n }]);
        const node = one(types, 'struct node');
        const values = node.kind === 'struct' ? node.members.find(({ name }) => name === 'values') : undefined;
        expect(types.type(values?.type ?? 0)).toMatchObject({
          kind: 'array',
          counts: [2n, 3n],
          size: 48n,
          name: expect.stringMatching(/^long( int )?\[2\]\[3\]$/),
        });

        const pointee = (name: string): DebugType => {
          const id = types.signature(named(info, name))?.parameters[0]?.type;
          const pointer = types.type(id ?? 0);
          return types.type((pointer.kind === 'pointer' && pointer.target) || 0);
        };
        expect(pointee('opaque')).toMatchObject({ name: 'struct hidden', isDeclaration: false, size: 16n });
        expect(pointee('unknown')).toMatchObject({
          name: 'struct nowhere',
          isDeclaration: true,
          size: null,
          align: null,
        });
        expect(classify(types, one(types, 'struct node').id).kind).toBe('foreign');
      },
    );
  });
});

const cxxSource = `
#include <cstdio>
#include <cstddef>
namespace outer { namespace {
struct Hidden { int x; };
}
class Base { public: virtual ~Base() {} int base; static int shared; };
struct Left : virtual Base { int left; };
struct Derived : Base { char own; struct Inner { short s; }; Inner inner; int method(const Inner &i, Inner &&j) const; static int of(int); };
int Derived::method(const Inner &i, Inner &&j) const { return i.s + j.s + own; }
int Derived::of(int x) { return x; }
template <typename T, int N> struct Box { T items[N]; };
enum class Colour : signed char { Red = -1, Green = 100 };
}
struct Later; struct Holder { Later *later; struct Nested; };
struct Holder::Nested { long n; };
int use(outer::Derived &d, outer::Box<outer::Colour, 3> b, outer::Hidden *h, int outer::Base::*m, int (outer::Derived::*f)(int), Holder::Nested n,
        outer::Left *l, decltype(nullptr) p) { return d.base + (int)b.items[0] + h->x + (m != 0) + (f != 0) + (int)n.n + l->left + (p == nullptr); }
template <typename... A> int pack(A... a) { return sizeof...(a); }
outer::Derived keep; outer::Left keep_left;
int main() {
  printf("size %zu Derived\\nsize %zu Box\\nsize %zu Nested\\nat %zu own\\nat %zu inner\\n", sizeof(outer::Derived), sizeof(outer::Box<outer::Colour, 3>), sizeof(Holder::Nested),
    (size_t)&((outer::Derived *)64)->own - 64, (size_t)&((outer::Derived *)64)->inner - 64);
  return pack(1, 2.5, 'c') - 3;
}
`;

describeNeeding(['c++', 'linux'], 'types of a C++ program', () => {
  test.for([['-gdwarf-5'], ['-gdwarf-4'], ['-gdwarf-4', '-fdebug-types-section']])(
    '%s',
    { timeout: 60_000 },
    (flags) => {
      compiled({ 'main.cc': cxxSource }, 'c++', [...flags, '-w', '-std=c++17'], (info, types, output) => {
        const derived = one(types, 'outer::Derived');
        const sizes = new Map(output.filter(([what]) => what === 'size').map(([, size, name]) => [name, size]));
        expect(`${derived.size}`).toBe(sizes.get('Derived'));
        expect(`${one(types, 'outer::Box<outer::Colour, 3>').size}`).toBe(sizes.get('Box'));
        expect(`${one(types, 'Holder::Nested').size}`).toBe(sizes.get('Nested'));
        if (derived.kind !== 'struct') throw new Error(derived.kind);
        for (const [, offset, name] of output.filter(([what]) => what === 'at'))
          expect([name, `${derived.members.find((member) => member.name === name)?.offset}`]).toEqual([name, offset]);
        expect(derived.bases.map(({ type, offset }) => [types.type(type ?? 0).name, offset])).toEqual([
          ['outer::Base', 0n],
        ]);
        const left = one(types, 'outer::Left');
        // Where a virtual base lies is in the vtable alone.
        expect(left).toMatchObject({ bases: [], unplaced: 1, align: null });
        const base = one(types, 'outer::Base');
        expect(base.kind === 'struct' && base.members.map(({ name }) => name)).toEqual(['_vptr.Base', 'base']);
        expect(declared(info, types, 'use')).toEqual([
          'outer::Derived &',
          'outer::Box<outer::Colour, 3>',
          'outer::(anonymous namespace)::Hidden *',
          'int ::*',
          'int (::*)(outer::Derived *, int)',
          'Holder::Nested',
          'outer::Left *',
          'decltype(nullptr)',
          'int',
        ]);
        const sizeOf = (index: number): unknown =>
          types.type(types.signature(named(info, 'use'))?.parameters[index]?.type ?? 0).size;
        expect([sizeOf(3), sizeOf(4)]).toEqual([8n, 16n]);
        expect(declared(info, types, 'outer::Derived::method')).toEqual([
          'const outer::Derived *const',
          'const outer::Derived::Inner &',
          'outer::Derived::Inner &&',
          'int',
        ]);
        expect(
          types.signature(named(info, 'outer::Derived::method'))?.parameters.map(({ isArtificial }) => isArtificial),
        ).toEqual([true, false, false]);
        const colour = one(types, 'outer::Colour');
        expect(colour.kind === 'enumeration' && colour.enumerators).toEqual([
          { name: 'Red', value: -1n },
          { name: 'Green', value: 100n },
        ]);
        const packed = [...Array(info.functionCount).keys()]
          .map((id) => info.function(id))
          .find(({ path }) => path.includes('pack<'));
        const signature = packed && types.signature(packed);
        expect(signature?.parameters.map(({ type }) => types.type(type ?? 0).name)).toEqual(['int', 'double', 'char']);
      });
    },
  );
});
