//! What a function was declared to take and to give.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use gimli::AttributeValue;

use super::dies::{Die, Dies};
use super::node::Reading;
use super::units::{Id, Open};
use super::write::write_reference;
use crate::dwarf::sections::Bytes;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

/// A sound chain has three links: concrete instance, abstract instance, declaration.
const LONGEST_CHAIN: usize = 8;

#[derive(Clone, Copy, Default)]
struct Parameter {
    /// The DIE at the end of its origins.
    declared: Id,
    name: Option<Bytes>,
    of: Option<Id>,
    is_artificial: bool,
}

#[derive(Default)]
pub struct Signature {
    parameters: Vec<Parameter>,
    returns: Option<Id>,
    is_noreturn: bool,
    is_variadic: bool,
    /// The abstract instance has variables of its own beside its parameters. In Rust, whose other variables are in blocks,
    /// these were parameters.
    has_variables: bool,
    generics: Vec<(Option<Bytes>, Option<Id>)>,
}

impl Signature {
    /// Whether any of it was told; a function that takes and gives nothing looks like one that nothing is known of.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.returns.is_none() && self.generics.is_empty() && !self.is_noreturn
    }

    pub fn write(&self, wire: &mut Wire) {
        wire.u32(self.parameters.len() as u32);
        for parameter in &self.parameters {
            wire.optional(parameter.name.as_ref().map(|name| name.slice()));
            write_reference(wire, parameter.of);
            wire.u8(parameter.is_artificial as u8);
        }
        write_reference(wire, self.returns);
        wire.u8(self.is_noreturn as u8);
        wire.u8(self.is_variadic as u8);
        wire.u8(self.has_variables as u8);
        wire.u32(self.generics.len() as u32);
        for (name, of) in &self.generics {
            wire.optional(name.as_ref().map(|name| name.slice()));
            write_reference(wire, *of);
        }
    }
}

impl Reading<'_> {
    /// Of the DIE and of those that it is an instance or the definition of. What the source declared is told by the
    /// abstract instance and the declaration: the optimiser drops and reorders the parameters of concrete ones.
    pub fn signature(&mut self, id: Id) -> Result<Signature, Failure> {
        let mut signature = Signature::default();
        let mut instances = Vec::new();
        let mut is_instance = true;
        let mut id = id;
        for _ in 0..LONGEST_CHAIN {
            let open = self.units.of(id, self.sections)?;
            let mut dies = open.dies(id)?;
            let mut die = Die::default();
            dies.first(&mut die)?;
            let own = self.declared(&open, &die, &mut dies)?;
            let origin = die.value(gimli::DW_AT_abstract_origin);
            is_instance &= origin.is_some();
            if is_instance {
                instances.push(own);
            } else {
                signature.join(own);
            }
            match origin.or_else(|| die.value(gimli::DW_AT_specification)) {
                Some(value) => id = self.units.reference(&open, value),
                None => break,
            }
        }
        for instance in instances.into_iter().rev() {
            signature.join_instance(instance);
        }
        Ok(signature)
    }

    fn declared(&mut self, open: &Open, die: &Die, dies: &mut Dies<'_>) -> Result<Signature, Failure> {
        let mut own = Signature {
            returns: die.value(gimli::DW_AT_type).map(|value| self.units.reference(open, value)),
            is_noreturn: die.flag(gimli::DW_AT_noreturn),
            ..Signature::default()
        };
        if die.has_children {
            dies.children(&mut |child, dies| {
                let is_pack = matches!(child.tag, gimli::DW_TAG_GNU_formal_parameter_pack | gimli::DW_TAG_GNU_template_parameter_pack);
                if !is_pack {
                    self.part(open, child, &mut own);
                } else if child.has_children {
                    dies.children(&mut |child, _| {
                        self.part(open, child, &mut own);
                        Ok(())
                    })?;
                }
                Ok(())
            })?;
        }
        own.has_variables &= die.value(gimli::DW_AT_inline).is_some();
        Ok(own)
    }

    fn part(&mut self, open: &Open, child: &Die, own: &mut Signature) {
        match child.tag {
            gimli::DW_TAG_formal_parameter => own.parameters.push(self.parameter(open, child)),
            gimli::DW_TAG_template_type_parameter => own.generics.push(self.generic(open, child)),
            gimli::DW_TAG_unspecified_parameters => own.is_variadic = true,
            gimli::DW_TAG_variable => own.has_variables = true,
            _ => {}
        }
    }

    fn parameter(&mut self, open: &Open, die: &Die) -> Parameter {
        let mut parameter = self.own_parameter(open, die);
        let mut origin = die.value(gimli::DW_AT_abstract_origin).map(|value| self.units.reference(open, value));
        for _ in 0..LONGEST_CHAIN {
            let Some(id) = origin else { break };
            let Some((above, next)) = self.origin(id) else { break };
            parameter.fill(above);
            parameter.declared = id;
            origin = next;
        }
        parameter
    }

    fn origin(&mut self, id: Id) -> Option<(Parameter, Option<Id>)> {
        let open = self.units.of(id, self.sections).ok()?;
        let mut die = Die::default();
        open.dies(id).ok()?.first(&mut die).ok()?;
        let next = die.value(gimli::DW_AT_abstract_origin).map(|value: AttributeValue<Bytes>| self.units.reference(&open, value));
        Some((self.own_parameter(&open, &die), next))
    }

    fn own_parameter(&mut self, open: &Open, die: &Die) -> Parameter {
        let (name, of) = self.generic(open, die);
        Parameter { declared: die.id, name, of, is_artificial: die.flag(gimli::DW_AT_artificial) }
    }
}

