//! Types and signatures, read from their DIEs when they are asked for.

mod attributes;
pub(super) mod dies;
pub(crate) mod exports;
mod member;
mod name;
mod node;
mod record;
mod scopes;
mod segment;
mod shape;
mod signature;
mod survey;
pub(super) mod units;
mod variant;
pub(super) mod write;

use super::sections::Sections;
use crate::image::failure::Failure;
use survey::Survey;
use units::Units;

/// What was worked out for earlier questions.
#[derive(Default)]
pub struct Types {
    units: Option<Units>,
    survey: Option<Survey>,
}

impl Types {
    pub(super) fn units(&mut self, sections: &Sections) -> &mut Units {
        self.units.get_or_insert_with(|| Units::list(sections))
    }
}

pub(super) fn damaged(error: impl core::fmt::Display) -> Failure {
    Failure::input(&alloc::format!("its debug info is damaged: {error}"))
}
