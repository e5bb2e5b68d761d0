import { describe, expect, test } from 'vitest';
import { framesOf } from '../../src/code/frames.ts';
import { quietWay } from '../../src/code/quiet-way.ts';
import { at } from './assembled.ts';
import { flowOf } from './flow-of.ts';

/** What is stored on the quietest way from 0x1000, and whether that leaves the function. */
const wayOf = (code: string, isBlind = false): string | null => {
  const flow = flowOf(code);
  const way = quietWay(flow, framesOf(flow), at(0x1000), () => isBlind);
  const places = way?.places.map(({ base, displacement, size }) => `${base}+${displacement}:${size}`);
  return way === null ? null : `${places}${way.leaves ? ' leaves' : ''}`;
};

// test edi, edi; je 0x1009; mov [rsi+8], rdx; ret; 0x1009: call; mov ebx, eax; mov [rsi+16], rdx; ret
const twoWays = '85 ff 74 05 48 89 56 08 c3 e8 fb 0f 00 00 89 c3 48 89 56 10 c3';

describe('the way on which the fewest stores are', () => {
  test('ends at a call that comes back: what one other way stores is not doubted', () => {
    expect(wayOf(twoWays)).toBe('');
  });

  test('goes on behind a call that looks at nothing, whose registers are lost', () => {
    // By there rsi is another: only the way that returns is left.
    expect(wayOf(twoWays, true)).toBe('rsi+8:8 leaves');
  });

  test('has what every way stores', () => {
    // mov [rsi], rdx; mov [rdi+8], edx; ret
    expect(wayOf('48 89 16 89 57 08 c3')).toBe('rsi+0:8,rdi+8:4 leaves');
  });

  test('leaves out what it has read before', () => {
    // mov ecx, [rsi]; mov dword ptr [rsi], 7; mov [rsi+8], rdx; call; mov ebx, eax; ret
    expect(wayOf('8b 0e c7 06 07 00 00 00 48 89 56 08 e8 fb 0f 00 00 89 c3 c3')).toBe('rsi+8:8');
  });

  test('does not end at a call behind which nothing runs: an optimiser needs no memory to be right there', () => {
    // test edi, edi; je 0x1008; mov [rsi], rdx; ret; 0x1008: call; int3
    expect(wayOf('85 ff 74 04 48 89 16 c3 e8 fb 0f 00 00 cc')).toBe('rsi+0:8 leaves');
  });

  test('is none where each stores to where nobody can tell before', () => {
    // mov rsi, [rdi]; mov [rsi], rdx; ret
    expect(wayOf('48 8b 37 48 89 16 c3')).toBeNull();
  });

  test('knows registers that calls preserve', () => {
    // call; mov [rbx], rdx; ret
    expect(wayOf('e8 fb 0f 00 00 48 89 13 c3', true)).toBe('rbx+0:8 leaves');
  });
});
