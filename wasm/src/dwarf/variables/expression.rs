//! DWARF expressions as flat lists of operations.

use gimli::{Operation, Reader};

use super::Reading;
use crate::dwarf::sections::Bytes;
use crate::dwarf::types::damaged;
use crate::dwarf::types::units::Open;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

/// Expressions within expressions; compilers write none deeper than one.
const DEEPEST: usize = 4;
/// What an operation takes in the reply, but for its bytes.
const OPERATION: usize = 24;

// The host's numbers; arithmetic follows from `ARITHMETIC` on.
const END: u8 = 0;
const REGISTER: u8 = 1;
const REGISTER_OFFSET: u8 = 2;
const FRAME_OFFSET: u8 = 3;
const FRAME_ADDRESS: u8 = 4;
const ADDRESS: u8 = 5;
const CONSTANT: u8 = 6;
const DEREFERENCE: u8 = 7;
const PLUS_CONSTANT: u8 = 8;
const PIECE: u8 = 9;
const STACK_VALUE: u8 = 10;
const IMPLICIT_VALUE: u8 = 11;
const ENTRY_VALUE: u8 = 12;
const OTHER: u8 = 13;
const ARITHMETIC: u8 = 16;

/// In the host's order.
fn arithmetic(operation: &Operation<Bytes>) -> Option<u8> {
    Some(match operation {
        Operation::Plus => 0,
        Operation::Minus => 1,
        Operation::And => 2,
        Operation::Or => 3,
        Operation::Xor => 4,
        Operation::Shl => 5,
        Operation::Shr => 6,
        Operation::Shra => 7,
        Operation::Mul => 8,
        Operation::Not => 9,
        Operation::Neg => 10,
        _ => return None,
    })
}

impl Reading<'_> {
    pub fn write_expression(&mut self, wire: &mut Wire, open: &Open, expression: Bytes) -> Result<(), Failure> {
        self.write_operations(wire, open, expression, 0)
    }

    /// One after another until [`END`]. Behind an operation that is not known, nothing can be read.
    fn write_operations(&mut self, wire: &mut Wire, open: &Open, expression: Bytes, depth: usize) -> Result<(), Failure> {
        let mut rest = expression;
        while let Some(opcode) = rest.slice().first().copied() {
            self.spend(OPERATION)?;
            let written = match Operation::parse(&mut rest, open.unit.encoding()) {
                Ok(operation) => self.write_operation(wire, open, operation, depth)?,
                Err(gimli::Error::InvalidExpression(_)) => {
                    write_other(wire, opcode);
                    break;
                }
                Err(error) => return Err(damaged(error)),
            };
            if !written {
                write_other(wire, opcode);
            }
        }
        wire.u8(END);
        Ok(())
    }

    /// False for an operation that the host knows by its name only.
    fn write_operation(&mut self, wire: &mut Wire, open: &Open, operation: Operation<Bytes>, depth: usize) -> Result<bool, Failure> {
        match operation {
            Operation::Register { register } => {
                wire.u8(REGISTER);
                wire.u32(register.0.into());
            }
            Operation::RegisterOffset { register, offset, base_type } if base_type.0 == 0 => {
                wire.u8(REGISTER_OFFSET);
                wire.u32(register.0.into());
                wire.u64(offset as u64);
            }
            Operation::FrameOffset { offset } => {
                wire.u8(FRAME_OFFSET);
                wire.u64(offset as u64);
            }
            Operation::CallFrameCFA => wire.u8(FRAME_ADDRESS),
            Operation::Address { address } => {
                wire.u8(ADDRESS);
                wire.u64(address);
            }
            Operation::AddressIndex { index } => {
                wire.u8(ADDRESS);
                wire.u64(self.sections.dwarf.address(&open.unit, index).map_err(damaged)?);
            }
            Operation::ConstantIndex { index } => {
                wire.u8(CONSTANT);
                wire.u64(self.sections.dwarf.address(&open.unit, index).map_err(damaged)?);
            }
            Operation::UnsignedConstant { value } => {
                wire.u8(CONSTANT);
                wire.u64(value);
            }
            Operation::SignedConstant { value } => {
                wire.u8(CONSTANT);
                wire.u64(value as u64);
            }
            Operation::Deref { base_type, size, space: false } if base_type.0 == 0 => {
                wire.u8(DEREFERENCE);
                wire.u8(size);
            }
            Operation::PlusConstant { value } => {
                wire.u8(PLUS_CONSTANT);
                wire.u64(value);
            }
            Operation::Piece { size_in_bits, bit_offset } => {
                wire.u8(PIECE);
                wire.u64(size_in_bits);
                wire.u8(bit_offset.is_some() as u8);
                wire.u64(bit_offset.unwrap_or(0));
            }
            Operation::StackValue => wire.u8(STACK_VALUE),
            Operation::ImplicitValue { data } => {
                self.spend(data.len())?;
                wire.u8(IMPLICIT_VALUE);
                wire.bytes(data.slice());
            }
            Operation::EntryValue { expression } if depth < DEEPEST => {
                wire.u8(ENTRY_VALUE);
                self.write_operations(wire, open, expression, depth + 1)?;
            }
            operation => match arithmetic(&operation) {
                Some(number) => wire.u8(ARITHMETIC + number),
                None => return Ok(false),
            },
        }
        Ok(true)
    }
}

fn write_other(wire: &mut Wire, opcode: u8) {
    wire.u8(OTHER);
    match gimli::DwOp(opcode).static_string() {
        Some(name) => wire.bytes(name.as_bytes()),
        None => wire.bytes(alloc::format!("DW_OP {opcode:#04x}").as_bytes()),
    }
}
