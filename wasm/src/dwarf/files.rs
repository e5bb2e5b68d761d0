//! Paths of source files, as the line table of a unit numbers them.

use alloc::vec::Vec;
use gimli::{AttributeValue, LineProgramHeader, Unit};
use hashbrown::HashMap;

use super::index::{Text, NONE};
use super::names::Names;
use super::sections::{Bytes, Sections};

/// Longer paths are damage.
const LONGEST: usize = 1 << 16;

/// Bytes of paths that are put together: units name the same files again. Beyond a part for any file, so much for each
/// byte of DIEs.
const LEAST_BUDGET: usize = 256 << 20;
const MOST_PER_BYTE: usize = 16;

/// Rows of [`super::index::Index::files`], each path once.
pub struct Files {
    pub rows: Vec<Text>,
    known: HashMap<Vec<u8>, u32>,
    budget: usize,
}

impl Files {
    pub fn new(info_size: usize) -> Self {
        let budget = info_size.saturating_mul(MOST_PER_BYTE).saturating_add(LEAST_BUDGET);
        Files { rows: Vec::new(), known: HashMap::new(), budget }
    }

    fn row(&mut self, path: Vec<u8>, names: &mut Names) -> u32 {
        self.budget = self.budget.saturating_sub(path.len());
        if let Some(row) = self.known.get(&path) {
            return *row;
        }
        let text = names.append(&path);
        if names.is_full {
            return NONE;
        }
        let row = self.rows.len() as u32;
        self.rows.push(text);
        self.known.insert(path, row);
        row
    }
}

/// The files of one unit, looked up when a DIE first names them.
pub struct UnitFiles {
    rows: Vec<u32>,
}

/// Not looked up yet.
const UNKNOWN: u32 = NONE - 1;

impl UnitFiles {
    pub fn new(unit: &Unit<Bytes>) -> Self {
        let count = unit.line_program.as_ref().map_or(0, |program| program.header().file_names().len() + 1);
        UnitFiles { rows: alloc::vec![UNKNOWN; count] }
    }

    pub fn row(&mut self, number: u64, sections: &Sections, unit: &Unit<Bytes>, files: &mut Files, names: &mut Names) -> u32 {
        let Some(known) = usize::try_from(number).ok().and_then(|at| self.rows.get_mut(at)) else {
            return NONE;
        };
        if *known == UNKNOWN {
            let header = unit.line_program.as_ref().map(|program| program.header());
            let path = header.filter(|_| files.budget > 0).and_then(|header| path(sections, unit, header, number));
            *known = path.map_or(NONE, |path| files.row(path, names));
        }
        *known
    }
}

/// Directory and name joined; the compilation directory before them where they are relative.
pub fn path(sections: &Sections, unit: &Unit<Bytes>, header: &LineProgramHeader<Bytes>, number: u64) -> Option<Vec<u8>> {
    // In DWARF 4 and before numbers begin at 1: 0 is no file.
    if number == 0 && header.version() < 5 {
        return None;
    }
    let file = header.file(number)?;
    let text = |value: AttributeValue<Bytes>| sections.text(unit, value);
    let mut path = Vec::new();
    if let Some(directory) = unit.comp_dir {
        join(&mut path, directory.slice());
    }
    if file.directory_index() != 0 || header.version() >= 5 {
        if let Some(directory) = file.directory(header).and_then(text) {
            join(&mut path, directory.slice());
        }
    }
    join(&mut path, text(file.path_name())?.slice());
    (path.len() <= LONGEST).then_some(path)
}

fn join(path: &mut Vec<u8>, part: &[u8]) {
    let is_absolute = match part {
        [b'/' | b'\\', ..] => true,
        [letter, b':', b'/' | b'\\', ..] => letter.is_ascii_alphabetic(),
        _ => false,
    };
    if is_absolute {
        path.clear();
    } else if !path.is_empty() && !part.is_empty() && !path.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(part);
}
