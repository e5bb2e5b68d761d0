//! The symbol table of COFF objects, which images made by GNU tools have too.

use alloc::boxed::Box;
use alloc::vec::Vec;
use object::pe;
use object::pod;
use object::read::coff::{CoffHeader, Symbol as _};
use object::LittleEndian as LE;

use super::failure::Failure;
use super::native::padded;
use super::reader::Reader;
use super::strings::Strings;
use super::table::{
    Kind, Symbol, Table, GLOBAL, LOCAL, MAPPING, SECTION_ABSOLUTE, SECTION_COMMON, SECTION_UNDEFINED, SECTION_UNKNOWN,
    UNDEFINED, WEAK,
};

/// Where a symbol table is; its names follow it.
#[derive(Clone, Copy)]
pub struct Source {
    offset: u64,
    count: u64,
    is_big: bool,
}

impl Source {
    /// None if the file has no symbols.
    pub fn of<C: CoffHeader>(header: &C) -> Option<Self> {
        let (offset, count) = (header.pointer_to_symbol_table(), header.number_of_symbols());
        (offset != 0 && count != 0).then_some(Source {
            offset: offset.into(),
            count: count.into(),
            is_big: C::is_type_bigobj(),
        })
    }

    fn width(&self) -> u64 {
        match self.is_big {
            true => core::mem::size_of::<pe::ImageSymbolEx>() as u64,
            false => core::mem::size_of::<pe::ImageSymbol>() as u64,
        }
    }

    fn records(&self, reader: &Reader) -> Result<Box<[u8]>, Failure> {
        if !reader.covers(self.offset, self.count * self.width()) {
            return Err(Failure::input("its symbol table lies outside the file"));
        }
        reader.take(self.offset, self.count * self.width())
    }

    /// The string table with the length it begins with, so that offsets count from its start.
    pub fn strings(&self, reader: &Reader) -> Result<Box<[u8]>, Failure> {
        let at = self.offset + self.count * self.width();
        let mut length = [0u8; 4];
        if !reader.covers(at, 4) {
            return Ok(Box::default());
        }
        reader.fill(at, &mut length)?;
        let length = u32::from_le_bytes(length).into();
        if !reader.covers(at, length) {
            return Err(Failure::input("its symbol names lie outside the file"));
        }
        reader.take(at, length)
    }
}

/// What being defined in a section says of a symbol.
struct Home {
    address: u64,
    letter: u8,
    kind: Kind,
}

/// Adds every named symbol. In an image addresses count from `base`; in an object, where sections have none, from the
/// section's start.
pub fn add(
    reader: &Reader,
    source: &Source,
    sections: &[pe::ImageSectionHeader],
    names: &[Vec<u8>],
    base: u64,
    table: &mut Table,
) -> Result<(), Failure> {
    let records = table.keep(source.records(reader)?);
    let strings = Strings::new(table.keep(source.strings(reader)?));
    let homes = sections
        .iter()
        .zip(names)
        .map(|(section, name)| Home {
            address: base.wrapping_add(section.virtual_address.get(LE).into()),
            letter: section_letter(section.characteristics.get(LE), name),
            kind: match section.characteristics.get(LE) {
                flags if flags.0 & pe::IMAGE_SCN_CNT_CODE.0 != 0 => Kind::Function,
                _ if name == b".tls" || name.starts_with(b".tls$") => Kind::Tls,
                _ => Kind::Data,
            },
        })
        .collect();
    table.symbols.reserve(source.count as usize);
    let builder = Builder { strings, homes, table };
    match source.is_big {
        true => builder.read::<pe::AnonObjectHeaderBigobj>(records),
        false => builder.read::<pe::ImageFileHeader>(records),
    }
}

/// As llvm-nm tells sections.
fn section_letter(flags: pe::SectionFlags, name: &[u8]) -> u8 {
    let has = |flag: pe::SectionFlags| flags.0 & flag.0 != 0;
    if name.starts_with(b".idata") || (has(pe::IMAGE_SCN_LNK_INFO) && !has(pe::IMAGE_SCN_CNT_CODE)) {
        b'i'
    } else if has(pe::IMAGE_SCN_CNT_CODE) {
        b't'
    } else if has(pe::IMAGE_SCN_CNT_INITIALIZED_DATA) {
        if has(pe::IMAGE_SCN_MEM_WRITE) {
            b'd'
        } else {
            b'r'
        }
    } else if has(pe::IMAGE_SCN_CNT_UNINITIALIZED_DATA) {
        b'b'
    } else {
        b'?'
    }
}

struct Builder<'a> {
    strings: Strings,
    homes: Vec<Home>,
    table: &'a mut Table,
}