impl Signature {
    /// Adds what a declaration further along says. Of parameters the longer list counts: a definition may lack those
    /// that were optimised out, and a declaration those that it doesn't name.
    fn join(&mut self, mut other: Signature) {
        if other.parameters.len() > self.parameters.len() {
            core::mem::swap(&mut self.parameters, &mut other.parameters);
            for (at, same) in places(&other.parameters, &self.parameters).into_iter().zip(&other.parameters) {
                if let Some(parameter) = at.and_then(|at| self.parameters.get_mut(at)) {
                    parameter.fill(*same);
                }
            }
        } else if other.parameters.len() == self.parameters.len() {
            for (parameter, same) in self.parameters.iter_mut().zip(&other.parameters) {
                parameter.fill(*same);
            }
        }
        self.join_rest(other);
    }

    /// Adds what an instance says. Its parameters tell of those that are their origins, in whichever order.
    fn join_instance(&mut self, mut other: Signature) {
        if self.parameters.is_empty() {
            self.parameters = core::mem::take(&mut other.parameters);
        }
        let of: BTreeMap<Id, Parameter> = other.parameters.drain(..).map(|same| (same.declared, same)).collect();
        for parameter in &mut self.parameters {
            if let Some(same) = of.get(&parameter.declared) {
                parameter.fill(*same);
            }
        }
        self.join_rest(other);
    }

    fn join_rest(&mut self, other: Signature) {
        self.returns = self.returns.or(other.returns);
        self.is_noreturn |= other.is_noreturn;
        self.is_variadic |= other.is_variadic;
        self.has_variables |= other.has_variables;
        if self.generics.is_empty() {
            self.generics = other.generics;
        }
    }
}

/// Where in the longer list those of the shorter one are, by their types; `None` where types leave a choice.
fn places(few: &[Parameter], many: &[Parameter]) -> Vec<Option<usize>> {
    let mut first = Vec::new();
    let mut rest = many.iter().enumerate();
    for parameter in few {
        first.push(rest.find(|(_, other)| other.of == parameter.of).map(|(at, _)| at));
    }
    let mut last = Vec::new();
    let mut rest = many.iter().enumerate();
    for parameter in few.iter().rev() {
        last.push(rest.rfind(|(_, other)| other.of == parameter.of).map(|(at, _)| at));
    }
    first.into_iter().zip(last.into_iter().rev()).map(|(first, last)| first.filter(|_| first == last)).collect()
}

impl Parameter {
    fn fill(&mut self, other: Parameter) {
        self.name = self.name.or(other.name);
        self.of = self.of.or(other.of);
        self.is_artificial |= other.is_artificial;
    }
}
