//! Parameters and variables of one copy of a function, and where they live.

mod constant;
pub(crate) mod exports;
mod expression;
mod location;
mod order;
mod scope;
mod variable;

use alloc::string::String;
use gimli::{DebugLoc, DebugLocLists, LocationLists, SectionId};

use super::layout::DebugLayout;
use super::sections::{Bytes, Late, Sections};
use super::types::units::Units;
use crate::image::failure::Failure;
use crate::image::reader::Reader;

/// Bytes that one copy's variables and locations may take, and attributes read for them. Sound ones need some thousand;
/// in a damaged file one long list may belong to very many.
const LARGEST_REPLY: usize = 16 << 20;
const MOST_ATTRIBUTES: usize = 4 << 20;

/// `.debug_loc` and `.debug_loclists`, as large as the rest together: read when something first lives in several places.
pub struct Locations {
    lists: LocationLists<Bytes>,
    /// Why a section is not read.
    problem: Option<String>,
    owned: [Option<Late>; 2],
}

impl Locations {
    pub fn read(reader: &Reader, layout: &DebugLayout, sections: &Sections) -> Self {
        let mut problem = None;
        let owned = [SectionId::DebugLoc, SectionId::DebugLocLists].map(|id| match Late::read(reader, layout, sections, id) {
            Ok(section) => Some(section),
            Err(reason) => {
                problem = Some(reason);
                None
            }
        });
        let [old, new] = owned.each_ref().map(|section| section.as_ref().map_or(Bytes::new(&[], sections.endian), |late| late.bytes));
        Locations { lists: LocationLists::new(DebugLoc::from(old), DebugLocLists::from(new)), problem, owned }
    }

    fn lists(&self) -> Result<&LocationLists<Bytes>, Failure> {
        match &self.problem {
            None => Ok(&self.lists),
            Some(problem) => Err(Failure::input(problem)),
        }
    }

    /// Whether a list of a unit of this version can begin there.
    fn covers(&self, version: u16, offset: usize) -> bool {
        let [old, new] = &self.owned;
        let section = if version >= 5 { new } else { old };
        section.as_ref().is_some_and(|section| offset < section.bytes.len())
    }
}

pub struct Reading<'a> {
    units: &'a mut Units,
    sections: &'a Sections,
    layout: &'a DebugLayout,
    locations: &'a dyn Fn() -> &'a Locations,
    reply_budget: usize,
    attribute_budget: usize,
}

impl Reading<'_> {
    /// Before anything is written, its size.
    fn spend(&mut self, bytes: usize) -> Result<(), Failure> {
        let left = self.reply_budget.checked_sub(bytes);
        self.reply_budget = left.ok_or_else(|| Failure::input("its debug info is damaged: more variables and locations than a function has"))?;
        Ok(())
    }

    fn spend_attributes(&mut self, count: usize) -> Result<(), Failure> {
        let left = self.attribute_budget.checked_sub(count);
        self.attribute_budget = left.ok_or_else(|| Failure::input("its debug info is damaged: more attributes than a function has"))?;
        Ok(())
    }
}
