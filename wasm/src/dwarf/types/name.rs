//! Names of types with the namespaces and types around them.

use alloc::vec::Vec;
use gimli::AttributeValue;

use super::dies::Die;
use super::units::{Id, Open, Units};
use crate::dwarf::sections::{Bytes, Sections};

/// A declaration that refers to a declaration and so on.
const LONGEST_CHAIN: usize = 8;
const LONGEST_PATH: usize = 1 << 16;

/// C has no scopes for types, wherever a compiler nests them.
fn is_c(language: u32) -> bool {
    let language = gimli::DwLang(language as u16);
    matches!(
        language,
        gimli::DW_LANG_C89 | gimli::DW_LANG_C | gimli::DW_LANG_C99 | gimli::DW_LANG_C11 | gimli::DW_LANG_C17 | gimli::DW_LANG_ObjC
    )
}

impl Units {
    /// The DIE's name and what encloses it, joined by `::`; nothing where it has no name.
    pub fn path(&mut self, open: &Open, die: &Die, sections: &Sections) -> Option<Vec<u8>> {
        let mut segments: Vec<Bytes> = Vec::new();
        // What is defined outside of its scope has its declaration in there.
        if let Some(declared) = die.value(gimli::DW_AT_specification) {
            self.declared(open, declared, sections, &mut segments, 0);
        }
        if segments.is_empty() {
            segments.push(open.text(die.value(gimli::DW_AT_name)?, sections)?);
            if !is_c(open.language) {
                self.around(open, die.id, sections, &mut segments, 0);
            }
        }
        join(&segments)
    }

    fn around(&mut self, open: &Open, id: Id, sections: &Sections, segments: &mut Vec<Bytes>, links: usize) {
        let (names, declared) = open.scopes(sections).around(id);
        segments.extend(names);
        if let Some(declared) = declared {
            self.declared(open, declared, sections, segments, links);
        }
    }

    /// The name and scopes of the declaration that `reference` in `open` refers to.
    fn declared(&mut self, open: &Open, reference: AttributeValue<Bytes>, sections: &Sections, segments: &mut Vec<Bytes>, links: usize) {
        let id = self.reference(open, reference);
        if links >= LONGEST_CHAIN {
            return;
        }
        let Ok(open) = self.of(id, sections) else { return };
        let mut die = Die::default();
        if open.dies(id).and_then(|mut dies| dies.first(&mut die)).is_err() {
            return;
        }
        match die.value(gimli::DW_AT_name).and_then(|name| open.text(name, sections)) {
            Some(name) => {
                segments.push(name);
                self.around(&open, id, sections, segments, links + 1);
            }
            None => {
                if let Some(next) = die.value(gimli::DW_AT_specification) {
                    self.declared(&open, next, sections, segments, links + 1);
                }
            }
        }
    }
}

/// Joins segments given from the innermost to the outermost; a path that is too long loses its beginning.
fn join(segments: &[Bytes]) -> Option<Vec<u8>> {
    let mut length = 0;
    let fitting = segments.iter().take_while(|segment| {
        length += segment.len() + 2;
        length <= LONGEST_PATH
    });
    let kept: Vec<&[u8]> = fitting.map(|segment| segment.slice()).collect();
    let mut path = Vec::with_capacity(length);
    for segment in kept.iter().rev() {
        if !path.is_empty() {
            path.extend_from_slice(b"::");
        }
        path.extend_from_slice(segment);
    }
    (!path.is_empty()).then_some(path)
}