impl Builder<'_> {
    fn read<C: CoffHeader>(mut self, records: &'static [u8]) -> Result<(), Failure> {
        let count = records.len() / core::mem::size_of::<C::SymbolBytes>();
        let (records, _) = pod::slice_from_bytes::<C::SymbolBytes>(records, count)
            .map_err(|()| Failure::input("its symbol table is damaged"))?;
        let mut at = 0;
        while let Some(record) = records.get(at) {
            let Ok((raw, _)) = pod::from_bytes::<C::Symbol>(pod::bytes_of(record)) else { break };
            let first = at + 1;
            at = first + raw.number_of_aux_symbols() as usize;
            let auxiliary = records.get(first..at).map(pod::bytes_of_slice).unwrap_or_default();
            let mut symbol = self.decode(raw);
            if raw.has_aux_weak_external() {
                let field = |at: usize| auxiliary.get(at..at + 4).map_or([0; 4], |bytes| [bytes[0], bytes[1], bytes[2], bytes[3]]);
                // What an alias stands for, unless the linker finds another definition of its name.
                let default = records.get(u32::from_le_bytes(field(0)) as usize).map(pod::bytes_of);
                if field(4) == pe::IMAGE_WEAK_EXTERN_SEARCH_ALIAS.0.to_le_bytes() {
                    let default = default.and_then(|bytes| pod::from_bytes::<C::Symbol>(bytes).ok());
                    stand_for(&mut symbol, default.map(|(raw, _)| self.decode(raw)));
                }
            }
            self.add(symbol, raw, auxiliary)?;
        }
        Ok(())
    }

    fn add<S: object::read::coff::Symbol>(
        &mut self,
        mut symbol: Symbol,
        raw: &'static S,
        auxiliary: &'static [u8],
    ) -> Result<(), Failure> {
        let field = raw.raw_name();
        symbol.rename(match symbol.kind {
            Kind::File if !auxiliary.is_empty() => padded(auxiliary),
            _ if field[0] == 0 => self.strings.name(u32::from_le_bytes([field[4], field[5], field[6], field[7]]))?,
            _ => padded(field),
        });
        if !symbol.has_name() {
            return Ok(());
        }
        let begins = |start: &[u8]| symbol.name().starts_with(start);
        let (debugging, label) = (begins(b".debug") || begins(b".sxdata"), begins(b".L") || begins(b"$"));
        if debugging {
            symbol.letter = b'N';
        }
        if label && symbol.binding == LOCAL && symbol.kind == Kind::None {
            symbol.flags |= MAPPING;
        }
        self.table.symbols.push(symbol);
        Ok(())
    }

    fn decode<S: object::read::coff::Symbol>(&self, raw: &S) -> Symbol {
        let class = raw.storage_class();
        let weak = class == pe::IMAGE_SYM_CLASS_WEAK_EXTERNAL;
        let external = weak || class == pe::IMAGE_SYM_CLASS_EXTERNAL;
        let value: u64 = raw.value().into();
        let number = raw.section_number();
        let home = number.index().and_then(|index| self.homes.get(index as usize - 1));
        let section = match number {
            pe::IMAGE_SYM_ABSOLUTE | pe::IMAGE_SYM_DEBUG => SECTION_ABSOLUTE,
            pe::IMAGE_SYM_UNDEFINED if external && !weak && value != 0 => SECTION_COMMON,
            pe::IMAGE_SYM_UNDEFINED if external => SECTION_UNDEFINED,
            _ if home.is_some() => number.0 as u32 - 1,
            _ => SECTION_UNKNOWN,
        };
        let is_section = class == pe::IMAGE_SYM_CLASS_SECTION || (raw.has_aux_section() && home.is_some());
        let kind = if class == pe::IMAGE_SYM_CLASS_FILE {
            Kind::File
        } else if is_section {
            Kind::Section
        } else if raw.derived_type() == pe::IMAGE_SYM_DTYPE_FUNCTION {
            Kind::Function
        } else {
            match home.map(|home| home.kind) {
                // Compilers say what is a function; a name that others see in code is one of assembly.
                Some(Kind::Function) if !external => Kind::None,
                Some(kind) => kind,
                None if section == SECTION_COMMON => Kind::Data,
                None => Kind::None,
            }
        };
        let binding = match external {
            true if weak => WEAK,
            true => GLOBAL,
            false => LOCAL,
        };
        let undefined = section == SECTION_UNDEFINED;
        let letter = match section {
            SECTION_UNDEFINED if weak => b'w',
            SECTION_UNDEFINED => b'U',
            SECTION_COMMON => b'C',
            SECTION_ABSOLUTE if number == pe::IMAGE_SYM_DEBUG => b'n',
            _ => {
                let lower = home.map_or(if section == SECTION_ABSOLUTE { b'a' } else { b'?' }, |home| home.letter);
                if external { lower.to_ascii_uppercase() } else { lower }
            }
        };
        let mut symbol = Symbol::named(&[], kind, binding, section, letter);
        symbol.address = home.map_or(0, |home| home.address).wrapping_add(if undefined { 0 } else { value });
        symbol.size = if section == SECTION_COMMON { value } else { 0 };
        if undefined {
            symbol.flags |= UNDEFINED;
        }
        symbol
    }
}

/// Gives a weak name the place of the definition behind it.
fn stand_for(symbol: &mut Symbol, default: Option<Symbol>) {
    symbol.letter = b'W';
    if let Some(default) = default.filter(|default| default.flags & UNDEFINED == 0) {
        symbol.address = default.address;
        symbol.section = default.section;
        symbol.kind = default.kind;
        symbol.flags &= !UNDEFINED;
    }
}
