//! DW_AT_const_value as the bytes of the variable.

use alloc::vec::Vec;
use gimli::AttributeValue;

use crate::dwarf::sections::Bytes;
use crate::dwarf::types::units::Open;
use crate::dwarf::sections::Sections;

/// Lowest byte first. A number that has no size of its own gets eight; a block is written as it is in memory.
pub fn constant(value: AttributeValue<Bytes>, open: &Open, sections: &Sections) -> Option<Vec<u8>> {
    Some(match value {
        AttributeValue::Data1(number) => number.to_le_bytes().to_vec(),
        AttributeValue::Data2(number) => number.to_le_bytes().to_vec(),
        AttributeValue::Data4(number) => number.to_le_bytes().to_vec(),
        AttributeValue::Data8(number) => number.to_le_bytes().to_vec(),
        AttributeValue::Data16(number) => number.to_le_bytes().to_vec(),
        AttributeValue::Sdata(number) => number.to_le_bytes().to_vec(),
        AttributeValue::Udata(number) => number.to_le_bytes().to_vec(),
        AttributeValue::Flag(flag) => alloc::vec![flag.into()],
        AttributeValue::Block(bytes) => bytes.slice().to_vec(),
        AttributeValue::Addr(_) | AttributeValue::DebugAddrIndex(_) => {
            let address = sections.dwarf.attr_address(&open.unit, value).ok()??;
            let size = usize::from(open.unit.encoding().address_size).min(8);
            address.to_le_bytes()[..size].to_vec()
        }
        // Of an array of characters; its bytes end with a zero, which the text lacks.
        text => [open.text(text, sections)?.slice(), &[0]].concat(),
    })
}
