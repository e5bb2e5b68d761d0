//! WebAssembly modules: functions named by the name section, else by exports and imports. An address is an offset in
//! the code section's contents, as DWARF for wasm has it; a size is that of the function's body.

use alloc::vec::Vec;
use core::ops::Range;
use wasmparser::{BinaryReader, ExportSectionReader, ExternalKind, ImportSectionReader, TypeRef};

use super::failure::Failure;
use super::reader::Reader;
use super::table::{Kind, Symbol, Table, DYNAMIC, GLOBAL, LOCAL, SECTION_UNDEFINED, UNDEFINED};
use super::wire::Wire;
use crate::dwarf::layout::{DebugLayout, Span};

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const EXPORT: u8 = 7;
const CODE: u8 = 10;
const NAMES: [&str; 14] = [
    "custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data",
    "data count", "tag",
];
/// Longest encoding of a u32.
const LEB: u64 = 5;
const MOST_SECTIONS: usize = 100_000;

struct Section {
    id: u8,
    name: Vec<u8>,
    /// File offsets of the contents; of a custom section, after its name.
    range: Range<u64>,
}

/// Framing only: contents are read by whoever wants them.
fn sections(reader: &Reader) -> Result<Vec<Section>, Failure> {
    let mut head = [0u8; 8];
    if reader.len() < head.len() as u64 {
        return Err(Failure::input("the module ends inside its header"));
    }
    reader.fill(0, &mut head)?;
    match head[4..] {
        [1, 0, 0, 0] => {}
        [_, _, 1, 0] => {
            return Err(Failure::unsupported(
                "it is a WebAssembly component; only the modules inside components can be read",
            ))
        }
        _ => {
            let version = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            return Err(Failure::unsupported(&alloc::format!("it is a WebAssembly module of version {version}, not 1")));
        }
    }
    let mut found = Vec::new();
    let mut at = head.len() as u64;
    while at < reader.len() {
        let id = byte_at(reader, at)?;
        let (size, start) = leb(reader, at + 1)?;
        let end = start + size;
        if end > reader.len() {
            return Err(Failure::input("a section of the module runs past the end of the file"));
        }
        if found.len() == MOST_SECTIONS {
            return Err(Failure::input("the module has more than 100,000 sections"));
        }
        found.push(section(reader, id, start..end));
        at = end;
    }
    Ok(found)
}

fn section(reader: &Reader, id: u8, range: Range<u64>) -> Section {
    let custom = || {
        let (len, start) = leb(reader, range.start).ok()?;
        let end = start.checked_add(len).filter(|end| *end <= range.end)?;
        let name = reader.take(start, len.min(4096)).ok()?;
        Some((name.into_vec(), end))
    };
    if id == CUSTOM {
        if let Some((name, start)) = custom() {
            return Section {
                id,
                name,
                range: start..range.end,
            };
        }
    }
    Section {
        id,
        name: NAMES.get(id as usize).map_or_else(Vec::new, |name| name.as_bytes().to_vec()),
        range,
    }
}

fn byte_at(reader: &Reader, at: u64) -> Result<u8, Failure> {
    let mut byte = [0u8];
    reader.fill(at, &mut byte)?;
    Ok(byte[0])
}

/// A u32 and the offset after it.
fn leb(reader: &Reader, at: u64) -> Result<(u64, u64), Failure> {
    let mut bytes = [0u8; LEB as usize];
    let known = reader.len().saturating_sub(at).min(LEB) as usize;
    reader.fill(at, &mut bytes[..known])?;
    let mut input = BinaryReader::new(&bytes[..known], at);
    let value = input.read_var_u32().map_err(damaged)?;
    Ok((u64::from(value), at + input.current_position() as u64))
}

fn damaged(error: wasmparser::BinaryReaderError) -> Failure {
    Failure::input(&alloc::format!("{} (at byte {})", error.message(), error.offset()))
}

/// Facts in the order that the host reads them.
pub fn describe(reader: &Reader, wire: &mut Wire) -> Result<(), Failure> {
    let sections = sections(reader)?;
    wire.u8(sections.iter().any(|s| s.id == CUSTOM && s.name == b"name") as u8);
    wire.u32(sections.len() as u32);
    for section in &sections {
        wire.bytes(&section.name);
        wire.u32(section.id.into());
        wire.u64(section.range.start);
        wire.u64(section.range.end - section.range.start);
    }
    Ok(())
}

/// Where the debug sections are. Addresses of code are offsets in the code section.
pub fn debug_layout(reader: &Reader) -> Result<DebugLayout, Failure> {
    let sections = sections(reader)?;
    let size = |section: &Section| section.range.end - section.range.start;
    let debug = sections.iter().filter(|section| section.id == CUSTOM && section.name.starts_with(b".debug_"));
    Ok(DebugLayout {
        spans: debug.map(|section| Span::plain(&section.name, section.range.start, size(section))).collect(),
        code: sections.iter().filter(|section| section.id == CODE).map(|section| (0, size(section))).collect(),
        little_endian: true,
        relocatable: sections.iter().any(|section| section.name.starts_with(b"reloc.")),
    })
}

/// Where a function's body is: offset in the code section, and length.
type Body = (u64, u64);

