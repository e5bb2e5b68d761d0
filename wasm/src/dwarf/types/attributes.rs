//! Values of attributes as numbers.

use alloc::vec::Vec;
use gimli::{AttributeValue, Encoding, Endianity, Expression, Operation, Reader};

use crate::dwarf::sections::Bytes;

/// A constant of up to 128 bits: `data` forms and blocks without a sign, `sdata` with its sign.
pub fn constant(value: AttributeValue<Bytes>) -> Option<i128> {
    Some(match value {
        AttributeValue::Data1(number) => number.into(),
        AttributeValue::Data2(number) => number.into(),
        AttributeValue::Data4(number) => number.into(),
        AttributeValue::Data8(number) => number.into(),
        AttributeValue::Data16(number) => number as i128,
        AttributeValue::Udata(number) => number.into(),
        AttributeValue::Sdata(number) => number.into(),
        AttributeValue::Flag(flag) => flag.into(),
        AttributeValue::Block(bytes) => block(bytes)?,
        _ => return None,
    })
}

/// A constant of a signed type: `data` forms and blocks have as many bytes as its value needs, sign included.
pub fn signed_constant(value: AttributeValue<Bytes>) -> Option<i128> {
    Some(match value {
        AttributeValue::Data1(number) => (number as i8).into(),
        AttributeValue::Data2(number) => (number as i16).into(),
        AttributeValue::Data4(number) => (number as i32).into(),
        AttributeValue::Data8(number) => (number as i64).into(),
        AttributeValue::Block(bytes) => {
            let number = block(bytes)?;
            let unused = 128 - 8 * bytes.len() as u32;
            number << unused >> unused
        }
        value => constant(value)?,
    })
}

fn block(bytes: Bytes) -> Option<i128> {
    let slice = bytes.slice();
    if slice.is_empty() || slice.len() > 16 {
        return None;
    }
    let mut number = [0u8; 16];
    if bytes.endian().is_big_endian() {
        number[16 - slice.len()..].copy_from_slice(slice);
        Some(i128::from_be_bytes(number))
    } else {
        number[..slice.len()].copy_from_slice(slice);
        Some(i128::from_le_bytes(number))
    }
}

/// How far a member is from the beginning of its type; `None` where only the running program knows.
pub fn offset(value: AttributeValue<Bytes>, encoding: Encoding) -> Option<u64> {
    match value {
        AttributeValue::Exprloc(expression) => sum(expression, encoding),
        AttributeValue::Block(bytes) => sum(Expression(bytes), encoding),
        value => value.udata_value(),
    }
}

/// The expression begins with the type's address on the stack.
fn sum(expression: Expression<Bytes>, encoding: Encoding) -> Option<u64> {
    let mut operations = expression.operations(encoding);
    let mut sum = 0u64;
    while let Some(operation) = operations.next().ok()? {
        let add = match operation {
            Operation::PlusConstant { value } => value,
            Operation::UnsignedConstant { value } => match operations.next().ok()? {
                Some(Operation::Plus) => value,
                _ => return None,
            },
            _ => return None,
        };
        sum = sum.checked_add(add)?;
    }
    Some(sum)
}

/// The address that a variable always has.
pub fn address(value: AttributeValue<Bytes>, encoding: Encoding, indexed: impl Fn(gimli::DebugAddrIndex<usize>) -> Option<u64>) -> Option<u64> {
    let expression = match value {
        AttributeValue::Exprloc(expression) => expression,
        AttributeValue::Block(bytes) => Expression(bytes),
        _ => return None,
    };
    let mut operations = expression.operations(encoding);
    let address = match operations.next().ok()?? {
        Operation::Address { address } => Some(address),
        Operation::AddressIndex { index } => indexed(index),
        _ => None,
    };
    operations.next().ok()?.is_none().then_some(address)?
}

/// Bytes that a discriminant list is made of: DW_DSC_label value, DW_DSC_range low high.
pub fn discriminants(mut bytes: Bytes, is_signed: bool) -> Option<Vec<(i128, i128)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let kind = bytes.read_u8().ok()?;
        let mut number = || -> Option<i128> {
            Some(if is_signed { bytes.read_sleb128().ok()?.into() } else { bytes.read_uleb128().ok()?.into() })
        };
        let low = number()?;
        let high = match gimli::DwDsc(kind) {
            gimli::DW_DSC_label => low,
            gimli::DW_DSC_range => number()?,
            _ => return None,
        };
        found.push((low, high));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gimli::{Format, RunTimeEndian};

    const ENCODING: Encoding = Encoding { address_size: 8, format: Format::Dwarf32, version: 4 };

    fn little(bytes: &'static [u8]) -> Bytes {
        Bytes::new(bytes, RunTimeEndian::Little)
    }

    #[test]
    fn constants() {
        assert_eq!(constant(AttributeValue::Data1(0x80)), Some(0x80));
        assert_eq!(constant(AttributeValue::Sdata(-2)), Some(-2));
        assert_eq!(constant(AttributeValue::Block(little(&[0, 1]))), Some(0x100));
        assert_eq!(constant(AttributeValue::Block(Bytes::new(&[0, 1], RunTimeEndian::Big))), Some(1));
        assert_eq!(constant(AttributeValue::Block(little(&[0; 17]))), None);
        assert_eq!(constant(AttributeValue::Block(little(&[]))), None);
    }

    #[test]
    fn signed_constants() {
        assert_eq!(signed_constant(AttributeValue::Data1(0xff)), Some(-1));
        assert_eq!(signed_constant(AttributeValue::Data1(0x7f)), Some(127));
        assert_eq!(signed_constant(AttributeValue::Data2(0xfed4)), Some(-300));
        assert_eq!(signed_constant(AttributeValue::Data2(200)), Some(200));
        assert_eq!(signed_constant(AttributeValue::Data4(0xffff_ff00)), Some(-256));
        assert_eq!(signed_constant(AttributeValue::Data8(1 << 63)), Some(i64::MIN.into()));
        assert_eq!(signed_constant(AttributeValue::Udata(255)), Some(255));
        assert_eq!(signed_constant(AttributeValue::Block(little(&[0xd4, 0xfe]))), Some(-300));
        assert_eq!(signed_constant(AttributeValue::Block(little(&[0xff; 16]))), Some(-1));
        assert_eq!(signed_constant(AttributeValue::Block(little(&[0; 17]))), None);
        assert_eq!(signed_constant(AttributeValue::Block(little(&[]))), None);
    }

    #[test]
    fn offsets() {
        let at = |bytes| offset(AttributeValue::Exprloc(Expression(little(bytes))), ENCODING);
        assert_eq!(at(&[0x23, 0x90, 0x01]), Some(144));
        assert_eq!(at(&[0x08, 5, 0x22, 0x23, 2]), Some(7));
        // DW_OP_dup, DW_OP_deref: the place is in memory.
        assert_eq!(at(&[0x12, 0x06]), None);
        assert_eq!(at(&[0x23]), None);
        assert_eq!(at(&[0x08, 5]), None);
    }

    #[test]
    fn discriminant_lists() {
        assert_eq!(discriminants(little(&[0, 0x7f, 1, 1, 3]), true), Some(vec![(-1, -1), (1, 3)]));
        assert_eq!(discriminants(little(&[0, 0x7f]), false), Some(vec![(127, 127)]));
        assert_eq!(discriminants(little(&[1, 1]), false), None);
        assert_eq!(discriminants(little(&[2, 1]), false), None);
    }
}
