//! What lies directly within one copy of a function: its parameters, its variables, and the blocks that declare them.

use alloc::rc::Rc;
use alloc::vec::Vec;
use gimli::AttributeValue;

use super::location::Range;
use super::order::ordered;
use super::variable::Variable;
use super::Reading;
use crate::dwarf::attributes::{High, Said};
use crate::dwarf::index::NONE;
use crate::dwarf::sections::Bytes;
use crate::dwarf::types::damaged;
use crate::dwarf::types::dies::{Die, Dies};
use crate::dwarf::types::units::{Id, Open};
use crate::image::failure::Failure;
use crate::image::wire::Wire;

/// What a range takes in the reply.
const RANGE: usize = 16;

const EXTERNAL: u8 = 1;
const NOCALL: u8 = 2;
const SPECIFIED: u8 = 4;

#[derive(Default)]
struct Children {
    blocks: Vec<Vec<Range>>,
    parameters: Vec<Variable>,
    variables: Vec<Variable>,
}

#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    All,
    Parameters,
}

/// What the DIE of a copy and those that it is an instance of say of the function.
#[derive(Default)]
struct Facts {
    is_external: bool,
    is_nocall: bool,
    /// Its declaration is apart, within a type.
    is_specified: bool,
}

impl Facts {
    fn flags(&self) -> u8 {
        let flag = |is: bool, bit: u8| if is { bit } else { 0 };
        flag(self.is_external, EXTERNAL) | flag(self.is_nocall, NOCALL) | flag(self.is_specified, SPECIFIED)
    }

    fn note(&mut self, die: &Die) {
        self.is_external |= die.flag(gimli::DW_AT_external);
        self.is_nocall |=
            matches!(die.value(gimli::DW_AT_calling_convention), Some(AttributeValue::CallingConvention(gimli::DW_CC_nocall)));
    }
}

