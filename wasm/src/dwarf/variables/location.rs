//! Location descriptions: one for as long as a scope is under way, or a list of them by address.

use alloc::vec::Vec;
use gimli::{AttributeValue, LocationListsOffset, RawLocListEntry};

use super::Reading;
use crate::dwarf::sections::Bytes;
use crate::dwarf::types::damaged;
use crate::dwarf::types::units::Open;
use crate::image::failure::Failure;
use crate::image::wire::Wire;

/// What an entry takes in the reply, but for its operations.
const ENTRY: usize = 24;

/// Half-open.
pub type Range = (u64, u64);

/// `None`: as long as the scope.
type Located = (Option<Range>, Bytes);

impl Reading<'_> {
    /// DW_AT_location or DW_AT_frame_base of a DIE in the unit.
    pub fn write_locations(&mut self, wire: &mut Wire, open: &Open, value: Option<AttributeValue<Bytes>>) -> Result<(), Failure> {
        let located = match value {
            None => Vec::new(),
            Some(AttributeValue::Exprloc(expression)) => alloc::vec![(None, expression.0)],
            Some(AttributeValue::LocationListsRef(offset)) => self.list(open, offset)?,
            Some(AttributeValue::DebugLocListsIndex(index)) => {
                let lists = (self.locations)().lists()?;
                let offset = lists.get_offset(open.unit.encoding(), open.unit.loclists_base, index).map_err(damaged)?;
                self.list(open, offset)?
            }
            Some(_) => return Err(damaged("a location is no expression and no list")),
        };
        wire.u32(located.len() as u32);
        for (range, expression) in located {
            self.spend(ENTRY)?;
            wire.u8(range.is_some() as u8);
            let (start, end) = range.unwrap_or_default();
            wire.u64(start);
            wire.u64(end);
            self.write_expression(wire, open, expression)?;
        }
        Ok(())
    }

    /// The entries for live code. A default location holds wherever no other one does.
    fn list(&mut self, open: &Open, offset: LocationListsOffset) -> Result<Vec<Located>, Failure> {
        let unit = &open.unit;
        let lists = (self.locations)().lists()?;
        // An empty list would say that the variable is nowhere.
        if !(self.locations)().covers(unit.header.version(), offset.0) {
            return Err(damaged("a list of locations is not there"));
        }
        let mut entries = lists
            .locations(offset, unit.encoding(), unit.low_pc, &self.sections.dwarf.debug_addr, unit.addr_base)
            .map_err(damaged)?;
        let mut located: Vec<Located> = Vec::new();
        let mut default = None;
        while let Some(raw) = entries.next_raw().map_err(damaged)? {
            self.spend(ENTRY)?;
            let is_default = matches!(raw, RawLocListEntry::DefaultLocation { .. });
            let Some(entry) = entries.convert_raw(raw).map_err(damaged)? else { continue };
            let (start, end) = (entry.range.begin, entry.range.end);
            if is_default {
                default = Some(entry.data.0);
            } else if start != 0 && self.layout.holds_code(start) {
                located.push((Some((start, end)), entry.data.0));
            }
        }
        if let Some(default) = default {
            let taken = located.iter().filter_map(|(range, _)| *range).collect();
            self.spend(ENTRY * located.len())?;
            located.extend(between(taken).into_iter().map(|gap| (Some(gap), default)));
        }
        Ok(located)
    }
}

/// The addresses that none of the ranges covers.
fn between(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut gaps = Vec::new();
    let mut behind = 0;
    for (start, end) in ranges {
        if start > behind {
            gaps.push((behind, start));
        }
        behind = behind.max(end);
    }
    if behind < u64::MAX {
        gaps.push((behind, u64::MAX));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn gaps() {
        assert_eq!(between(vec![]), [(0, u64::MAX)]);
        assert_eq!(between(vec![(30, 40), (10, 20), (15, 25)]), [(0, 10), (25, 30), (40, u64::MAX)]);
        assert_eq!(between(vec![(0, 10), (10, u64::MAX)]), []);
    }
}
