//! What a function's DIE says of itself.

use gimli::{AttributeValue, Unit};

use super::sections::{Bytes, Sections};

/// A string that an attribute refers to. Looked up when it is needed: most names of types and declarations never are.
#[derive(Clone, Copy)]
pub enum Name {
    /// Offset in `.debug_str`.
    Str(usize),
    Bytes(Bytes),
}

impl Name {
    pub fn of(value: AttributeValue<Bytes>, unit: &Unit<Bytes>, sections: &Sections) -> Option<Self> {
        match value {
            AttributeValue::DebugStrRef(offset) => Some(Name::Str(offset.0)),
            other => sections.text(unit, other).map(Name::Bytes),
        }
    }

    pub fn bytes(self, sections: &Sections) -> Option<Bytes> {
        match self {
            Name::Str(offset) => sections.strings.at(offset),
            Name::Bytes(bytes) => Some(bytes),
        }
    }
}

pub enum High {
    Address(u64),
    Size(u64),
}

/// The attributes of a function or inlined instance that the index keeps.
#[derive(Default)]
pub struct Said {
    pub name: Option<Name>,
    pub linkage: Option<Name>,
    pub low: Option<u64>,
    pub high: Option<High>,
    /// DW_AT_entry_pc: an address, or bytes behind `low`.
    pub entry: Option<High>,
    pub ranges: Option<AttributeValue<Bytes>>,
    /// DW_AT_abstract_origin or DW_AT_specification, as an offset in the section.
    pub link: Option<u32>,
    pub decl_file: Option<u64>,
    pub decl_line: u32,
    pub call_file: Option<u64>,
    pub call_line: u32,
    pub call_column: u32,
    pub is_nocall: bool,
    /// DW_AT_declaration, or DW_AT_inline: no code is to be expected.
    pub is_abstract: bool,
}

impl Said {
    /// The address of the first instruction, where it is said; `first` is that of the first range.
    pub fn entry(&self, first: u64) -> u64 {
        match self.entry {
            Some(High::Address(entry)) => entry,
            Some(High::Size(size)) => self.low.unwrap_or(first).saturating_add(size),
            None => first,
        }
    }

    pub fn has_code(&self) -> bool {
        self.low.is_some() || self.ranges.is_some()
    }

    pub fn note(&mut self, name: gimli::DwAt, value: AttributeValue<Bytes>, unit: &Unit<Bytes>, sections: &Sections) {
        let number = || value.udata_value().map_or(0, |number| u32::try_from(number).unwrap_or(0));
        let file = || match value {
            AttributeValue::FileIndex(number) => Some(number),
            other => other.udata_value(),
        };
        let string = || Name::of(value, unit, sections);
        let high = || match value.udata_value() {
            Some(size) => Some(High::Size(size)),
            None => sections.dwarf.attr_address(unit, value).ok().flatten().map(High::Address),
        };
        match name {
            gimli::DW_AT_name => self.name = string(),
            gimli::DW_AT_linkage_name | gimli::DW_AT_MIPS_linkage_name => self.linkage = string(),
            gimli::DW_AT_low_pc => self.low = sections.dwarf.attr_address(unit, value).ok().flatten(),
            gimli::DW_AT_high_pc => self.high = high(),
            gimli::DW_AT_entry_pc => self.entry = high(),
            gimli::DW_AT_ranges => self.ranges = Some(value),
            gimli::DW_AT_abstract_origin | gimli::DW_AT_specification => self.link = reference(value, unit),
            gimli::DW_AT_decl_file => self.decl_file = file(),
            gimli::DW_AT_decl_line => self.decl_line = number(),
            gimli::DW_AT_call_file => self.call_file = file(),
            gimli::DW_AT_call_line => self.call_line = number(),
            gimli::DW_AT_call_column => self.call_column = number(),
            gimli::DW_AT_calling_convention => {
                self.is_nocall = matches!(value, AttributeValue::CallingConvention(gimli::DW_CC_nocall));
            }
            gimli::DW_AT_declaration => self.is_abstract |= value == AttributeValue::Flag(true),
            gimli::DW_AT_inline => {
                self.is_abstract |= !matches!(value, AttributeValue::Inline(gimli::DW_INL_not_inlined));
            }
            _ => {}
        }
    }
}

/// A reference within the unit or across units, as an offset in `.debug_info`.
pub fn reference(value: AttributeValue<Bytes>, unit: &Unit<Bytes>) -> Option<u32> {
    let offset = match value {
        AttributeValue::UnitRef(offset) => offset.to_debug_info_offset(&unit.header)?.0,
        AttributeValue::DebugInfoRef(offset) => offset.0,
        _ => return None,
    };
    u32::try_from(offset).ok()
}
