//! The two symbol tables of an ELF file as one: what both have is listed once.

use alloc::vec::Vec;
use object::elf;
use object::pod;
use object::read::elf::{FileHeader, SectionHeader, Sym};
use object::Endianness;

use super::elf::Headers;
use super::failure::Failure;
use super::names::NameSet;
use super::sections;
use super::table::{
    Kind, Symbol, Table, DYNAMIC, GLOBAL, LOCAL, MAPPING, SECTION_ABSOLUTE, SECTION_COMMON, SECTION_UNDEFINED,
    SECTION_UNKNOWN, UNDEFINED, UNIQUE, WEAK,
};

/// Symbols decoded per read: the table itself is never held whole.
const CHUNK: usize = 16_384;
/// Symbols added per call. The host compiles a function quickly at first and well once it was called often: a loop over
/// everything in one call would run slowly to its end. The same holds for the other blocks of this crate.
const BLOCK: usize = 1024;

/// Where one symbol table lies in the file.
pub(super) struct Source {
    pub(super) offset: u64,
    pub(super) count: usize,
    pub(super) strings: (u64, u64),
    /// Section numbers too large for the symbols' own field.
    pub(super) extended: Option<(u64, u64)>,
    pub(super) flags: u8,
}

impl<H: FileHeader<Endian = Endianness>> Headers<'_, H> {
    /// Every named symbol; section symbols are named after their sections.
    pub fn symbols(&self) -> Result<Table, Failure> {
        let mut sources = Vec::new();
        for (kind, flags) in [(elf::SHT_SYMTAB, 0), (elf::SHT_DYNSYM, DYNAMIC)] {
            if let Some((index, section)) = self.section_of(kind) {
                sources.push(self.source(index, section, flags)?);
            }
        }
        if sources.is_empty() {
            sources.extend(self.source_without_sections());
        }
        let rows = sources.iter().map(|source| source.count).sum();
        reserve(rows, sources.iter().map(|source| source.strings.1).sum());
        let mut table = Table::with_capacity(rows);
        let letters: Vec<u8> = self
            .sections
            .iter()
            .map(|section| sections::letter(section, self.endian, self.section_name(section)))
            .collect();
        let section_spans = self.keep_section_names(&mut table);
        for source in &sources {
            let known = (source.flags & DYNAMIC != 0 && table.len() > 0).then(|| NameSet::of(&table));
            let strings = table.keep(self.reader.take(source.strings.0, source.strings.1)?);
            let mut builder = Builder {
                headers: self,
                source,
                letters: &letters,
                section_names: &section_spans,
                strings,
                known,
                table: &mut table,
            };
            builder.read()?;
        }
        Ok(table)
    }

    fn keep_section_names(&self, table: &mut Table) -> Vec<&'static [u8]> {
        let mut names = Vec::new();
        let mut spans = Vec::new();
        for section in self.sections {
            let name = self.section_name(section);
            spans.push(names.len()..names.len() + name.len());
            names.extend_from_slice(name);
        }
        let kept = table.keep(names.into_boxed_slice());
        spans.into_iter().map(|span| &kept[span]).collect()
    }

    fn source(&self, index: usize, section: &H::SectionHeader, flags: u8) -> Result<Source, Failure> {
        let (offset, size) = section
            .file_range(self.endian)
            .ok_or_else(|| Failure::input("its symbol table has no bytes in the file"))?;
        if !self.reader.covers(offset, size) {
            return Err(Failure::input("its symbol table lies outside the file"));
        }
        let strings = self
            .sections
            .get(section.sh_link(self.endian) as usize)
            .filter(|strings| strings.sh_type(self.endian) == elf::SHT_STRTAB)
            .and_then(|strings| strings.file_range(self.endian))
            .ok_or_else(|| Failure::input("its symbol table has no string table"))?;
        if !self.reader.covers(strings.0, strings.1) {
            return Err(Failure::input("its symbol names lie outside the file"));
        }
        let extended = self
            .sections
            .iter()
            .find(|s| s.sh_type(self.endian) == elf::SHT_SYMTAB_SHNDX && s.sh_link(self.endian) as usize == index)
            .and_then(|s| s.file_range(self.endian))
            .filter(|range| self.reader.covers(range.0, range.1));
        Ok(Source {
            offset,
            count: (size / core::mem::size_of::<H::Sym>() as u64) as usize,
            strings,
            extended,
            flags,
        })
    }

    fn decode(&self, symbol: &H::Sym, index: usize, source: &Source, letters: &[u8]) -> Symbol {
        let raw_section = symbol.st_shndx(self.endian);
        let section = match raw_section {
            elf::SHN_UNDEF => SECTION_UNDEFINED,
            elf::SHN_ABS => SECTION_ABSOLUTE,
            elf::SHN_COMMON => SECTION_COMMON,
            elf::SHN_XINDEX => self.extended_section(source, index),
            other => u32::from(other.0),
        };
        let section = match section {
            named if named >= SECTION_COMMON || (named as usize) < self.sections.len() => named,
            _ => SECTION_UNKNOWN,
        };
        let kind = match symbol.st_type() {
            elf::STT_NOTYPE => Kind::None,
            elf::STT_FUNC => Kind::Function,
            elf::STT_OBJECT | elf::STT_COMMON => Kind::Data,
            elf::STT_TLS => Kind::Tls,
            elf::STT_SECTION => Kind::Section,
            elf::STT_FILE => Kind::File,
            elf::STT_GNU_IFUNC => Kind::Ifunc,
            _ => Kind::Other,
        };
        let binding = match symbol.st_bind() {
            elf::STB_LOCAL => LOCAL,
            elf::STB_WEAK => WEAK,
            elf::STB_GNU_UNIQUE => UNIQUE,
            _ => GLOBAL,
        };
        let undefined = section == SECTION_UNDEFINED;
        let mut decoded = Symbol::named(&[], kind, binding, section, letter(kind, binding, section, letters));
        decoded.address = symbol.st_value(self.endian).into();
        decoded.size = symbol.st_size(self.endian).into();
        decoded.flags = source.flags | if undefined { UNDEFINED } else { 0 };
        decoded
    }

    fn extended_section(&self, source: &Source, index: usize) -> u32 {
        source
            .extended
            .filter(|(_, size)| (index as u64 + 1) * 4 <= *size)
            .and_then(|(offset, _)| self.word(offset + index as u64 * 4))
            .unwrap_or(SECTION_UNKNOWN)
    }
}

