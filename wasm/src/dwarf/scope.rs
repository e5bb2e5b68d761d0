//! What encloses the DIE that is being read.

use alloc::vec::Vec;

use super::declarations::Declarations;
use super::index::NONE;
use super::opening::Unreadable;
use super::attributes::Name;

/// Levels of namespaces, types, functions and inlined instances in each other; sound ones are some hundred.
const DEEPEST: usize = 1 << 16;

#[derive(Clone, Copy)]
pub enum Scope {
    /// A namespace or type, which gives names inside it a segment.
    Named(Option<Name>),
    /// A function or an inlined instance: its row, [`NONE`] where it has no live code; and its declaration's.
    Code { copy: u32, declaration: u32 },
}

struct Level {
    scope: Scope,
    depth: isize,
    /// The copy that code directly inside belongs to; `None` outside of functions.
    code: Option<u32>,
    /// The scope's row, once something inside needed it. Worked out once: nesting may be deep, and hold many functions.
    row: Option<u32>,
}

#[derive(Default)]
pub struct Levels(Vec<Level>);

impl Levels {
    pub fn push(&mut self, scope: Scope, depth: isize) -> Result<(), Unreadable> {
        if self.0.len() >= DEEPEST {
            return Err(Unreadable::Excessive("a deeper nesting"));
        }
        let code = match scope {
            Scope::Code { copy, .. } => Some(copy),
            Scope::Named(_) => self.code(),
        };
        self.0.push(Level { scope, depth, code, row: None });
        Ok(())
    }

    /// The innermost level, if it lies at `depth` or deeper.
    pub fn pop(&mut self, depth: isize) -> Option<Scope> {
        let is_left = self.0.last().is_some_and(|level| level.depth >= depth);
        is_left.then(|| self.0.pop()).flatten().map(|level| level.scope)
    }

    /// The copy around; [`NONE`] within code that the linker discarded; `None` outside of functions.
    pub fn code(&self) -> Option<u32> {
        self.0.last().and_then(|level| level.code)
    }

    /// The row of the innermost scope with a name, or [`NONE`].
    pub fn scope_row(&mut self, declarations: &mut Declarations) -> u32 {
        let known = self.0.iter().rposition(|level| level.row.is_some());
        let mut row = known.and_then(|at| self.0[at].row).unwrap_or(NONE);
        for level in &mut self.0[known.map_or(0, |at| at + 1)..] {
            let name = match level.scope {
                Scope::Named(name) => name,
                Scope::Code { declaration, .. } => declarations.name(declaration),
            };
            if name.is_some() {
                row = declarations.add_scope(row, name);
            }
            level.row = Some(row);
        }
        row
    }
}
