//! One type's DIE, written for the host.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::dies::Die;
use super::survey::Survey;
use super::units::{Id, Open, Units};
use super::write::{write_number, write_reference};
use crate::dwarf::sections::Sections;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

pub struct Reading<'a> {
    pub units: &'a mut Units,
    pub sections: &'a Sections,
}

/// What typedefs and qualifiers lead to.
#[derive(Clone, Copy)]
pub struct Underlying {
    pub size: Option<u64>,
    pub is_signed: bool,
    pub is_function: bool,
}

const LONGEST_CHAIN: usize = 16;

const DECLARATION: u8 = 1;

/// The host's number of a tag's kind, and of a variety within it; `None` where the tag is no type's.
pub fn kind(tag: gimli::DwTag) -> Option<(u8, u8)> {
    Some(match tag {
        gimli::DW_TAG_base_type | gimli::DW_TAG_string_type => (0, 0),
        gimli::DW_TAG_pointer_type => (1, 0),
        gimli::DW_TAG_reference_type => (1, 1),
        gimli::DW_TAG_rvalue_reference_type => (1, 2),
        gimli::DW_TAG_ptr_to_member_type => (1, 3),
        gimli::DW_TAG_structure_type => (2, 0),
        gimli::DW_TAG_class_type | gimli::DW_TAG_interface_type => (2, 1),
        gimli::DW_TAG_union_type => (3, 0),
        gimli::DW_TAG_enumeration_type => (4, 0),
        gimli::DW_TAG_array_type => (5, 0),
        gimli::DW_TAG_subroutine_type => (6, 0),
        gimli::DW_TAG_typedef | gimli::DW_TAG_template_alias => (7, 0),
        gimli::DW_TAG_const_type => (7, 1),
        gimli::DW_TAG_volatile_type => (7, 2),
        gimli::DW_TAG_restrict_type => (7, 3),
        gimli::DW_TAG_atomic_type => (7, 4),
        gimli::DW_TAG_packed_type
        | gimli::DW_TAG_shared_type
        | gimli::DW_TAG_immutable_type
        | gimli::DW_TAG_subrange_type => (7, 5),
        gimli::DW_TAG_unspecified_type => (8, 0),
        _ => return None,
    })
}

impl Reading<'_> {
    /// A type as the host reads it. One that C or C++ only declares is answered with its definition elsewhere.
    pub fn resolved(&mut self, id: Id, survey: &mut Option<Survey>) -> Result<Vec<u8>, Failure> {
        let (open, die) = self.definition(id)?;
        let kind = kind(die.tag).map_or(0, |(kind, _)| kind);
        if die.flag(gimli::DW_AT_declaration) && (2..=4).contains(&kind) && !is_rust(&open) {
            if let Some(path) = self.units.path(&open, &die, self.sections) {
                let survey = survey.get_or_insert_with(|| Survey::take(self.units, self.sections));
                if let Some(defined) = survey.definition(self, die.id, kind, &path) {
                    return self.node(defined);
                }
            }
        }
        self.node(id)
    }

    fn node(&mut self, id: Id) -> Result<Vec<u8>, Failure> {
        let (open, die) = self.definition(id)?;
        let Some((number, variety)) = kind(die.tag) else {
            return Err(Failure::input("its debug info is damaged: a reference to a type leads to something else"));
        };
        let mut dies = open.dies(die.id)?;
        dies.first(&mut Die::default())?;
        let mut flags = 0;
        let mut wire = Wire::default();
        match number {
            0 => write_base(&mut wire, &die),
            1 | 7 => self.write_target(&mut wire, &open, &die),
            2 | 3 => self.write_struct(&mut wire, &open, &die, &mut dies)?,
            4 => self.write_enumeration(&mut wire, &open, &die, &mut dies)?,
            5 => flags |= self.write_array(&mut wire, &open, &die, &mut dies)?,
            6 => flags |= self.write_function(&mut wire, &open, &die, &mut dies)?,
            _ => {}
        }
        if die.flag(gimli::DW_AT_declaration) {
            flags |= DECLARATION;
        }
        let mut head = Wire::default();
        head.u32(die.id);
        head.u32(open.start);
        head.u8(number);
        head.u8(variety);
        head.u8(flags);
        head.optional(self.units.path(&open, &die, self.sections).as_deref());
        write_number(&mut head, self.size(&open, &die));
        write_number(&mut head, die.number(gimli::DW_AT_alignment));
        let mut bytes = head.finish();
        bytes.extend_from_slice(&wire.finish());
        Ok(bytes)
    }

    /// The DIE; where it only declares a type of which there is a type unit, the one in there.
    fn definition(&mut self, id: Id) -> Result<(Rc<Open>, Die), Failure> {
        let mut die = Die::default();
        let open = self.units.of(id, self.sections)?;
        open.dies(id)?.first(&mut die)?;
        let Some(signature) = die.value(gimli::DW_AT_signature).filter(|_| kind(die.tag).is_some()) else {
            return Ok((open, die));
        };
        let mut defined = Die::default();
        let to = self.units.reference(&open, signature);
        match self.units.of(to, self.sections) {
            Ok(other) if other.dies(to)?.first(&mut defined).is_ok() && defined.tag == die.tag => Ok((other, defined)),
            _ => Ok((open, die)),
        }
    }

    pub fn underlying(&mut self, id: Id) -> Option<Underlying> {
        let mut id = id;
        let mut die = Die::default();
        for _ in 0..LONGEST_CHAIN {
            let open = self.units.of(id, self.sections).ok()?;
            open.dies(id).ok()?.first(&mut die).ok()?;
            match (kind(die.tag)?.0, die.value(gimli::DW_AT_type)) {
                (7, Some(value)) => id = self.units.reference(&open, value),
                (kind, _) => {
                    let encoding = match die.value(gimli::DW_AT_encoding) {
                        Some(gimli::AttributeValue::Encoding(encoding)) => Some(encoding),
                        _ => None,
                    };
                    return Some(Underlying {
                        size: self.size(&open, &die),
                        is_signed: matches!(encoding, Some(gimli::DW_ATE_signed | gimli::DW_ATE_signed_char)),
                        is_function: kind == 6,
                    });
                }
            }
        }
        None
    }

    fn size(&mut self, open: &Open, die: &Die) -> Option<u64> {
        if let Some(size) = die.number(gimli::DW_AT_byte_size) {
            return Some(size);
        }
        let address = u64::from(open.unit.header.address_size());
        match kind(die.tag)? {
            (0, _) => die.number(gimli::DW_AT_bit_size).map(|bits| bits.div_ceil(8)),
            // Itanium C++ ABI §2.3: a pointer to a member function has an adjustment of `this` beside it.
            (1, 3) => {
                let to = self.units.reference(open, die.value(gimli::DW_AT_type)?);
                Some(if self.underlying(to)?.is_function { 2 * address } else { address })
            }
            (1, _) => Some(address),
            _ => None,
        }
    }

    pub fn write_target(&mut self, wire: &mut Wire, open: &Open, die: &Die) {
        write_reference(wire, die.value(gimli::DW_AT_type).map(|value| self.units.reference(open, value)));
    }
}

fn is_rust(open: &Open) -> bool {
    open.language == u32::from(gimli::DW_LANG_Rust.0)
}

fn write_base(wire: &mut Wire, die: &Die) {
    wire.u8(match die.value(gimli::DW_AT_encoding) {
        Some(gimli::AttributeValue::Encoding(encoding)) => encoding.0,
        _ => 0,
    });
}
