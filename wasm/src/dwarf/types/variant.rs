//! The variants of an enum, and the tag that tells which one a value is.

use alloc::vec::Vec;
use gimli::AttributeValue;

use super::attributes::{constant, discriminants, signed_constant};
use super::dies::{Die, Dies};
use super::member::Member;
use super::node::Reading;
use super::units::Open;
use super::write::write_wide;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

pub struct Variant {
    /// Tag values; `None`: all that no other variant has.
    discriminants: Option<Vec<(i128, i128)>>,
    member: Member,
}

pub struct VariantPart {
    tag: Option<Member>,
    variants: Vec<Variant>,
}

impl VariantPart {
    pub fn write(&self, wire: &mut Wire) {
        wire.u8(self.tag.is_some() as u8);
        if let Some(tag) = &self.tag {
            tag.write(wire);
        }
        wire.u32(self.variants.len() as u32);
        for variant in &self.variants {
            wire.u8(variant.discriminants.is_some() as u8);
            if let Some(discriminants) = &variant.discriminants {
                wire.u32(discriminants.len() as u32);
                for (low, high) in discriminants {
                    write_wide(wire, *low);
                    write_wide(wire, *high);
                }
            }
            variant.member.write(wire);
        }
    }
}

impl Reading<'_> {
    /// `part` was just read; its children follow.
    pub fn variant_part(&mut self, open: &Open, part: &Die, dies: &mut Dies<'_>) -> Result<VariantPart, Failure> {
        let tag = match part.value(gimli::DW_AT_discr) {
            None => None,
            Some(reference) => {
                let mut die = Die::default();
                open.dies(self.units.reference(open, reference))?.first(&mut die)?;
                let tag = self.member(open, &die).filter(|_| die.tag == gimli::DW_TAG_member);
                Some(tag.ok_or_else(|| Failure::input("its debug info is damaged: an enum's tag is no member"))?)
            }
        };
        let is_signed = tag.and_then(|tag| self.underlying(tag.of?)).is_some_and(|under| under.is_signed);
        let mut variants = Vec::new();
        if part.has_children {
            dies.children(&mut |die, dies| {
                if die.tag == gimli::DW_TAG_variant {
                    let member = self.variant_member(open, die, dies)?;
                    variants.push(Variant { discriminants: values(die, is_signed)?, member });
                }
                Ok(())
            })?;
        }
        Ok(VariantPart { tag, variants })
    }

    fn variant_member(&mut self, open: &Open, variant: &Die, dies: &mut Dies<'_>) -> Result<Member, Failure> {
        let mut found = None;
        if variant.has_children {
            dies.children(&mut |die, _| {
                if die.tag == gimli::DW_TAG_member && found.is_none() {
                    found = self.member(open, die);
                }
                Ok(())
            })?;
        }
        Ok(found.unwrap_or(Member { name: None, of: None, offset: 0, bits: None, is_artificial: false }))
    }
}

fn values(variant: &Die, is_signed: bool) -> Result<Option<Vec<(i128, i128)>>, Failure> {
    let damaged = || Failure::input("its debug info is damaged: a variant's tag value is no number");
    if let Some(value) = variant.value(gimli::DW_AT_discr_value) {
        let value = if is_signed { signed_constant(value) } else { constant(value) }.ok_or_else(damaged)?;
        return Ok(Some(alloc::vec![(value, value)]));
    }
    match variant.value(gimli::DW_AT_discr_list) {
        None => Ok(None),
        Some(AttributeValue::Block(bytes)) => discriminants(bytes, is_signed).map(Some).ok_or_else(damaged),
        Some(_) => Err(damaged()),
    }
}
