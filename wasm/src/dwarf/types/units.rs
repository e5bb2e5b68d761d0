//! The units of a file, found by the offset of a DIE in them and opened when something asks for it.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::OnceCell;
use gimli::{AttributeValue, DebugInfoOffset, DebugTypeSignature, DebugTypes, Reader, Section, Unit, UnitHeader, UnitOffset, UnitType};

use super::damaged;
use super::dies::Dies;
use super::scopes::Scopes;
use crate::dwarf::sections::{Bytes, Sections};
use crate::image::failure::Failure;

/// A DIE: its offset in `.debug_info`; one of `.debug_types` as if that section followed.
pub type Id = u32;

/// What refers to a DIE that cannot be found; at 0 a unit's header is, never a DIE.
pub const NOWHERE: Id = 0;

/// Units that stay open, and units in all; a large program has some ten thousand.
const MOST_OPEN: usize = 128;
const MOST_UNITS: usize = 1 << 22;

pub struct Open {
    pub unit: Unit<Bytes>,
    pub start: Id,
    pub language: u32,
    scopes: OnceCell<Scopes>,
}

impl Open {
    pub fn id(&self, offset: UnitOffset) -> Id {
        u32::try_from(offset.0).ok().and_then(|offset| self.start.checked_add(offset)).unwrap_or(NOWHERE)
    }

    /// The DIE and those behind it.
    pub fn dies(&self, id: Id) -> Result<Dies<'_>, Failure> {
        let offset = UnitOffset(id.wrapping_sub(self.start) as usize);
        let raw = self.unit.entries_raw(Some(offset)).map_err(damaged)?;
        Ok(Dies::new(self, raw))
    }

    pub fn all(&self) -> Result<Dies<'_>, Failure> {
        Ok(Dies::new(self, self.unit.entries_raw(None).map_err(damaged)?))
    }

    pub fn scopes(&self, sections: &Sections) -> &Scopes {
        self.scopes.get_or_init(|| Scopes::read(self, sections))
    }

    pub fn text(&self, value: AttributeValue<Bytes>, sections: &Sections) -> Option<Bytes> {
        sections.text(&self.unit, value)
    }
}

pub struct Units {
    /// Where each begins, in this order.
    starts: Vec<Id>,
    /// Where `.debug_types` begins.
    info_end: u64,
    /// Signatures of type units and the type that each is about.
    signatures: Vec<(u64, Id)>,
    open: BTreeMap<Id, Rc<Open>>,
}

impl Units {
    /// A damaged header ends the list: those before it can be read.
    pub fn list(sections: &Sections) -> Self {
        let info_end = sections.dwarf.debug_info.reader().len() as u64;
        let mut units = Units { starts: Vec::new(), info_end, signatures: Vec::new(), open: BTreeMap::new() };
        let mut headers = sections.dwarf.units();
        while let Ok(Some(header)) = headers.next() {
            let start = header.debug_info_offset().map_or(0, |offset| offset.0 as u64);
            units.push(&header, start);
        }
        let mut headers = sections.dwarf.type_units();
        while let Ok(Some(header)) = headers.next() {
            let start = header.debug_types_offset().map_or(0, |offset| offset.0 as u64);
            units.push(&header, info_end + start);
        }
        units.signatures.sort_unstable();
        units
    }

    fn push(&mut self, header: &UnitHeader<Bytes>, start: u64) {
        let Ok(start) = u32::try_from(start) else { return };
        if self.starts.len() >= MOST_UNITS {
            return;
        }
        self.starts.push(start);
        if let UnitType::Type { type_signature, type_offset } | UnitType::SplitType { type_signature, type_offset } = header.type_() {
            if let Some(id) = u32::try_from(type_offset.0).ok().and_then(|offset| start.checked_add(offset)) {
                self.signatures.push((type_signature.0, id));
            }
        }
    }

    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The unit of this row, without keeping it.
    pub fn row(&self, row: usize, sections: &Sections) -> Result<Open, Failure> {
        let start = *self.starts.get(row).ok_or_else(|| Failure::input("no unit"))?;
        let header = self.header(start, sections).map_err(damaged)?;
        let (unit, _) = sections.unit(header).map_err(damaged)?;
        let root = unit.entry(unit.header.root_offset()).map_err(damaged)?;
        let language = match root.attr_value(gimli::DW_AT_language) {
            Some(AttributeValue::Language(language)) => u32::from(language.0),
            _ => 0,
        };
        Ok(Open { unit, start, language, scopes: OnceCell::new() })
    }

    fn header(&self, start: Id, sections: &Sections) -> gimli::Result<UnitHeader<Bytes>> {
        if u64::from(start) < self.info_end {
            return sections.dwarf.unit_header(DebugInfoOffset(start as usize));
        }
        let mut rest = *sections.dwarf.debug_types.reader();
        rest.skip((u64::from(start) - self.info_end) as usize)?;
        DebugTypes::from(rest).units().next()?.ok_or(gimli::Error::MissingUnitDie)
    }

    /// The unit that has this DIE.
    pub fn of(&mut self, id: Id, sections: &Sections) -> Result<Rc<Open>, Failure> {
        let row = self.starts.partition_point(|start| *start <= id).checked_sub(1);
        let row = row.ok_or_else(|| Failure::input("its debug info has no unit there"))?;
        let start = self.starts[row];
        if let Some(open) = self.open.get(&start) {
            return Ok(open.clone());
        }
        let open = Rc::new(self.row(row, sections)?);
        if self.open.len() >= MOST_OPEN {
            self.open.clear();
        }
        self.open.insert(start, open.clone());
        Ok(open)
    }

    /// What an attribute of a DIE in `from` refers to; [`NOWHERE`] where that isn't in this file.
    pub fn reference(&self, from: &Open, value: AttributeValue<Bytes>) -> Id {
        match value {
            AttributeValue::UnitRef(offset) => from.id(offset),
            AttributeValue::DebugInfoRef(offset) if (offset.0 as u64) < self.info_end => {
                u32::try_from(offset.0).unwrap_or(NOWHERE)
            }
            AttributeValue::DebugTypesRef(signature) => self.signed(signature),
            _ => NOWHERE,
        }
    }

    fn signed(&self, signature: DebugTypeSignature) -> Id {
        let at = self.signatures.partition_point(|(other, _)| *other < signature.0);
        self.signatures.get(at).filter(|(other, _)| *other == signature.0).map_or(NOWHERE, |(_, id)| *id)
    }
}
