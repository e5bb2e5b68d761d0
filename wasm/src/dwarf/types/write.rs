//! Forms of facts that many kinds of types have.

use super::member::Member;
use super::units::Id;
use crate::image::wire::Wire;

pub fn write_reference(wire: &mut Wire, id: Option<Id>) {
    wire.u8(id.is_some() as u8);
    wire.u32(id.unwrap_or(0));
}

pub fn write_number(wire: &mut Wire, number: Option<u64>) {
    wire.u8(number.is_some() as u8);
    wire.u64(number.unwrap_or(0));
}

pub fn write_wide(wire: &mut Wire, number: i128) {
    wire.u64(number as u64);
    wire.u64((number >> 64) as u64);
}

pub fn write_members(wire: &mut Wire, members: &[Member]) {
    wire.u32(members.len() as u32);
    for member in members {
        member.write(wire);
    }
}
