//! Call frame information: where a function's frame is, at each of its instructions.
#![allow(clippy::missing_safety_doc)]

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use gimli::{
    BaseAddresses, CfaRule, CieOrFde, CommonInformationEntry, DebugFrame, EhFrame, SectionId, UnwindContext, UnwindOffset,
    UnwindSection, Vendor,
};

use super::layout::DebugLayout;
use super::sections::{Bytes, Late};
use super::Debug;
use crate::image::wire::Wire;

/// The FDE of code at `start..end`.
struct Row {
    start: u64,
    end: u64,
    offset: usize,
}

struct Table<S> {
    section: S,
    bases: BaseAddresses,
    /// By start.
    rows: Vec<Row>,
    _owned: Late,
}

/// What the host gives of the image beside its `.eh_frame`.
#[derive(Clone, Copy)]
struct Machine {
    address_size: u8,
    vendor: Vendor,
}

#[derive(Default)]
pub struct Unwind {
    own: Option<Table<EhFrame<Bytes>>>,
    debug: Option<Table<DebugFrame<Bytes>>>,
    context: Option<Box<UnwindContext<usize>>>,
}

impl<S: UnwindSection<Bytes>> Table<S> {
    /// Of live code; entries before a damaged one count.
    fn new(section: S, bases: BaseAddresses, owned: Late, layout: &DebugLayout) -> Self {
        let mut rows = Vec::new();
        let mut known: BTreeMap<usize, CommonInformationEntry<Bytes>> = BTreeMap::new();
        let mut entries = section.entries(&bases);
        while let Ok(Some(entry)) = entries.next() {
            let CieOrFde::Fde(partial) = entry else { continue };
            let fde = partial.parse(|section, bases, offset| {
                let at: usize = UnwindOffset::into(offset);
                if let Some(cie) = known.get(&at) {
                    return Ok(cie.clone());
                }
                let cie = section.cie_from_offset(bases, offset)?;
                known.insert(at, cie.clone());
                Ok(cie)
            });
            let Ok(fde) = fde else { continue };
            let (start, end) = (fde.initial_address(), fde.end_address());
            if start < end && start != 0 && layout.holds_code(start) {
                rows.push(Row { start, end, offset: fde.offset() });
            }
        }
        rows.sort_by_key(|row| row.start);
        Table { section, bases, rows, _owned: owned }
    }

    /// `None` where nothing says it, or only an expression that the running program would have to work out.
    fn frame_address(&self, context: &mut UnwindContext<usize>, address: u64) -> Option<(u16, i64)> {
        let after = self.rows.partition_point(|row| row.start <= address);
        let row = self.rows[..after].last().filter(|row| address < row.end)?;
        let offset = S::Offset::from(row.offset);
        let fde = self.section.fde_from_offset(&self.bases, offset, |section, bases, offset| section.cie_from_offset(bases, offset));
        let rules = fde.ok()?;
        match rules.unwind_info_for_address(&self.section, &self.bases, context, address).ok()?.cfa() {
            CfaRule::RegisterAndOffset { register, offset } => Some((register.0, *offset)),
            CfaRule::Expression(_) => None,
        }
    }
}

impl Debug {
    /// Takes the image's `.eh_frame`, which a separate debug file lacks, and reads `.debug_frame` of the debug info.
    fn take_frames(&mut self, bytes: Box<[u8]>, at: u64, machine: Machine) {
        self.sections();
        let Some(sections) = self.sections.get() else { return };
        let owned = Late::new(bytes, sections.endian);
        let mut own = EhFrame::from(owned.bytes);
        own.set_address_size(machine.address_size);
        own.set_vendor(machine.vendor);
        self.unwind.own = Some(Table::new(own, BaseAddresses::default().set_eh_frame(at), owned, &self.layout));
        if let Ok(owned) = Late::read(&self.reader, &self.layout, sections, SectionId::DebugFrame) {
            let mut debug = DebugFrame::from(owned.bytes);
            debug.set_address_size(machine.address_size);
            debug.set_vendor(machine.vendor);
            self.unwind.debug = Some(Table::new(debug, BaseAddresses::default(), owned, &self.layout));
        }
    }

    fn frame_address(&mut self, address: u64) -> Option<(u16, i64)> {
        let Unwind { own, debug, context } = &mut self.unwind;
        let context = context.get_or_insert_with(|| Box::new(UnwindContext::new()));
        let found = own.as_ref().and_then(|table| table.frame_address(context, address));
        found.or_else(|| debug.as_ref()?.frame_address(context, address))
    }
}

/// The `len` bytes of `.eh_frame`, which lies at `address`; the vendor is 1 for AArch64, whose rules have more than
/// others. Called once, before `debug_frame_address`.
#[no_mangle]
pub unsafe extern "C" fn debug_take_frames(debug: *mut Debug, bytes: *const u8, len: usize, address: u64, address_size: u32, vendor: u32) {
    let bytes = core::slice::from_raw_parts(bytes, len);
    let vendor = if vendor == 1 { Vendor::AArch64 } else { Vendor::Default };
    (*debug).take_frames(bytes.into(), address, Machine { address_size: address_size as u8, vendor });
}

/// The canonical frame address at an instruction, in the reply: whether it is known, a register, what is added to it.
#[no_mangle]
pub unsafe extern "C" fn debug_frame_address(debug: *mut Debug, address: u64) {
    let found = (*debug).frame_address(address);
    let (register, offset) = found.unwrap_or_default();
    let mut wire = Wire::default();
    wire.u8(found.is_some() as u8);
    wire.u32(register.into());
    wire.u64(offset as u64);
    (*debug).reply = wire.finish();
}