/// Gets memory for a table and its names at once and lets it go again, so that the allocator has it: the host's memory
/// grows slowly in small steps.
fn reserve(rows: usize, names: u64) {
    const MOST: u64 = 128 << 20;
    // A row with its name and places in lists; raw names and, mostly shorter, what they mean.
    let wanted = (rows as u64 * 80 + names + names * 3 / 4).min(MOST);
    let mut space: Vec<u8> = Vec::new();
    if wanted > 1 << 20 && space.try_reserve_exact(wanted as usize).is_ok() {
        core::hint::black_box(space.as_mut_ptr());
    }
}

/// Adds one symbol table to a table.
struct Builder<'a, H: FileHeader<Endian = Endianness>> {
    headers: &'a Headers<'a, H>,
    source: &'a Source,
    letters: &'a [u8],
    section_names: &'a [&'static [u8]],
    strings: &'static [u8],
    known: Option<NameSet>,
    table: &'a mut Table,
}

impl<H: FileHeader<Endian = Endianness>> Builder<'_, H> {
    fn read(&mut self) -> Result<(), Failure> {
        let width = core::mem::size_of::<H::Sym>();
        let source = self.source;
        let mut bytes = alloc::vec![0u8; width * source.count.min(CHUNK)];
        let mut done = 0;
        while done < source.count {
            let count = (source.count - done).min(CHUNK);
            let chunk = &mut bytes[..count * width];
            self.headers.reader.fill(source.offset + (done * width) as u64, chunk)?;
            let (symbols, _) = pod::slice_from_bytes::<H::Sym>(chunk, count)
                .map_err(|()| Failure::input("its symbol table is damaged"))?;
            for block in symbols.chunks(BLOCK) {
                self.add(block, done);
                done += block.len();
            }
        }
        Ok(())
    }

    /// Adds symbols from number `first` on, without the reserved first one of the table.
    #[inline(never)]
    fn add(&mut self, symbols: &[H::Sym], first: usize) {
        for (at, raw) in symbols.iter().enumerate().skip((first == 0) as usize) {
            let mut symbol = self.headers.decode(raw, first + at, self.source, self.letters);
            symbol.rename(match symbol.kind {
                Kind::Section => self.section_names.get(symbol.section as usize).copied().unwrap_or_default(),
                _ => name_in(self.strings, raw.st_name(self.headers.endian)),
            });
            if !symbol.has_name() {
                continue;
            }
            if is_mapping(&symbol) {
                symbol.flags |= MAPPING;
            }
            match self.known.as_ref().and_then(|known| known.find(self.table, symbol.name(), symbol.address)) {
                Some(row) => self.table.symbols[row].flags |= DYNAMIC,
                None => self.table.symbols.push(symbol),
            }
        }
    }
}

/// `nm`'s class: upper case for what other files can see.
fn letter(kind: Kind, binding: u8, section: u32, letters: &[u8]) -> u8 {
    let object = kind == Kind::Data;
    match (section, binding) {
        (SECTION_COMMON, _) => return b'C',
        (SECTION_UNDEFINED, WEAK) => return if object { b'v' } else { b'w' },
        (SECTION_UNDEFINED, _) => return b'U',
        _ => {}
    }
    if kind == Kind::Ifunc {
        return b'i';
    }
    match binding {
        WEAK => return if object { b'V' } else { b'W' },
        UNIQUE => return b'u',
        _ => {}
    }
    let lower = match section {
        SECTION_ABSOLUTE => b'a',
        _ => letters.get(section as usize).copied().unwrap_or(b'?'),
    };
    if binding == LOCAL {
        lower
    } else {
        lower.to_ascii_uppercase()
    }
}

fn name_in(strings: &'static [u8], at: u32) -> &'static [u8] {
    let rest = strings.get(at as usize..).unwrap_or_default();
    let end = memchr_nul(rest);
    &rest[..end]
}

/// Names average 80 bytes: eight at a time finds their ends faster than one at a time.
fn memchr_nul(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut at = 0;
    while let Some(word) = bytes.get(at..at + 8) {
        let word = u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]);
        let zeros = word.wrapping_sub(ONES) & !word & (ONES << 7);
        if zeros != 0 {
            return at + (zeros.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    bytes[at..].iter().position(|&byte| byte == 0).map_or(bytes.len(), |found| at + found)
}

/// `$a`, `$d`, `$x.3` and their like mark where code and data alternate; `.L` begins a compiler's own labels.
fn is_mapping(symbol: &Symbol) -> bool {
    if symbol.binding != LOCAL || (symbol.kind != Kind::None && symbol.kind != Kind::Function) {
        return false;
    }
    let name = symbol.name();
    match name {
        [b'$', b'a' | b'd' | b't' | b'x' | b'm', rest @ ..] => {
            rest.is_empty() || rest[0] == b'.' || name.starts_with(b"$xrv")
        }
        [b'.', b'L', ..] => true,
        _ => false,
    }
}
