//! Members of structs, unions and variants, and where they lie.

use super::attributes::{constant, offset};
use super::dies::Die;
use super::node::Reading;
use super::units::{Id, Open};
use super::write::write_reference;
use crate::dwarf::sections::Bytes;
use crate::image::wire::Wire;

#[derive(Clone, Copy)]
pub struct Member {
    pub name: Option<Bytes>,
    pub of: Option<Id>,
    /// In bytes; of a bit field, its first bit in bits instead.
    pub offset: u64,
    /// Of a bit field, its size.
    pub bits: Option<u32>,
    pub is_artificial: bool,
}

impl Member {
    pub fn write(&self, wire: &mut Wire) {
        wire.optional(self.name.as_ref().map(|name| name.slice()));
        write_reference(wire, self.of);
        wire.u64(self.offset);
        wire.u32(self.bits.unwrap_or(0));
        wire.u8(self.is_artificial as u8);
    }
}

impl Reading<'_> {
    /// `None` where only the running program knows its place, as with a virtual base class; or it isn't in the type at
    /// all, as with a static member.
    pub fn member(&mut self, open: &Open, die: &Die) -> Option<Member> {
        let at = match die.value(gimli::DW_AT_data_member_location) {
            Some(value) => offset(value, open.unit.encoding())?,
            None if die.flag(gimli::DW_AT_external) || die.flag(gimli::DW_AT_declaration) => return None,
            None => 0,
        };
        let of = die.value(gimli::DW_AT_type).map(|value| self.units.reference(open, value));
        let member = Member {
            name: die.value(gimli::DW_AT_name).and_then(|name| open.text(name, self.sections)),
            of,
            offset: at,
            bits: None,
            is_artificial: die.flag(gimli::DW_AT_artificial),
        };
        match die.value(gimli::DW_AT_bit_size) {
            None => Some(member),
            Some(size) => {
                let size = u32::try_from(size.udata_value()?).ok().filter(|size| *size > 0)?;
                Some(Member { offset: self.first_bit(die, at, size, of)?, bits: Some(size), ..member })
            }
        }
    }

    /// DW_AT_data_bit_offset counts from the beginning of the type. DW_AT_bit_offset, which it replaced, counts from the
    /// most significant bit of a storage unit: on little-endian machines from its end.
    fn first_bit(&mut self, die: &Die, at: u64, size: u32, of: Option<Id>) -> Option<u64> {
        if let Some(value) = die.value(gimli::DW_AT_data_bit_offset) {
            return at.checked_mul(8)?.checked_add(value.udata_value()?);
        }
        let start = i128::from(at) * 8;
        let Some(value) = die.value(gimli::DW_AT_bit_offset) else {
            return u64::try_from(start).ok();
        };
        let before = match value.sdata_value() {
            Some(before) => i128::from(before),
            None => constant(value)?,
        };
        if self.sections.endian == gimli::RunTimeEndian::Big {
            return u64::try_from(start.checked_add(before)?).ok();
        }
        let storage = match die.number(gimli::DW_AT_byte_size) {
            Some(bytes) => bytes,
            None => self.underlying(of?)?.size?,
        };
        let bits = i128::from(storage) * 8 - before - i128::from(size);
        u64::try_from(start.checked_add(bits)?).ok()
    }
}
