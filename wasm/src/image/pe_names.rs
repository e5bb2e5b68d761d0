//! Names by which PE images are linked: exports, which are addresses of this image or lead on to another, and imports.

use alloc::vec::Vec;
use object::pe;
use object::LittleEndian as LE;

use super::failure::Failure;
use super::names::NameSet;
use super::pe::Image;
use super::table::{Kind, Symbol, Table, DYNAMIC, GLOBAL, SECTION_UNDEFINED, SECTION_UNKNOWN, UNDEFINED};
use super::window::Window;

/// The longest real names have some fifty thousand bytes.
const LONGEST_NAME: usize = 1 << 20;
/// Libraries beyond this are damage.
const MOST_LIBRARIES: usize = 65_536;
/// Ordinals have 16 bits.
const MOST_EXPORTS: u32 = 65_536;

fn overlap() -> Failure {
    Failure::input("its exported or imported names overlap beyond measure")
}

/// Rows whose names are gathered in one string table, as many bytes as the file can hold.
struct Rows {
    symbols: Vec<(Symbol, core::ops::Range<usize>)>,
    names: Vec<u8>,
    most: usize,
}

impl Rows {
    fn new(image: &Image) -> Self {
        Rows {
            symbols: Vec::new(),
            names: Vec::new(),
            // The libraries' names in front of ordinals are counted too.
            most: (image.reader.len() as usize).saturating_mul(2),
        }
    }

    fn push(&mut self, symbol: Symbol, name: &[u8]) -> Result<(), Failure> {
        if self.names.len() + name.len() > self.most || self.symbols.len() > self.most {
            return Err(overlap());
        }
        let start = self.names.len();
        self.names.extend_from_slice(name);
        self.symbols.push((symbol, start..self.names.len()));
        Ok(())
    }

    /// Adds the rows, or marks those that the table has already.
    fn add(self, image: &Image, table: &mut Table) {
        let known = (table.len() > 0).then(|| NameSet::of(table));
        let names = table.keep(self.names.into_boxed_slice());
        for (mut symbol, span) in self.symbols {
            symbol.rename(&names[span]);
            let name = symbol.name();
            // 32-bit x86 symbols have an underscore more than the export.
            let underscored = || [b"_", name].concat();
            let found = known.as_ref().filter(|_| symbol.flags & UNDEFINED == 0).and_then(|known| {
                known
                    .find(table, name, symbol.address)
                    .or_else(|| (!image.is_64).then(|| known.find(table, &underscored(), symbol.address)).flatten())
            });
            match found {
                Some(row) => table.symbols[row].flags |= DYNAMIC,
                None => table.symbols.push(symbol),
            }
        }
    }
}

pub struct Exports<'a, 'i> {
    image: &'i Image<'a>,
    window: Window<'a>,
    directory: (u32, u32),
    /// The fields of the directory from the library's name on.
    fields: [u32; 7],
}

impl<'a, 'i> Exports<'a, 'i> {
    pub fn new(image: &'i Image<'a>) -> Option<Self> {
        let directory = image.directory(pe::IMAGE_DIRECTORY_ENTRY_EXPORT)?;
        let at = image.offset_of(directory.0)? + 12;
        let mut window = Window::new(image.reader);
        let mut fields = [0u32; 7];
        for (number, field) in fields.iter_mut().enumerate() {
            *field = window.u32(at + number as u64 * 4)?;
        }
        Some(Exports {
            image,
            window,
            directory,
            fields,
        })
    }

    /// The name that the library calls itself.
    pub fn library(&mut self) -> Option<Vec<u8>> {
        let at = self.image.offset_of(self.fields[0])?;
        self.window.string(at, LONGEST_NAME).map(<[u8]>::to_vec)
    }

    pub fn add(mut self, table: &mut Table) -> Result<(), Failure> {
        let [_, base, functions, names, addresses, name_pointers, name_ordinals] = self.fields;
        let (image, reader) = (self.image, self.image.reader);
        let functions = functions.min(MOST_EXPORTS);
        let mut rows = Rows::new(image);
        let mut named = alloc::vec![false; functions as usize];
        let (mut pointers, mut ordinals, mut strings) = (Window::new(reader), Window::new(reader), Window::new(reader));
        let tables = (image.offset_of(name_pointers), image.offset_of(name_ordinals));
        if let (Some(pointers_at), Some(ordinals_at)) = tables {
            for number in 0..u64::from(names) {
                let pointer = pointers.u32(pointers_at + number * 4);
                let (Some(pointer), Some(index)) = (pointer, ordinals.u16(ordinals_at + number * 2)) else { break };
                if let Some(seen) = named.get_mut(index as usize) {
                    *seen = true;
                }
                let name = image.offset_of(pointer).and_then(|at| strings.string(at, LONGEST_NAME));
                if let (Some(name), Some(symbol)) = (name, self.symbol(addresses, functions, index.into())) {
                    rows.push(symbol, name)?;
                }
            }
        }
        if strings.is_spent() || pointers.is_spent() {
            return Err(overlap());
        }
        for (index, _) in named.iter().enumerate().filter(|(_, named)| !**named) {
            if let Some(symbol) = self.symbol(addresses, functions, index as u32) {
                rows.push(symbol, alloc::format!("#{}", u64::from(base) + index as u64).as_bytes())?;
            }
        }
        rows.add(image, table);
        Ok(())
    }

