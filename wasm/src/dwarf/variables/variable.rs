//! One parameter or variable, as its DIE and those that it is an instance of tell it.

use alloc::rc::Rc;
use alloc::vec::Vec;
use gimli::{AttributeValue, Operation};

use super::constant::constant;
use super::Reading;
use crate::dwarf::index::NONE;
use crate::dwarf::sections::Bytes;
use crate::dwarf::types::damaged;
use crate::dwarf::types::dies::Die;
use crate::dwarf::types::units::{Id, Open, NOWHERE};
use crate::dwarf::types::write::write_reference;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

/// A sound chain has three links: concrete instance, abstract instance, declaration.
const LONGEST_CHAIN: usize = 8;
/// What a variable takes here and with the host, but for its texts and locations.
const VARIABLE: usize = 128;

const PARAMETER: u8 = 1;
const ARTIFICIAL: u8 = 2;

#[derive(Default)]
pub struct Variable {
    id: Id,
    /// The DIE at the end of its abstract origins.
    pub declared: Id,
    is_parameter: bool,
    /// Row of the block that declares it, or [`NONE`].
    block: u32,
    name: Option<Bytes>,
    of: Option<Id>,
    line: Option<u32>,
    is_artificial: bool,
    constant: Option<Vec<u8>>,
    /// In the unit that has its own DIE.
    location: Option<AttributeValue<Bytes>>,
    /// Of a static variable, whose location may be told by what this is an instance of: an expression in that unit.
    fixed: Option<(Rc<Open>, AttributeValue<Bytes>)>,
}

/// What a DIE refers to for what it doesn't say itself, and whether that is an abstract instance.
pub struct Link {
    pub to: Id,
    pub is_origin: bool,
}

impl Reading<'_> {
    /// `None` at the end of a chain, or where it leads to a supplementary file.
    pub fn link(&self, open: &Open, die: &Die) -> Result<Option<Link>, Failure> {
        let origin = die.value(gimli::DW_AT_abstract_origin);
        match origin.or_else(|| die.value(gimli::DW_AT_specification)) {
            None | Some(AttributeValue::DebugInfoRefSup(_)) => Ok(None),
            Some(value) => match self.units.reference(open, value) {
                NOWHERE => Err(damaged("an entry is an instance of nothing")),
                to => Ok(Some(Link { to, is_origin: origin.is_some() })),
            },
        }
    }

    /// Calls `each` for the DIEs behind a first link, the nearest first.
    pub fn follow(
        &mut self,
        mut link: Option<Link>,
        mut each: impl FnMut(&mut Self, &Link, &Rc<Open>, &Die) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for _ in 0..LONGEST_CHAIN {
            let Some(own) = link else { return Ok(()) };
            let open = self.units.of(own.to, self.sections)?;
            let mut die = Die::default();
            open.dies(own.to)?.first(&mut die)?;
            self.spend_attributes(die.attributes().len())?;
            each(self, &own, &open, &die)?;
            link = self.link(&open, &die)?;
        }
        match link {
            None => Ok(()),
            Some(_) => Err(damaged("the origins of an entry have no end")),
        }
    }

    pub fn variable(&mut self, open: &Rc<Open>, die: &Die, block: u32) -> Result<Variable, Failure> {
        self.spend(VARIABLE)?;
        let mut variable = Variable { block, ..self.own(open, die)? };
        variable.location = die.value(gimli::DW_AT_location);
        let first = self.link(open, die)?;
        self.follow(first, |reading, link, open, die| {
            if !matches!(die.tag, gimli::DW_TAG_formal_parameter | gimli::DW_TAG_variable | gimli::DW_TAG_member) {
                return Err(damaged("the origin of a variable is none"));
            }
            if link.is_origin {
                variable.declared = link.to;
            }
            let above = reading.own(open, die)?;
            variable.fill(above);
            let is_open = variable.location.is_none() && variable.fixed.is_none();
            let location = die.value(gimli::DW_AT_location).filter(|location| is_open && is_fixed(location, open));
            if let Some(location) = location {
                variable.fixed = Some((open.clone(), location));
            }
            Ok(())
        })?;
        Ok(variable)
    }

    fn own(&mut self, open: &Open, die: &Die) -> Result<Variable, Failure> {
        self.spend_attributes(die.attributes().len())?;
        let constant = die.value(gimli::DW_AT_const_value).and_then(|value| constant(value, open, self.sections));
        self.spend(constant.as_ref().map_or(0, Vec::len))?;
        let line = die.number(gimli::DW_AT_decl_line).and_then(|line| u32::try_from(line).ok());
        Ok(Variable {
            id: die.id,
            declared: die.id,
            is_parameter: die.tag == gimli::DW_TAG_formal_parameter,
            block: NONE,
            name: die.value(gimli::DW_AT_name).and_then(|name| open.text(name, self.sections)),
            of: die.value(gimli::DW_AT_type).map(|value| self.units.reference(open, value)),
            line: line.filter(|line| !matches!(*line, 0 | NONE)),
            is_artificial: die.flag(gimli::DW_AT_artificial),
            constant,
            ..Variable::default()
        })
    }

    /// `open` is the unit of its own DIE.
    pub fn write_variable(&mut self, wire: &mut Wire, open: &Open, variable: &Variable) -> Result<(), Failure> {
        let constant = variable.constant.as_deref();
        self.spend(variable.name.map_or(0, |name| name.slice().len()) + constant.map_or(0, <[u8]>::len))?;
        wire.u32(variable.id);
        wire.optional(variable.name.as_ref().map(|name| name.slice()));
        write_reference(wire, variable.of);
        wire.u8(if variable.is_parameter { PARAMETER } else { 0 } | if variable.is_artificial { ARTIFICIAL } else { 0 });
        wire.u32(variable.line.unwrap_or(NONE));
        wire.optional(constant);
        wire.u32(variable.block);
        match &variable.fixed {
            Some((open, location)) => self.write_locations(wire, open, Some(*location)),
            None => self.write_locations(wire, open, variable.location),
        }
    }
}

impl Variable {
    fn fill(&mut self, other: Variable) {
        self.name = self.name.or(other.name);
        self.of = self.of.or(other.of);
        self.line = self.line.or(other.line);
        self.is_artificial |= other.is_artificial;
        if self.constant.is_none() {
            self.constant = other.constant;
        }
    }

    /// The same in an instance without code, whose own location is none.
    pub fn nowhere(self) -> Self {
        Variable { location: None, ..self }
    }
}

/// Whether it is an address in the image, the same for all copies.
fn is_fixed(location: &AttributeValue<Bytes>, open: &Open) -> bool {
    let AttributeValue::Exprloc(expression) = location else { return false };
    let first = Operation::parse(&mut expression.0.clone(), open.unit.encoding());
    matches!(first, Ok(Operation::Address { .. } | Operation::AddressIndex { .. }))
}
