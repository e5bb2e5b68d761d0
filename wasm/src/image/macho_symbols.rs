//! The symbol table of a Mach-O file, without its debugging entries (stabs), which `nm` leaves out too.

use alloc::vec::Vec;
use object::macho;
use object::pod;
use object::read::macho::{MachHeader, Nlist, Section};
use object::Endianness;

use super::failure::Failure;
use super::macho::{has_code, Headers, Symtab};
use super::strings::Strings;
use super::table::{
    Kind, Symbol, Table, DYNAMIC, GLOBAL, LOCAL, MAPPING, SECTION_ABSOLUTE, SECTION_COMMON, SECTION_UNDEFINED,
    SECTION_UNKNOWN, UNDEFINED, WEAK,
};

/// Symbols decoded per read: the table itself is never held whole.
const CHUNK: usize = 16_384;
const BLOCK: usize = 1024;

/// What being defined in a section says of a symbol.
struct Home {
    start: u64,
    size: u64,
    letter: u8,
    kind: Kind,
}

impl<M: MachHeader<Endian = Endianness>> Headers<'_, M> {
    /// Every named symbol; sizes are 0, since the format has none.
    pub fn symbols(&self) -> Result<Table, Failure> {
        let Some(symtab) = self.symtab.filter(|symtab| symtab.symbols.1 > 0) else {
            return Ok(Table::default());
        };
        let width = core::mem::size_of::<M::Nlist>();
        let (offset, count) = symtab.symbols;
        if !self.reader.covers(offset, count * width as u64) {
            return Err(Failure::input("its symbol table lies outside the file"));
        }
        if !self.reader.covers(symtab.strings.0, symtab.strings.1) {
            return Err(Failure::input("its symbol names lie outside the file"));
        }
        self.read_table(symtab, width)
    }

    fn read_table(&self, symtab: Symtab, width: usize) -> Result<Table, Failure> {
        let (offset, count) = (symtab.symbols.0, symtab.symbols.1 as usize);
        let mut table = Table::with_capacity(count);
        let strings = table.keep(self.reader.take(symtab.strings.0, symtab.strings.1)?);
        let mut strings = Strings::new(strings);
        let homes = self.homes();
        let mut bytes = alloc::vec![0u8; width * count.min(CHUNK)];
        let mut done = 0;
        while done < count {
            let wanted = (count - done).min(CHUNK);
            let chunk = &mut bytes[..wanted * width];
            self.reader.fill(offset + (done * width) as u64, chunk)?;
            let (symbols, _) = pod::slice_from_bytes::<M::Nlist>(chunk, wanted)
                .map_err(|()| Failure::input("its symbol table is damaged"))?;
            for block in symbols.chunks(BLOCK) {
                self.add(block, &homes, &mut strings, &mut table)?;
            }
            done += wanted;
        }
        Ok(table)
    }

    #[inline(never)]
    fn add(
        &self,
        symbols: &[M::Nlist],
        homes: &[Home],
        strings: &mut Strings,
        table: &mut Table,
    ) -> Result<(), Failure> {
        for raw in symbols.iter().filter(|raw| !raw.is_stab()) {
            let mut symbol = self.decode(raw, homes);
            symbol.rename(strings.name(raw.n_strx(self.endian))?);
            if !symbol.has_name() {
                continue;
            }
            // The linker drops a defined local whose name begins so: a label of the compiler or assembler.
            let private = matches!(symbol.name().first(), Some(b'L' | b'l'));
            if private && symbol.binding == LOCAL && symbol.kind == Kind::Function {
                symbol.flags |= MAPPING;
            }
            table.symbols.push(symbol);
        }
        Ok(())
    }

    fn homes(&self) -> Vec<Home> {
        let endian = self.endian;
        let kext = self.header.filetype(endian) == macho::MH_KEXT_BUNDLE;
        self.sections
            .iter()
            .map(|section| {
                let kind = match section.section_type(endian) {
                    macho::S_THREAD_LOCAL_REGULAR
                    | macho::S_THREAD_LOCAL_ZEROFILL
                    | macho::S_THREAD_LOCAL_VARIABLES => Kind::Tls,
                    _ if has_code(section.flags(endian)) => Kind::Function,
                    _ => Kind::Data,
                };
                // As llvm-nm, which knows these sections and calls all others `s`.
                let letter = match (section.segment_name(), section.name()) {
                    (b"__TEXT", b"__text") => b't',
                    (b"__TEXT_EXEC", b"__text") if kext => b't',
                    (b"__DATA", b"__data") => b'd',
                    (b"__DATA", b"__bss") => b'b',
                    _ => b's',
                };
                Home {
                    start: section.addr(endian).into(),
                    size: section.size(endian).into(),
                    letter,
                    kind,
                }
            })
            .collect()
    }

    fn decode(&self, raw: &M::Nlist, homes: &[Home]) -> Symbol {
        let bits = raw.n_type().0;
        let has = |flag: macho::SymbolFlags| bits & flag.0 != 0;
        let description = raw.n_desc(self.endian).0;
        let value: u64 = raw.n_value(self.endian).into();
        let external = has(macho::N_EXT);
        let kind_bits = bits & macho::N_TYPE;
        let number = u32::from(raw.n_sect()).wrapping_sub(1);
        let home = homes.get(number as usize);
        let (section, kind, letter) = if kind_bits == macho::N_SECT.0 {
            match home {
                // `__mh_execute_header` claims the first section, but lies before it.
                Some(home) if home.kind == Kind::Function && value.wrapping_sub(home.start) >= home.size => {
                    (number, Kind::None, home.letter)
                }
                Some(home) => (number, home.kind, home.letter),
                None => (SECTION_UNKNOWN, Kind::None, b's'),
            }
        } else if kind_bits == macho::N_ABS.0 {
            (SECTION_ABSOLUTE, Kind::None, b'a')
        } else if kind_bits == macho::N_INDR.0 {
            // The value is where the other name is, no address.
            (SECTION_UNDEFINED, Kind::None, b'i')
        } else if external && value != 0 {
            (SECTION_COMMON, Kind::Data, b'c')
        } else {
            (SECTION_UNDEFINED, Kind::None, b'u')
        };
        let undefined = section == SECTION_UNDEFINED;
        let weak = if undefined { macho::N_WEAK_REF } else { macho::N_WEAK_DEF };
        let binding = match external {
            true if description & weak.0 != 0 => WEAK,
            true => GLOBAL,
            false => LOCAL,
        };
        let letter = if external || undefined { letter.to_ascii_uppercase() } else { letter };
        let mut symbol = Symbol::named(&[], kind, binding, section, letter);
        symbol.address = if undefined { 0 } else { value };
        symbol.size = if section == SECTION_COMMON { value } else { 0 };
        if undefined {
            symbol.flags |= UNDEFINED;
        }
        if external && !has(macho::N_PEXT) && self.is_linked() {
            symbol.flags |= DYNAMIC;
        }
        symbol
    }
}