impl Reading<'_> {
    /// `frame` is the DIE of the code out of line that the copy at `id` is in, which may be itself.
    pub fn scope(&mut self, id: Id, frame: Id) -> Result<Vec<u8>, Failure> {
        let open = self.units.of(id, self.sections)?;
        let mut dies = open.dies(id)?;
        let mut die = Die::default();
        dies.first(&mut die)?;
        if !matches!(die.tag, gimli::DW_TAG_subprogram | gimli::DW_TAG_inlined_subroutine) {
            return Err(Failure::input("its debug info has no function there"));
        }
        let mut facts = Facts::default();
        facts.note(&die);
        let first = self.link(&open, &die)?;
        let children = self.children(&open, &mut dies, &die, Wanted::All)?;
        let mut parameters = children.parameters;
        self.follow(first, |reading, link, open, die| {
            facts.note(die);
            facts.is_specified |= !link.is_origin;
            if link.is_origin {
                let mut dies = open.dies(link.to)?;
                dies.first(&mut Die::default())?;
                let instance = reading.children(open, &mut dies, die, Wanted::Parameters)?.parameters;
                let instance = instance.into_iter().map(Variable::nowhere).collect();
                parameters = ordered(core::mem::take(&mut parameters), instance);
            }
            Ok(())
        })?;
        let mut wire = Wire::default();
        self.write_frame_base(&mut wire, frame)?;
        wire.u8(facts.flags());
        self.write_unit(&mut wire, &open)?;
        write_blocks(&mut wire, &children.blocks);
        wire.u32((parameters.len() + children.variables.len()) as u32);
        for variable in parameters.iter().chain(&children.variables) {
            self.write_variable(&mut wire, &open, variable)?;
        }
        Ok(wire.finish())
    }

    fn write_frame_base(&mut self, wire: &mut Wire, frame: Id) -> Result<(), Failure> {
        let open = self.units.of(frame, self.sections)?;
        let mut die = Die::default();
        open.dies(frame)?.first(&mut die)?;
        self.write_locations(wire, &open, die.value(gimli::DW_AT_frame_base))
    }

    fn write_unit(&mut self, wire: &mut Wire, open: &Open) -> Result<(), Failure> {
        let root = open.unit.entry(open.unit.header.root_offset()).map_err(damaged)?;
        let producer = root.attr_value(gimli::DW_AT_producer).and_then(|value| open.text(value, self.sections));
        self.spend(producer.map_or(0, |producer| producer.slice().len()))?;
        wire.u32(open.language);
        wire.optional(producer.as_ref().map(|producer| producer.slice()));
        Ok(())
    }

    /// Of the DIE just read. Blocks may nest as deep as they like: nothing here calls itself.
    fn children(&mut self, open: &Rc<Open>, dies: &mut Dies<'_>, parent: &Die, wanted: Wanted) -> Result<Children, Failure> {
        let mut found = Children::default();
        if !parent.has_children {
            return Ok(found);
        }
        let top = dies.depth();
        // How deep the children of what is open lie, and their block.
        let mut levels = alloc::vec![(top, NONE)];
        let mut die = Die::default();
        while !dies.is_empty() && dies.depth() >= top {
            let depth = dies.depth();
            while levels.len() > 1 && levels.last().is_some_and(|(level, _)| *level > depth) {
                levels.pop();
            }
            let (level, block) = levels[levels.len() - 1];
            if depth > level {
                dies.read_some(&mut die, |_| false)?;
                continue;
            }
            if !dies.read(&mut die)? {
                continue;
            }
            match die.tag {
                gimli::DW_TAG_formal_parameter => found.parameters.push(self.variable(open, &die, block)?),
                gimli::DW_TAG_GNU_formal_parameter_pack => levels.push((depth + 1, block)),
                gimli::DW_TAG_variable if wanted == Wanted::All && !die.flag(gimli::DW_AT_declaration) => {
                    found.variables.push(self.variable(open, &die, block)?);
                }
                gimli::DW_TAG_lexical_block | gimli::DW_TAG_try_block | gimli::DW_TAG_catch_block
                    if wanted == Wanted::All && die.has_children =>
                {
                    let block = match self.ranges(open, &die)? {
                        Some(ranges) => {
                            found.blocks.push(ranges);
                            found.blocks.len() as u32 - 1
                        }
                        None => block,
                    };
                    levels.push((depth + 1, block));
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Of live code. `None`: it has no addresses of its own, so they are those of what is around it.
    fn ranges(&mut self, open: &Open, die: &Die) -> Result<Option<Vec<Range>>, Failure> {
        self.spend_attributes(die.attributes().len())?;
        let mut said = Said::default();
        for attribute in die.attributes() {
            said.note(attribute.name(), attribute.value(), &open.unit, self.sections);
        }
        let mut ranges = Vec::new();
        match (said.ranges, said.low) {
            (Some(list), _) => self.read_ranges(open, list, &mut ranges)?,
            (None, Some(low)) => {
                let end = match said.high {
                    Some(High::Address(end)) => end,
                    Some(High::Size(size)) => low.saturating_add(size),
                    None => low,
                };
                self.push_range(&mut ranges, (low, end))?;
            }
            (None, None) => return Ok(None),
        }
        ranges.sort_unstable();
        Ok(Some(ranges))
    }

    fn read_ranges(&mut self, open: &Open, list: AttributeValue<Bytes>, ranges: &mut Vec<Range>) -> Result<(), Failure> {
        let list = self.sections.dwarf.attr_ranges(&open.unit, list).map_err(damaged)?;
        let mut list = list.ok_or_else(|| damaged("the ranges of a block are none"))?;
        while let Some(raw) = list.next_raw().map_err(damaged)? {
            self.spend(RANGE)?;
            if let Some(range) = list.convert_raw(raw).map_err(damaged)? {
                self.push_range(ranges, (range.begin, range.end))?;
            }
        }
        Ok(())
    }

    fn push_range(&mut self, ranges: &mut Vec<Range>, (start, end): Range) -> Result<(), Failure> {
        self.spend(RANGE)?;
        if start < end && start != 0 && self.layout.holds_code(start) {
            ranges.push((start, end));
        }
        Ok(())
    }
}

fn write_blocks(wire: &mut Wire, blocks: &[Vec<Range>]) {
    wire.u32(blocks.len() as u32);
    for ranges in blocks {
        wire.u32(ranges.len() as u32);
        for (start, end) in ranges {
            wire.u64(*start);
            wire.u64(*end);
        }
    }
}