    /// The symbol that an entry of the address table is; None for an entry that is not used.
    fn symbol(&mut self, addresses: u32, functions: u32, index: u32) -> Option<Symbol> {
        let at = self.image.offset_of(addresses)?;
        let address = self.window.u32(at + u64::from(index) * 4).filter(|_| index < functions)?;
        if address == 0 {
            return None;
        }
        // An address inside the directory is that of a name in another library.
        if address.wrapping_sub(self.directory.0) < self.directory.1 {
            let mut symbol = Symbol::named(&[], Kind::None, GLOBAL, SECTION_UNDEFINED, b'I');
            symbol.flags = DYNAMIC | UNDEFINED;
            return Some(symbol);
        }
        let section = self.image.section_at(address);
        let flags = section.map_or(0, |section| self.image.sections[section].characteristics.get(LE).0);
        let has = |flag: pe::SectionFlags| flags & flag.0 != 0;
        let (kind, letter) = match section {
            None => (Kind::None, b'A'),
            Some(_) if has(pe::IMAGE_SCN_MEM_EXECUTE) => (Kind::Function, b'T'),
            Some(_) if has(pe::IMAGE_SCN_CNT_UNINITIALIZED_DATA) => (Kind::Data, b'B'),
            Some(_) if has(pe::IMAGE_SCN_MEM_WRITE) => (Kind::Data, b'D'),
            Some(_) => (Kind::Data, b'R'),
        };
        let number = section.map_or(SECTION_UNKNOWN, |section| section as u32);
        let mut symbol = Symbol::named(&[], kind, GLOBAL, number, letter);
        symbol.address = self.image.base.wrapping_add(address.into());
        symbol.flags = DYNAMIC;
        Some(symbol)
    }
}

/// A list of libraries: those loaded at the start, and those loaded when they are first called.
struct List {
    directory: usize,
    size: u64,
    /// Where a descriptor has the addresses of its library's name and of its list of names.
    name: u64,
    names: [u64; 2],
}

const LISTS: [List; 2] = [
    List {
        directory: pe::IMAGE_DIRECTORY_ENTRY_IMPORT,
        size: 20,
        name: 12,
        // Old linkers fill only the second, which the loader overwrites.
        names: [0, 16],
    },
    List {
        directory: pe::IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT,
        size: 32,
        name: 4,
        names: [16, 16],
    },
];

pub struct Imports<'a, 'i> {
    image: &'i Image<'a>,
    descriptors: Window<'a>,
    strings: Window<'a>,
}

impl<'a, 'i> Imports<'a, 'i> {
    pub fn new(image: &'i Image<'a>) -> Self {
        Imports {
            image,
            descriptors: Window::new(image.reader),
            strings: Window::new(image.reader),
        }
    }

    /// Names of the libraries that the image needs, in the order of their lists.
    pub fn libraries(mut self, mut library: impl FnMut(&[u8])) {
        let mut left = self.image.reader.len() as usize;
        let _ = self.each(|name, _, _| {
            if let Some(rest) = left.checked_sub(name.len()) {
                left = rest;
                library(name);
            }
            Ok(())
        });
    }

    pub fn add(mut self, table: &mut Table) -> Result<(), Failure> {
        let image = self.image;
        let mut rows = Rows::new(image);
        let mut entries = Window::new(image.reader);
        let width = if image.is_64 { 8 } else { 4 };
        // Lists of names don't overlap in a sound file.
        let mut left = image.reader.len() / width;
        self.each(|library, list, strings| {
            let Some(mut at) = image.offset_of(list) else { return Ok(()) };
            while let Some(entry) = entries.bytes(at, width as usize) {
                let by_ordinal = entry[width as usize - 1] & 0x80 != 0;
                let value = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
                at += width;
                if value == 0 && !by_ordinal {
                    break;
                }
                left = left.checked_sub(1).ok_or_else(overlap)?;
                if strings.is_spent() {
                    return Err(overlap());
                }
                let mut symbol = Symbol::named(&[], Kind::None, GLOBAL, SECTION_UNDEFINED, b'U');
                symbol.flags = DYNAMIC | UNDEFINED;
                if by_ordinal {
                    // As a forwarded export names one: the library without `.dll`, and the number.
                    let stem = library.strip_suffix(b".dll").or_else(|| library.strip_suffix(b".DLL")).unwrap_or(library);
                    let ordinal = alloc::format!(".#{}", value & 0xffff);
                    rows.push(symbol, &[stem, ordinal.as_bytes()].concat())?;
                } else if let Some(hint) = image.offset_of(value & 0x7fff_ffff) {
                    if let Some(name) = strings.string(hint + 2, LONGEST_NAME).filter(|name| !name.is_empty()) {
                        rows.push(symbol, name)?;
                    }
                }
            }
            Ok(())
        })?;
        rows.add(image, table);
        Ok(())
    }

    /// Each library's name and the address of its list of imported names.
    fn each(&mut self, mut library: impl FnMut(&[u8], u32, &mut Window<'a>) -> Result<(), Failure>) -> Result<(), Failure> {
        for list in &LISTS {
            let start = self.image.directory(list.directory).and_then(|(address, _)| self.image.offset_of(address));
            let Some(start) = start else { continue };
            for number in 0..MOST_LIBRARIES as u64 {
                let at = start + number * list.size;
                let [name, first, second] = [list.name, list.names[0], list.names[1]]
                    .map(|field| self.descriptors.u32(at + field).unwrap_or(0));
                let Some(name_at) = self.image.offset_of(name) else { break };
                let Some(name) = self.strings.string(name_at, 4096).map(<[u8]>::to_vec) else { break };
                library(&name, if first == 0 { second } else { first }, &mut self.strings)?;
            }
        }
        Ok(())
    }
}
