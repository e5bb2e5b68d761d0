//! Structs, unions and enums with data: their members and variants.

use alloc::vec::Vec;

use super::dies::{Die, Dies};
use super::node::Reading;
use super::units::{Id, Open};
use super::variant::VariantPart;
use super::write::{write_members, write_reference};
use crate::dwarf::sections::Bytes;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

impl Reading<'_> {
    pub fn write_struct(&mut self, wire: &mut Wire, open: &Open, die: &Die, dies: &mut Dies<'_>) -> Result<(), Failure> {
        let (mut members, mut bases) = (Vec::new(), Vec::new());
        let mut generics: Vec<(Option<Bytes>, Option<Id>)> = Vec::new();
        let mut part: Option<VariantPart> = None;
        let mut unplaced = 0;
        if die.has_children {
            dies.children(&mut |child, dies| {
                match child.tag {
                    gimli::DW_TAG_member => match self.member(open, child) {
                        Some(member) => members.push(member),
                        None if child.value(gimli::DW_AT_data_member_location).is_some() => unplaced += 1,
                        None => {}
                    },
                    gimli::DW_TAG_inheritance => match self.member(open, child) {
                        Some(base) => bases.push(base),
                        None => unplaced += 1,
                    },
                    gimli::DW_TAG_template_type_parameter => generics.push(self.generic(open, child)),
                    gimli::DW_TAG_variant_part if part.is_none() => part = Some(self.variant_part(open, child, dies)?),
                    _ => {}
                }
                Ok(())
            })?;
        }
        write_members(wire, &members);
        write_members(wire, &bases);
        wire.u32(generics.len() as u32);
        for (name, of) in generics {
            wire.optional(name.as_ref().map(|name| name.slice()));
            write_reference(wire, of);
        }
        wire.u8(part.is_some() as u8);
        if let Some(part) = part {
            part.write(wire);
        }
        write_reference(wire, die.value(gimli::DW_AT_containing_type).map(|value| self.units.reference(open, value)));
        wire.u32(unplaced);
        Ok(())
    }

    pub fn generic(&mut self, open: &Open, die: &Die) -> (Option<Bytes>, Option<Id>) {
        let name = die.value(gimli::DW_AT_name).and_then(|name| open.text(name, self.sections));
        (name, die.value(gimli::DW_AT_type).map(|value| self.units.reference(open, value)))
    }
}
