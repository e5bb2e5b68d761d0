//! DIEs one after another, with a bound on the work: an abbreviation may list any number of attributes that take no
//! bytes, and a DIE of one byte may use it.

use alloc::vec::Vec;
use gimli::{Attribute, AttributeValue, DwAt, DwTag, EntriesRaw};

use super::damaged;
use super::units::{Id, Open, NOWHERE};
use crate::dwarf::sections::Bytes;
use crate::image::failure::Failure;

/// Attributes for each byte of a unit; sound DIEs have fewer than two.
const MOST_ATTRIBUTES: usize = 16;
/// Attributes of a unit in any case.
const LEAST_BUDGET: usize = 1 << 12;

/// One DIE with its attributes.
pub struct Die {
    pub id: Id,
    pub tag: DwTag,
    pub has_children: bool,
    attributes: Vec<Attribute<Bytes>>,
}

impl Default for Die {
    fn default() -> Self {
        Die { id: NOWHERE, tag: gimli::DW_TAG_null, has_children: false, attributes: Vec::new() }
    }
}

impl Die {
    pub fn value(&self, name: DwAt) -> Option<AttributeValue<Bytes>> {
        self.attributes.iter().find(|attribute| attribute.name() == name).map(Attribute::value)
    }

    pub fn attributes(&self) -> &[Attribute<Bytes>] {
        &self.attributes
    }

    pub fn number(&self, name: DwAt) -> Option<u64> {
        self.value(name)?.udata_value()
    }

    pub fn flag(&self, name: DwAt) -> bool {
        matches!(self.value(name), Some(AttributeValue::Flag(true)))
    }
}

pub struct Dies<'a> {
    pub open: &'a Open,
    raw: EntriesRaw<'a, Bytes>,
    budget: usize,
}

impl<'a> Dies<'a> {
    pub fn new(open: &'a Open, raw: EntriesRaw<'a, Bytes>) -> Self {
        let bytes = open.unit.header.unit_length();
        Dies { open, raw, budget: bytes.saturating_mul(MOST_ATTRIBUTES).max(LEAST_BUDGET) }
    }

    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Depth of the next DIE below the first.
    pub fn depth(&self) -> isize {
        self.raw.next_depth()
    }

    /// Reads the next DIE; false where a null ends its siblings.
    pub fn read(&mut self, die: &mut Die) -> Result<bool, Failure> {
        self.read_some(die, |_| true)
    }

    /// The same, without the attributes of DIEs whose tag is not wanted.
    pub fn read_some(&mut self, die: &mut Die, wanted: impl Fn(DwTag) -> bool) -> Result<bool, Failure> {
        die.attributes.clear();
        die.id = self.open.id(self.raw.next_offset());
        let Some(abbreviation) = self.raw.read_abbreviation().map_err(damaged)? else {
            return Ok(false);
        };
        let attributes = abbreviation.attributes();
        self.budget = self
            .budget
            .checked_sub(attributes.len())
            .ok_or_else(|| Failure::input("its debug info is damaged: more attributes than its size allows"))?;
        die.tag = abbreviation.tag();
        die.has_children = abbreviation.has_children();
        let read = if wanted(die.tag) {
            self.raw.read_attributes(attributes, &mut die.attributes)
        } else {
            self.raw.skip_attributes(attributes)
        };
        read.map_err(damaged)?;
        Ok(true)
    }

    /// Reads the DIE that is asked for by its id: there must be one.
    pub fn first(&mut self, die: &mut Die) -> Result<(), Failure> {
        if self.raw.is_empty() || !self.read(die)? || die.id == NOWHERE {
            return Err(Failure::input("its debug info has no entry there"));
        }
        Ok(())
    }

    /// The children of the DIE just read, which has some. `each` may take the children of the one it is given.
    pub fn children(&mut self, each: &mut dyn FnMut(&Die, &mut Self) -> Result<(), Failure>) -> Result<(), Failure> {
        let level = self.depth();
        let mut die = Die::default();
        while !self.is_empty() && self.depth() >= level {
            if self.depth() > level {
                self.read_some(&mut die, |_| false)?;
            } else if self.read(&mut die)? {
                each(&die, self)?;
            }
        }
        Ok(())
    }
}
