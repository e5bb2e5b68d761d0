//! Rows in the orders a user asks for.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::table::Table;

pub fn by_address(table: &Table, rows: &mut [u32]) {
    let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(rows.len());
    for block in rows.chunks(BLOCK) {
        add_addresses(table, block, &mut keyed);
    }
    keyed.sort_unstable();
    for (row, (_, sorted)) in rows.iter_mut().zip(keyed) {
        *row = sorted;
    }
}

const BLOCK: usize = 1024;

#[inline(never)]
fn add_addresses(table: &Table, rows: &[u32], keyed: &mut Vec<(u64, u32)>) {
    keyed.extend(rows.iter().map(|&row| (table.symbols[row as usize].address, row)));
}

/// Largest first.
pub fn by_size(table: &Table, rows: &mut [u32]) {
    rows.sort_unstable_by_key(|&row| {
        let symbol = &table.symbols[row as usize];
        (!symbol.size, symbol.address, row)
    });
}

/// By name, bytewise; then by address.
///
/// Names share long beginnings (`core::iter::adapters::…`), which comparisons would read again and again. So eight
/// bytes are compared at a time, as numbers; rows that agree in them form a run, which is sorted by the next eight.
pub fn by_name<'a>(table: &Table, rows: &mut [u32], name: impl Fn(u32) -> &'a [u8]) {
    let mut keyed: Vec<(u64, u32)> = rows.iter().map(|&row| (0, row)).collect();
    let mut runs: Vec<(usize, usize, usize)> = alloc::vec![(0, keyed.len(), 0)];
    while let Some((start, end, depth)) = runs.pop() {
        let run = &mut keyed[start..end];
        if run.len() <= FEW {
            run.sort_unstable_by(|&(_, a), &(_, b)| {
                compare(name(a), name(b), depth).then_with(|| table.symbols[a as usize].address.cmp(&table.symbols[b as usize].address)).then(a.cmp(&b))
            });
            continue;
        }
        let some_go_on = run.chunks_mut(BLOCK).fold(false, |any, block| load_keys(block, depth, &name) | any);
        if !some_go_on {
            run.sort_unstable_by_key(|&(_, row)| (name(row).len(), table.symbols[row as usize].address, row));
            continue;
        }
        run.sort_unstable_by_key(|&(key, _)| key);
        push_runs(run, start, depth + 8, &mut runs);
    }
    for (row, (_, sorted)) in rows.iter_mut().zip(keyed) {
        *row = sorted;
    }
}

/// Of few names the rest is compared as it is.
const FEW: usize = 24;

/// Bytewise, for names that agree before `depth`; eight bytes at a time.
#[inline(never)]
fn compare(a: &[u8], b: &[u8], depth: usize) -> Ordering {
    let mut rest = (a.get(depth..).unwrap_or_default(), b.get(depth..).unwrap_or_default());
    while let (Some((x, after_x)), Some((y, after_y))) = (rest.0.split_first_chunk::<8>(), rest.1.split_first_chunk::<8>()) {
        if x != y {
            return u64::from_be_bytes(*x).cmp(&u64::from_be_bytes(*y));
        }
        rest = (after_x, after_y);
    }
    rest.0.iter().cmp(rest.1)
}

/// The bytes at `depth`, as numbers that compare like them. False when every name ends before.
#[inline(never)]
fn load_keys<'a>(run: &mut [(u64, u32)], depth: usize, name: &impl Fn(u32) -> &'a [u8]) -> bool {
    let mut any = false;
    for (key, row) in run {
        let rest = name(*row).get(depth..).unwrap_or_default();
        any |= !rest.is_empty();
        *key = match rest.first_chunk::<8>() {
            Some(word) => u64::from_be_bytes(*word),
            None => rest.iter().enumerate().fold(0, |key, (i, &byte)| key | u64::from(byte) << (56 - 8 * i)),
        };
    }
    any
}

/// Runs of more than one equal key. Their order in the list does not matter.
#[inline(never)]
fn push_runs(run: &[(u64, u32)], start: usize, depth: usize, runs: &mut Vec<(usize, usize, usize)>) {
    let mut from = 0;
    for to in 1..=run.len() {
        if to == run.len() || run[to].0 != run[from].0 {
            if to - from > 1 {
                runs.push((start + from, start + to, depth));
            }
            from = to;
        }
    }
}
