//! The call of the host for variables. It leaves its answer in the reply of [`Debug`]: a status byte (0, or a
//! [`crate::image::failure::Blame`]), then facts or a reason.
#![allow(clippy::missing_safety_doc)]

use super::{Locations, Reading, LARGEST_REPLY, MOST_ATTRIBUTES};
use crate::dwarf::types::units::Id;
use crate::dwarf::Debug;

impl Debug {
    pub fn scope(&mut self, id: Id, frame: Id) {
        self.sections();
        let Debug { reader, layout, sections, types, locations, reply, .. } = self;
        let Some(sections) = sections.get() else { return };
        let (layout, locations) = (&*layout, &*locations);
        let mut reading = Reading {
            units: types.units(sections),
            sections,
            layout,
            locations: &|| locations.get_or_init(|| Locations::read(reader, layout, sections)),
            reply_budget: LARGEST_REPLY,
            attribute_budget: MOST_ATTRIBUTES,
        };
        reply.clear();
        match reading.scope(id, frame) {
            Ok(facts) => {
                reply.push(0);
                reply.extend_from_slice(&facts);
            }
            Err(failure) => {
                reply.push(failure.blame as u8);
                reply.extend_from_slice(failure.reason.as_bytes());
            }
        }
    }
}

/// What the DIE of a copy at `id` holds; `frame` is that of the code out of line around it, or itself.
#[no_mangle]
pub unsafe extern "C" fn debug_scope(debug: *mut Debug, id: u32, frame: u32) {
    (*debug).scope(id, frame);
}
