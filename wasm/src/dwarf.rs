//! DWARF, versions 2 to 5: which functions there are, which copies the compiler made, their lines and types.

mod assemble;
mod attributes;
mod build;
mod declarations;
mod decompress;
mod entries;
pub(crate) mod exports;
mod files;
mod index;
pub(crate) mod layout;
mod lines;
mod names;
mod opening;
mod rows;
mod saved;
mod scope;
mod sections;
mod strings;
#[cfg(test)]
mod tests;
pub(crate) mod types;
pub(crate) mod unwind;
pub(crate) mod variables;

use alloc::vec::Vec;
use core::cell::OnceCell;

use crate::image::reader::Reader;
use crate::names::Names;
use index::Index;
use layout::DebugLayout;
use lines::Lines;
use rows::Block;
use sections::Sections;

/// The debug info of one file.
pub struct Debug {
    reader: Reader,
    layout: DebugLayout,
    sections: OnceCell<Sections>,
    index: Index,
    lines: Lines,
    paths: Option<Names>,
    types: types::Types,
    locations: OnceCell<variables::Locations>,
    unwind: unwind::Unwind,
    reply: Vec<u8>,
}

impl Debug {
    pub(crate) fn new(reader: Reader, layout: DebugLayout) -> Self {
        Debug {
            reader,
            layout,
            sections: OnceCell::new(),
            index: Index::default(),
            lines: Lines::default(),
            paths: None,
            types: types::Types::default(),
            locations: OnceCell::new(),
            unwind: unwind::Unwind::default(),
            reply: Vec::new(),
        }
    }

    fn sections(&self) -> &Sections {
        self.sections.get_or_init(|| Sections::read(&self.reader, &self.layout))
    }

    pub fn build(&mut self) {
        self.sections();
        if let Some(sections) = self.sections.get() {
            self.index = build::Builder::new(sections, &self.layout).build();
        }
    }

    pub fn load(&mut self, saved: Block) -> bool {
        match saved::load(saved) {
            Some(mut index) => {
                index.measure_reach();
                self.index = index;
                true
            }
            None => false,
        }
    }

    pub fn save(&self) -> Vec<u8> {
        saved::save(&self.index)
    }
}
