//! One pass over all units: where each name of a type is, and the vtables.

use alloc::vec::Vec;
use gimli::{AttributeValue, DwTag};

use super::dies::Die;
use super::node::{kind as kind_of, Reading};
use super::segment::{hash, last, matches, plain};
use super::units::{Id, Open, Units};
use crate::dwarf::sections::{Bytes, Sections};
use crate::image::failure::Failure;

/// Entries kept: a program has some hundred thousand.
const MOST_NAMES: usize = 16 << 20;
const MOST_VTABLES: usize = 1 << 20;
/// Bytes of names, beyond so many for each byte of DIEs.
const LEAST_BUDGET: usize = 256 << 20;
const MOST_PER_BYTE: usize = 16;
/// Types of one name that are looked at.
const MOST_FOUND: usize = 1 << 14;

/// `<Concrete as Trait>::{vtable}`, a variable.
pub struct Vtable {
    pub address: u64,
    pub id: Id,
}

pub struct Survey {
    /// Hashes of last segments, with and without generic arguments.
    names: Vec<(u32, Id)>,
    pub vtables: Vec<Vtable>,
    /// Bytes of names still looked at: any number of DIEs may have the same long one.
    budget: usize,
}

fn has_name(tag: DwTag) -> bool {
    kind_of(tag).is_some_and(|(kind, variety)| !matches!((kind, variety), (5 | 6, _) | (7, 1..)))
}

impl Survey {
    pub fn take(units: &Units, sections: &Sections) -> Self {
        let budget = sections.info_size.saturating_mul(MOST_PER_BYTE).saturating_add(LEAST_BUDGET);
        let mut survey = Survey { names: Vec::new(), vtables: Vec::new(), budget };
        for row in 0..units.len() {
            // A unit that is damaged has no names from there on.
            if let Ok(open) = units.row(row, sections) {
                let _ = survey.add(&open, sections);
            }
        }
        survey.names.sort_unstable();
        survey.names.dedup();
        survey
    }

    fn add(&mut self, open: &Open, sections: &Sections) -> Result<(), Failure> {
        let mut dies = open.all()?;
        let mut die = Die::default();
        while !dies.is_empty() && self.names.len() < MOST_NAMES {
            let is_read = dies.read_some(&mut die, |tag| has_name(tag) || tag == gimli::DW_TAG_variable)?;
            if !is_read {
                continue;
            }
            if die.tag == gimli::DW_TAG_variable {
                self.add_vtable(open, &die, sections);
            } else if has_name(die.tag) {
                let name = die.value(gimli::DW_AT_name).and_then(|name| open.text(name, sections));
                if let Some(name) = name.or_else(|| declared_name(open, &die, sections)) {
                    self.budget = self.budget.checked_sub(name.len()).ok_or_else(|| Failure::input("names longer than its size allows"))?;
                    let segment = last(name.slice());
                    self.names.push((hash(segment), die.id));
                    if plain(segment).len() < segment.len() {
                        self.names.push((hash(plain(segment)), die.id));
                    }
                }
            }
        }
        Ok(())
    }

    fn add_vtable(&mut self, open: &Open, die: &Die, sections: &Sections) {
        let is_vtable = |value: AttributeValue<_>| open.text(value, sections).is_some_and(|name| name.ends_with(b"{vtable}"));
        if self.vtables.len() >= MOST_VTABLES || !die.value(gimli::DW_AT_name).is_some_and(is_vtable) {
            return;
        }
        let indexed = |index| sections.dwarf.address(&open.unit, index).ok();
        let location = die.value(gimli::DW_AT_location);
        let address = location.and_then(|value| super::attributes::address(value, open.unit.encoding(), indexed));
        // The linker leaves 0, or the highest addresses, for what it discarded.
        if let Some(address) = address.filter(|at| *at != 0 && !open.unit.header.is_tombstone_address(*at)) {
            self.vtables.push(Vtable { address, id: die.id });
        }
    }

    /// DIEs whose last segment may be this one.
    fn named(&self, segment: &[u8]) -> &[(u32, Id)] {
        let hash = hash(segment);
        let start = self.names.partition_point(|(other, _)| *other < hash);
        let end = self.names.partition_point(|(other, _)| *other <= hash);
        &self.names[start..end.min(start + MOST_FOUND)]
    }

    /// Types of this name, with or without its path; definitions before declarations.
    pub fn find(&self, reading: &mut Reading<'_>, asked: &[u8]) -> Vec<Id> {
        let mut found = Vec::new();
        let mut declared = Vec::new();
        for (_, id) in self.named(last(asked)) {
            if let Some(die) = reading.named(*id, |path| matches(path, asked)) {
                let to = if die.flag(gimli::DW_AT_declaration) { &mut declared } else { &mut found };
                to.push(*id);
            }
        }
        found.extend(declared);
        found
    }

    /// The definition of a C or C++ type that `id` declares as `path`; `None` where there is none, or different ones.
    pub fn definition(&self, reading: &mut Reading<'_>, id: Id, kind: u8, path: &[u8]) -> Option<Id> {
        let mut found: Option<(Id, Option<u64>)> = None;
        for (_, other) in self.named(last(path)).iter().filter(|(_, other)| *other != id) {
            let Some(die) = reading.named(*other, |other| other == path) else { continue };
            if kind_of(die.tag).map_or(true, |(other, _)| other != kind) || die.flag(gimli::DW_AT_declaration) {
                continue;
            }
            let size = die.number(gimli::DW_AT_byte_size);
            match found {
                None => found = Some((*other, size)),
                Some((_, same)) if same == size => {}
                Some(_) => return None,
            }
        }
        found.map(|(id, _)| id)
    }
}

/// The name of a definition that leaves it to its declaration.
fn declared_name(open: &Open, die: &Die, sections: &Sections) -> Option<Bytes> {
    let Some(AttributeValue::UnitRef(offset)) = die.value(gimli::DW_AT_specification) else { return None };
    let mut declared = Die::default();
    open.dies(open.id(offset)).ok()?.first(&mut declared).ok()?;
    open.text(declared.value(gimli::DW_AT_name)?, sections)
}

impl Reading<'_> {
    /// The DIE, if its path is as wanted.
    fn named(&mut self, id: Id, wanted: impl Fn(&[u8]) -> bool) -> Option<Die> {
        let open = self.units.of(id, self.sections).ok()?;
        let mut die = Die::default();
        open.dies(id).ok()?.first(&mut die).ok()?;
        wanted(&self.units.path(&open, &die, self.sections)?).then_some(die)
    }
}
