/** Line programs that never end, advance too far, or are shared by too many. */
import {
  at,
  close,
  elfWith,
  form,
  leaf,
  lineOp,
  lineProgram,
  open,
  tag,
  u16,
  u32,
  uleb,
  writeDwarf,
} from '../dwarf-writer.ts';
import { type Attributes, type OddFiles, oddAttributes, text, top } from './unit.ts';

const withSection = (name: string, data: Buffer, unitMore: Attributes): Buffer =>
  elfWith({
    ...writeDwarf([{ entries: [top(unitMore), open(tag.subprogram, oddAttributes), close, close] }]),
    [name]: data,
  });

export const oddLines: OddFiles = {
  'lines without end': () =>
    withSection('line', lineProgram([lineOp.setAddress(text), ...Array.from({ length: 1000 }, () => lineOp.copy)]), [
      [at.stmtList, form.secOffset, 0],
    ]),
  'lines: 3,000,000 rows': () =>
    withSection('line', lineProgram([lineOp.setAddress(text), Buffer.alloc(3_000_000, 0x20), lineOp.endSequence]), [
      [at.stmtList, form.secOffset, 0],
    ]),
  '2,000 units share 100,000 rows': () =>
    elfWith({
      ...writeDwarf(
        Array.from({ length: 2000 }, (_, i) => ({
          entries: [
            open(tag.compileUnit, [
              [at.name, form.string, 'u'],
              [at.stmtList, form.secOffset, 0],
              [at.lowPc, form.addr, text],
              [at.highPc, form.data4, 0x100],
            ]),
            leaf(tag.subprogram, [
              [at.name, form.string, i === 0 ? 'odd' : 'f'],
              [at.lowPc, form.addr, text],
              [at.highPc, form.data1, 1],
              [at.declFile, form.data1, 1],
              [at.declLine, form.data1, 1],
            ]),
            close,
          ],
        })),
      ),
      line: lineProgram([lineOp.setAddress(text), Buffer.alloc(100_000, 0x20), lineOp.endSequence]),
    }),
  'lines that advance by 2^63': () =>
    withSection(
      'line',
      lineProgram([
        lineOp.setAddress((1n << 64n) - 1n),
        ...Array.from({ length: 64 }, () =>
          Buffer.concat([lineOp.advancePc(1n << 63n), lineOp.advanceLine(-0x7fff_ffff), lineOp.copy]),
        ),
        lineOp.endSequence,
      ]),
      [[at.stmtList, form.secOffset, 0]],
    ),
  'line range 0': () =>
    withSection(
      'line',
      lineProgram([lineOp.setAddress(text), Buffer.alloc(100, 0x20), lineOp.endSequence], { lineRange: 0 }),
      [[at.stmtList, form.secOffset, 0]],
    ),
  'line opcode base 0': () =>
    withSection('line', lineProgram([lineOp.setAddress(text), Buffer.alloc(100, 0x20)], { opcodeBase: 0 }), [
      [at.stmtList, form.secOffset, 0],
    ]),
  'line program of 4 GB': () =>
    withSection('line', lineProgram([lineOp.endSequence], { length: 0xffff_ffee }), [[at.stmtList, form.secOffset, 0]]),
  'line program of version 9': () =>
    withSection('line', lineProgram([lineOp.endSequence], { version: 9 }), [[at.stmtList, form.secOffset, 0]]),
  'line program behind the section': () =>
    withSection('line', lineProgram([lineOp.endSequence]), [[at.stmtList, form.secOffset, 0x7fff_ffff]]),
  'line header of version 5 with 2^60 files': () =>
    withSection(
      'line',
      Buffer.concat([
        u32(60),
        u16(5),
        Buffer.from([8, 0]),
        u32(48),
        Buffer.from([1, 1, 1, 0xfb, 14, 1]),
        Buffer.from([1, 1, 0x08]),
        uleb(1n << 60n),
        Buffer.alloc(64),
      ]),
      [[at.stmtList, form.secOffset, 0]],
    ),
};
