//! Types without members: C-like enums, arrays, functions.

use alloc::vec::Vec;
use gimli::AttributeValue;

use super::attributes::constant;
use super::dies::{Die, Dies};
use super::node::Reading;
use super::units::Open;
use super::write::{write_number, write_reference, write_wide};
use crate::image::failure::Failure;
use crate::image::wire::Wire;

const VARIADIC: u8 = 2;
const VECTOR: u8 = 4;
/// Elements of an array are further apart than they are large.
const STRIDE: u8 = 8;

impl Reading<'_> {
    pub fn write_enumeration(&mut self, wire: &mut Wire, open: &Open, die: &Die, dies: &mut Dies<'_>) -> Result<(), Failure> {
        let base = die.value(gimli::DW_AT_type).map(|value| self.units.reference(open, value));
        write_reference(wire, base);
        let under = base.and_then(|base| self.underlying(base));
        let size = under.and_then(|under| under.size).or_else(|| die.number(gimli::DW_AT_byte_size));
        let is_signed = under.is_some_and(|under| under.is_signed);
        let mut values = Vec::new();
        if die.has_children {
            dies.children(&mut |child, _| {
                if child.tag == gimli::DW_TAG_enumerator {
                    let name = child.value(gimli::DW_AT_name).and_then(|name| open.text(name, self.sections));
                    let value = child.value(gimli::DW_AT_const_value).and_then(constant);
                    let value = value.ok_or_else(|| Failure::input("its debug info is damaged: an enumerator has no value"))?;
                    values.push((name, if is_signed { extended(value, size) } else { value }));
                }
                Ok(())
            })?;
        }
        wire.u32(values.len() as u32);
        for (name, value) in values {
            wire.bytes(name.as_ref().map_or(&[], |name| name.slice()));
            write_wide(wire, value);
        }
        Ok(())
    }

    pub fn write_array(&mut self, wire: &mut Wire, open: &Open, die: &Die, dies: &mut Dies<'_>) -> Result<u8, Failure> {
        self.write_target(wire, open, die);
        let mut flags = if die.flag(gimli::DW_AT_GNU_vector) { VECTOR } else { 0 };
        let is_apart = |die: &Die| {
            die.value(gimli::DW_AT_byte_stride).is_some() || die.value(gimli::DW_AT_bit_stride).is_some()
        };
        let mut has_stride = is_apart(die);
        let mut counts = Vec::new();
        if die.has_children {
            dies.children(&mut |child, _| {
                if matches!(child.tag, gimli::DW_TAG_subrange_type | gimli::DW_TAG_enumeration_type | gimli::DW_TAG_generic_subrange) {
                    has_stride |= is_apart(child);
                    counts.push(count(child, open.language));
                }
                Ok(())
            })?;
        }
        if has_stride {
            flags |= STRIDE;
        }
        wire.u32(counts.len() as u32);
        for count in counts {
            write_number(wire, count);
        }
        Ok(flags)
    }

    pub fn write_function(&mut self, wire: &mut Wire, open: &Open, die: &Die, dies: &mut Dies<'_>) -> Result<u8, Failure> {
        self.write_target(wire, open, die);
        let mut parameters = Vec::new();
        let mut flags = 0;
        if die.has_children {
            dies.children(&mut |child, _| {
                match child.tag {
                    gimli::DW_TAG_formal_parameter => {
                        parameters.push(child.value(gimli::DW_AT_type).map(|value| self.units.reference(open, value)));
                    }
                    gimli::DW_TAG_unspecified_parameters => flags = VARIADIC,
                    _ => {}
                }
                Ok(())
            })?;
        }
        wire.u32(parameters.len() as u32);
        for of in parameters {
            write_reference(wire, of);
        }
        Ok(flags)
    }
}

/// Of one dimension; `None` where it is not known before the program runs.
fn count(die: &Die, language: u32) -> Option<u64> {
    if let Some(count) = die.value(gimli::DW_AT_count) {
        return constant(count).and_then(|count| u64::try_from(count).ok());
    }
    let last = match die.value(gimli::DW_AT_upper_bound)? {
        // What compilers write for an array without elements.
        AttributeValue::Data8(u64::MAX) | AttributeValue::Udata(u64::MAX) | AttributeValue::Data4(u32::MAX) => -1,
        value => constant(value)?,
    };
    let first = match die.value(gimli::DW_AT_lower_bound) {
        Some(value) => constant(value)?,
        None => gimli::DwLang(language as u16).default_lower_bound().unwrap_or(0) as i128,
    };
    u64::try_from(last.checked_sub(first)?.checked_add(1)?).ok()
}

/// A value that was written without its sign.
fn extended(value: i128, size: Option<u64>) -> i128 {
    match size {
        Some(size @ 1..=8) if (1 << (8 * size - 1)..1 << (8 * size)).contains(&value) => value - (1 << (8 * size)),
        _ => value,
    }
}
