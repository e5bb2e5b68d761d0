import { describe, expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { planTrace } from '../../src/query/trace-plan.ts';
import type { ProbeSite } from '../../src/trace/site.ts';
import { fixture } from '../support/fixtures.ts';

const sitesOf = (
  variant: string,
  functions: readonly string[],
  returns: 'safe' | 'fast' | 'off',
): readonly ProbeSite[] => {
  using image = openImage(fixture(variant));
  using debug = openDebugInfo(image, {});
  const request = { functions, returns, depth: 4, isRedacted: null, pids: [], after: [] };
  return planTrace({ image, symbols: image.symbols(), debug }, request).sites;
};

describe('where a call’s beginning is probed', () => {
  const functions = [
    'endings::panics(n: u32) -> u32',
    'endings::returns(n: u32) -> u32',
    'endings::jumps(n: u32) -> u32',
  ];

  test('with probes at the returns, behind the first instruction where that costs less', () => {
    const sites = sitesOf('endings/release-legacy', functions, 'safe');
    expect(sites.some(({ entryAddress, copy }) => entryAddress > copy.address)).toBe(true);
    for (const { returns } of sites) expect(returns.mode).toBe('sites');
  });

  test('with a uretprobe, nowhere but at the first instruction: the kernel writes over what the stack pointer points to', () => {
    const sites = sitesOf('endings/release-legacy', functions, 'fast');
    expect(sites).toHaveLength(3);
    for (const { returns, entryAddress, stackAdjust, copy } of sites) {
      expect(returns.mode).toBe('uretprobe');
      expect({ entryAddress, stackAdjust }).toEqual({ entryAddress: copy.address, stackAdjust: 0 });
    }
  });
});