pub fn symbols(reader: &Reader) -> Result<Table, Failure> {
    let sections = sections(reader)?;
    let of = |id: u8| sections.iter().enumerate().find(|(_, s)| s.id == id);
    let mut table = Table::default();
    let contents = |table: &mut Table, section: &Section| -> Result<&'static [u8], Failure> {
        let bytes = reader.take(section.range.start, section.range.end - section.range.start)?;
        Ok(table.keep(bytes))
    };
    let mut functions: Vec<Function> = Vec::new();
    if let Some((_, section)) = of(IMPORT) {
        let bytes = contents(&mut table, section)?;
        add_imports(bytes, section.range.start, &mut functions)?;
    }
    let code = of(CODE);
    if let Some((index, section)) = code {
        for body in bodies(reader, section.range.clone())? {
            functions.push(Function {
                body: Some((body, index as u32)),
                ..Function::default()
            });
        }
    }
    for section in sections.iter().filter(|s| s.id == CUSTOM && s.name == b"name") {
        add_names(contents(&mut table, section)?, &mut functions);
    }
    if let Some((_, section)) = of(EXPORT) {
        let bytes = contents(&mut table, section)?;
        add_exports(bytes, section.range.start, &mut functions)?;
    }
    for function in &functions {
        match function.symbol() {
            Some(symbol) => table.symbols.push(symbol),
            None => table.unnamed += 1,
        }
    }
    Ok(table)
}

#[derive(Default)]
struct Function {
    name: Option<&'static [u8]>,
    imported: Option<&'static [u8]>,
    exported: Option<&'static [u8]>,
    body: Option<(Body, u32)>,
}

impl Function {
    fn symbol(&self) -> Option<Symbol> {
        let name = self.name.or(self.exported).or(self.imported)?;
        let visible = self.exported.is_some() || self.body.is_none();
        let ((address, size), section) = self.body.unwrap_or(((0, 0), SECTION_UNDEFINED));
        let letter = match (self.body, visible) {
            (None, _) => b'U',
            (_, true) => b'T',
            _ => b't',
        };
        let binding = if visible { GLOBAL } else { LOCAL };
        let mut symbol = Symbol::named(name, Kind::Function, binding, section, letter);
        symbol.address = address;
        symbol.size = size;
        symbol.flags = if visible { DYNAMIC } else { 0 } | if self.body.is_none() { UNDEFINED } else { 0 };
        Some(symbol)
    }
}

fn add_imports(bytes: &'static [u8], at: u64, functions: &mut Vec<Function>) -> Result<(), Failure> {
    let imports = ImportSectionReader::new(BinaryReader::new(bytes, at)).map_err(damaged)?;
    for import in imports.into_imports() {
        let import = import.map_err(damaged)?;
        if matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
            functions.push(Function {
                imported: Some(import.name.as_bytes()),
                ..Function::default()
            });
        }
    }
    Ok(())
}

fn add_exports(bytes: &'static [u8], at: u64, functions: &mut [Function]) -> Result<(), Failure> {
    let exports = ExportSectionReader::new(BinaryReader::new(bytes, at)).map_err(damaged)?;
    for export in exports {
        let export = export.map_err(damaged)?;
        if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
            if let Some(function) = functions.get_mut(export.index as usize) {
                function.exported.get_or_insert(export.name.as_bytes());
            }
        }
    }
    Ok(())
}

/// Function names of a name section, as far as it can be read: a damaged one loses names, not the module. Names are
/// bytes here, valid UTF-8 or not.
fn add_names(bytes: &'static [u8], functions: &mut [Function]) {
    const FUNCTION_NAMES: u8 = 1;
    let mut input = BinaryReader::new(bytes, 0);
    while let (Ok(id), Ok(size)) = (input.read_u8(), input.read_var_u32()) {
        let size = (size as usize).min(input.bytes_remaining());
        let Ok(subsection) = input.read_bytes(size) else { return };
        if id == FUNCTION_NAMES {
            let mut input = BinaryReader::new(subsection, 0);
            let count = input.read_var_u32().unwrap_or(0);
            for _ in 0..count {
                let entry = (|| {
                    let index = input.read_var_u32()?;
                    let len = input.read_var_u32()?;
                    Ok::<_, wasmparser::BinaryReaderError>((index, input.read_bytes(len as usize)?))
                })();
                let Ok((index, name)) = entry else { break };
                if let Some(function) = functions.get_mut(index as usize) {
                    if !name.is_empty() {
                        function.name.get_or_insert(name);
                    }
                }
            }
        }
    }
}

/// Reads the sizes of all bodies through a small window: the code itself is not kept.
fn bodies(reader: &Reader, range: Range<u64>) -> Result<Vec<Body>, Failure> {
    let mut window = Window::new(reader, range.clone());
    let count = window.leb(range.start)?;
    let mut at = count.1;
    let mut found = Vec::new();
    for _ in 0..count.0 {
        let (size, start) = window.leb(at)?;
        at = start + size;
        if at > range.end {
            return Err(Failure::input("a function's body runs past the end of the code section"));
        }
        found.push((start - range.start, size));
    }
    Ok(found)
}

struct Window<'a> {
    reader: &'a Reader,
    range: Range<u64>,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    const SIZE: usize = 256 << 10;

    fn new(reader: &'a Reader, range: Range<u64>) -> Self {
        Window {
            reader,
            start: range.start,
            range,
            bytes: Vec::new(),
        }
    }

    fn leb(&mut self, at: u64) -> Result<(u64, u64), Failure> {
        let wanted = self.range.end.saturating_sub(at).min(LEB);
        if at < self.start || at + wanted > self.start + self.bytes.len() as u64 {
            let size = self.range.end.saturating_sub(at).min(Self::SIZE as u64) as usize;
            self.bytes.resize(size, 0);
            self.reader.fill(at, &mut self.bytes)?;
            self.start = at;
        }
        let from = (at - self.start) as usize;
        let mut input = BinaryReader::new(&self.bytes[from..from + wanted as usize], at);
        let value = input.read_var_u32().map_err(damaged)?;
        Ok((u64::from(value), at + input.current_position() as u64))
    }
}
