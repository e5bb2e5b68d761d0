//! What encloses the DIEs of a unit: a DIE doesn't say where it is nested.

use alloc::vec::Vec;
use gimli::DwTag;

use super::dies::{Die, Dies};
use super::units::{Id, Open};
use crate::dwarf::index::NONE;
use crate::dwarf::sections::{Bytes, Sections};
use crate::image::failure::Failure;

struct Scope {
    start: Id,
    end: Id,
    parent: u32,
    name: Option<Bytes>,
    /// The declaration that has the name and is in the right place, for a class defined outside of its scope.
    declared: Option<gimli::AttributeValue<Bytes>>,
}

/// Namespaces and types with something inside, by offset.
#[derive(Default)]
pub struct Scopes {
    rows: Vec<Scope>,
}

/// Segments of one path; scopes further inside are none.
const DEEPEST: usize = 256;

pub fn is_scope(tag: DwTag) -> bool {
    matches!(
        tag,
        gimli::DW_TAG_namespace
            | gimli::DW_TAG_module
            | gimli::DW_TAG_structure_type
            | gimli::DW_TAG_class_type
            | gimli::DW_TAG_union_type
            | gimli::DW_TAG_enumeration_type
            | gimli::DW_TAG_interface_type
    )
}

impl Scopes {
    /// Of a damaged unit, those before the damage.
    pub fn read(open: &Open, sections: &Sections) -> Self {
        let mut scopes = Scopes::default();
        let mut inside: Vec<(u32, isize)> = Vec::new();
        if let Ok(mut dies) = open.all() {
            // What was read before an error is kept.
            let _ = scopes.walk(&mut dies, &mut inside, sections);
        }
        for (row, _) in inside {
            scopes.rows[row as usize].end = Id::MAX;
        }
        scopes
    }

    fn walk(&mut self, dies: &mut Dies<'_>, inside: &mut Vec<(u32, isize)>, sections: &Sections) -> Result<(), Failure> {
        let mut die = Die::default();
        while !dies.is_empty() {
            let depth = dies.depth();
            let found = dies.read_some(&mut die, is_scope)?;
            while let Some((row, _)) = inside.pop_if(|(_, level)| *level >= depth) {
                self.rows[row as usize].end = die.id;
            }
            if found && die.has_children && is_scope(die.tag) && inside.len() < DEEPEST {
                let name = die.value(gimli::DW_AT_name).and_then(|name| dies.open.text(name, sections));
                let anonymous = || Bytes::new(b"(anonymous namespace)", sections.endian);
                inside.push((self.rows.len() as u32, depth));
                self.rows.push(Scope {
                    start: die.id,
                    end: Id::MAX,
                    parent: inside.len().checked_sub(2).map_or(NONE, |above| inside[above].0),
                    name: name.or_else(|| (die.tag == gimli::DW_TAG_namespace).then(anonymous)),
                    declared: die.value(gimli::DW_AT_specification),
                });
            }
        }
        Ok(())
    }

    /// Names around a DIE, the innermost first. The last item is what tells of the outermost one, where it was declared
    /// elsewhere: the names around that follow.
    pub fn around(&self, id: Id) -> (Vec<Bytes>, Option<gimli::AttributeValue<Bytes>>) {
        let mut names = Vec::new();
        let mut row = self.rows.partition_point(|scope| scope.start < id).checked_sub(1).map_or(NONE, |row| row as u32);
        for _ in 0..DEEPEST {
            let Some(scope) = self.rows.get(row as usize) else { break };
            if id < scope.end {
                if scope.declared.is_some() {
                    return (names, scope.declared);
                }
                names.extend(scope.name);
            }
            row = scope.parent;
        }
        (names, None)
    }
}
