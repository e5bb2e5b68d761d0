//! The calls of the host for types. Each leaves its answer in the reply of [`Debug`]: a status byte (0, or a
//! [`crate::image::failure::Blame`]), then facts or a reason.
#![allow(clippy::missing_safety_doc)]

use alloc::vec::Vec;
use gimli::AttributeValue;

use super::dies::Die;
use super::node::Reading;
use super::survey::Survey;
use super::units::Id;
use crate::dwarf::index::HAS_TYPES;
use crate::dwarf::Debug;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

impl Debug {
    fn answer(&mut self, ask: impl FnOnce(&mut Reading<'_>, &mut Option<Survey>) -> Result<Vec<u8>, Failure>) {
        self.sections();
        let Some(sections) = self.sections.get() else { return };
        let types = &mut self.types;
        types.units(sections);
        let Some(units) = types.units.as_mut() else { return };
        let mut reading = Reading { units, sections };
        self.reply.clear();
        match ask(&mut reading, &mut types.survey) {
            Ok(facts) => {
                self.reply.push(0);
                self.reply.extend_from_slice(&facts);
            }
            Err(failure) => {
                self.reply.push(failure.blame as u8);
                self.reply.extend_from_slice(failure.reason.as_bytes());
            }
        }
    }

    /// Whether the unit of the function describes any type: else it tells nothing of what the function takes.
    fn unit_has_types(&self, id: Id) -> bool {
        let after = self.index.units.partition_point(|unit| unit.offset <= id);
        after.checked_sub(1).and_then(|row| self.index.units.get(row)).is_some_and(|unit| unit.flags & HAS_TYPES != 0)
    }

    pub fn type_node(&mut self, id: Id) {
        self.answer(|reading, survey| reading.resolved(id, survey));
    }

    pub fn type_unit(&mut self, start: Id) {
        self.answer(|reading, _| reading.unit(start));
    }

    pub fn signature(&mut self, ids: &[Id]) {
        let has_types: Vec<bool> = ids.iter().map(|id| self.unit_has_types(*id)).collect();
        self.answer(|reading, _| {
            let mut failure = None;
            for (id, has_types) in ids.iter().zip(has_types) {
                match reading.signature(*id) {
                    Ok(signature) if has_types || !signature.is_empty() => {
                        let mut wire = Wire::default();
                        wire.u8(1);
                        signature.write(&mut wire);
                        return Ok(wire.finish());
                    }
                    Ok(_) => {}
                    Err(other) => failure = Some(other),
                }
            }
            failure.map_or(Ok(alloc::vec![0]), Err)
        });
    }

    pub fn find_types(&mut self, name: &[u8]) {
        self.answer(|reading, survey| {
            let survey = survey.get_or_insert_with(|| Survey::take(reading.units, reading.sections));
            let mut wire = Wire::default();
            let found = survey.find(reading, name);
            wire.u32(found.len() as u32);
            for id in found {
                wire.u32(id);
            }
            Ok(wire.finish())
        });
    }

    pub fn vtables(&mut self) {
        self.answer(|reading, survey| {
            let survey = survey.get_or_insert_with(|| Survey::take(reading.units, reading.sections));
            let mut wire = Wire::default();
            wire.u32(survey.vtables.len() as u32);
            for vtable in &survey.vtables {
                wire.u64(vtable.address);
                reading.write_vtable(&mut wire, vtable.id)?;
            }
            Ok(wire.finish())
        });
    }
}

impl Reading<'_> {
    /// What a reply says of a unit: DW_LANG, DWARF version, address size, producer.
    fn unit(&mut self, start: Id) -> Result<Vec<u8>, Failure> {
        let open = self.units.of(start, self.sections)?;
        let root = open.unit.entry(open.unit.header.root_offset()).map_err(super::damaged)?;
        let producer = root.attr_value(gimli::DW_AT_producer).and_then(|value| open.text(value, self.sections));
        let mut wire = Wire::default();
        wire.u32(open.language);
        wire.u32(open.unit.header.version().into());
        wire.u32(open.unit.header.address_size().into());
        wire.optional(producer.as_ref().map(|producer| producer.slice()));
        Ok(wire.finish())
    }

    /// Name and concrete type of the vtable that a variable is.
    fn write_vtable(&mut self, wire: &mut Wire, id: Id) -> Result<(), Failure> {
        let open = self.units.of(id, self.sections)?;
        let mut die = Die::default();
        open.dies(id)?.first(&mut die)?;
        let name = die.value(gimli::DW_AT_name).and_then(|name| open.text(name, self.sections));
        wire.bytes(name.as_ref().map_or(&[], |name| name.slice()));
        let concrete = die.value(gimli::DW_AT_type).and_then(|value: AttributeValue<_>| {
            let to = self.units.reference(&open, value);
            let open = self.units.of(to, self.sections).ok()?;
            open.dies(to).ok()?.first(&mut die).ok()?;
            Some(self.units.reference(&open, die.value(gimli::DW_AT_containing_type)?))
        });
        super::write::write_reference(wire, concrete);
        Ok(())
    }
}

/// One type, by the offset of its DIE.
#[no_mangle]
pub unsafe extern "C" fn debug_type(debug: *mut Debug, id: u32) {
    (*debug).type_node(id);
}

/// The unit that begins at this offset.
#[no_mangle]
pub unsafe extern "C" fn debug_type_unit(debug: *mut Debug, start: u32) {
    (*debug).type_unit(start);
}

/// What the function with these DIEs takes and gives: a byte that says whether it is known, then the signature.
#[no_mangle]
pub unsafe extern "C" fn debug_signature(debug: *mut Debug, ids: *const u32, count: usize) {
    (*debug).signature(core::slice::from_raw_parts(ids, count));
}

/// Types of a name, as a list of offsets.
#[no_mangle]
pub unsafe extern "C" fn debug_find_types(debug: *mut Debug, name: *const u8, len: usize) {
    (*debug).find_types(core::slice::from_raw_parts(name, len));
}

/// All vtables: address, name, concrete type.
#[no_mangle]
pub unsafe extern "C" fn debug_vtables(debug: *mut Debug) {
    (*debug).vtables();
}
