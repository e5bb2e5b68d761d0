import type { FieldShape, ValueShape } from '../../src/abi/shape.ts';

const fieldsLine = (fields: readonly FieldShape[]): string =>
  fields.map(({ name, offset, shape }) => `${name}@${offset} ${shapeLine(shape)}`).join(', ');

/** A shape on one line: `Point { x@0 i32, y@4 i32 }`, `&@0 u8`; what isn't told apart there is left out. */
export const shapeLine = (shape: ValueShape): string => {
  switch (shape.kind) {
    case 'int':
      return `${shape.signed ? 'i' : 'u'}${shape.size * 8}`;
    case 'float':
      return `f${shape.size * 8}`;
    case 'bool':
    case 'char':
    case 'unit':
    case 'never':
    case 'c-string':
    case 'ipv4':
    case 'ipv6':
      return shape.kind;
    case 'address':
      return shape.size === 8 ? 'address' : `address(${shape.size})`;
    case 'fixed':
      return `"${shape.text}"`;
    case 'opaque':
      return `opaque(${shape.size} ${shape.name})`;
    case 'cut':
      return `<${shape.why} ${shape.size}>`;
    case 'struct': {
      const [open, close] = { unit: ['', ''], tuple: ['(', ')'], named: [' { ', ' }'] }[shape.form] as [string, string];
      return `${shape.name}${open}${fieldsLine(shape.fields)}${close}`;
    }
    case 'array':
      return `[${shapeLine(shape.element)}; ${shape.count}]`;
    case 'enum': {
      const tag = shape.tag === null ? '' : ` ${shape.tag.size} at ${shape.tag.offset}:`;
      const variants = shape.variants.map(({ name, fields, values }) => {
        const when =
          values === null ? '_' : values.map(({ low, high }) => (low === high ? low : `${low}-${high}`)).join('|');
        return ` ${shape.tag === null ? '' : `${when} => `}${name}${fields.length === 0 ? '' : `(${fieldsLine(fields)})`}`;
      });
      return `enum${shape.isTransparent ? ' transparent' : ''}${tag}${variants.join(',')}`;
    }
    case 'c-enum':
      return `${shape.signed ? 'i' : 'u'}${shape.size * 8} ${shape.variants.map(({ name, value }) => `${name}=${value}`).join(' ')}`;
    case 'pointer':
    case 'text':
    case 'sequence':
    case 'ring': {
      const { data, add, counts } = shape.behind;
      const counters = counts === null ? '' : ` counts ${counts.strong} ${counts.weak}`;
      const at = `@${data}${add === 0 ? '' : `+${add}`}${counters}`;
      if (shape.kind === 'pointer') return `&${at} ${shapeLine(shape.target)}`;
      if (shape.kind === 'text') return `${shape.of}${at} length@${shape.length}`;
      if (shape.kind === 'sequence') return `[${at} length@${shape.length} ${shapeLine(shape.element)}]`;
      const end = shape.length === null ? `tail@${shape.tail}` : `length@${shape.length}`;
      return `ring${at} capacity@${shape.capacity} head@${shape.head} ${end} ${shapeLine(shape.element)}`;
    }
    case 'hash-table':
      return `${shape.isMap ? 'map' : 'set'} control@${shape.control} mask@${shape.mask} items@${shape.items} ${shapeLine(shape.element)}`;
    case 'b-tree':
      return `b-tree root@${shape.root} height@${shape.height} length@${shape.length} ${shapeLine(shape.key)}: ${shapeLine(shape.value)}`;
    case 'list':
      return `list head@${shape.head} length@${shape.length} ${shapeLine(shape.element)}`;
    case 'dyn': {
      const known = shape.known.map((one) => shapeLine(one.shape)).sort();
      return `dyn ${shape.trait} vtable@${shape.vtable} add ${shape.add} {${[...new Set(known)].join('; ')}}`;
    }
    case 'io-error': {
      const kinds = shape.kinds === null ? 'no kinds' : `${shape.kinds.size} bytes of kinds`;
      return `io-error ${kinds}, ${shape.message && shapeLine(shape.message)}, ${shape.custom && shapeLine(shape.custom)}`;
    }
    case 'duration':
      return `duration ${shape.seconds} ${shape.nanoseconds}`;
    case 'socket-address':
      return `socket ${shapeLine(shape.ip.shape)}@${shape.ip.offset} port@${shape.port}`;
    case 'range': {
      const end = (field: FieldShape | null): string =>
        field === null ? '' : `${shapeLine(field.shape)}@${field.offset}`;
      const dots = shape.inclusive ? '..=' : '..';
      return `${end(shape.start)}${dots}${end(shape.end)}${shape.exhausted === null ? '' : ` exhausted@${shape.exhausted}`}`;
    }
    case 'ref-cell':
      return `RefCell borrow@${shape.borrow} ${fieldsLine([shape.value])}`;
    case 'lock':
      return `${shape.name} futex@${shape.futex} poison@${shape.poison} ${fieldsLine([shape.value])}`;
    case 'once':
      return `${shape.name} ${shapeLine(shape.value)}`;
  }
};
