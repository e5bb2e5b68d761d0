//! A sound ELF file around the given sections.

const HEADER: usize = 64;
const SECTION: usize = 64;
const COMPRESSED: u64 = 0x800;

pub struct Section<'a> {
    pub name: &'a str,
    pub contents: &'a [u8],
    /// SHF_COMPRESSED: the contents begin with a compression header.
    pub is_compressed: bool,
}

/// A 64-bit little-endian program whose code may lie anywhere below 1 TiB.
pub fn program(sections: &[Section<'_>]) -> Vec<u8> {
    let mut names = b"\0.text\0.shstrtab\0".to_vec();
    let (text_name, names_name) = (1, 7);
    let mut contents: Vec<u8> = Vec::new();
    let mut headers = vec![[0u8; SECTION]];
    headers.push(header(text_name, 8, 6, 0x1000, 0, 1 << 40));
    for section in sections {
        let name = names.len() as u32;
        names.extend_from_slice(section.name.as_bytes());
        names.push(0);
        let flags = if section.is_compressed { COMPRESSED } else { 0 };
        let at = (HEADER + contents.len()) as u64;
        headers.push(header(name, 1, flags, 0, at, section.contents.len() as u64));
        contents.extend_from_slice(section.contents);
    }
    let at = (HEADER + contents.len()) as u64;
    headers.push(header(names_name, 3, 0, 0, at, names.len() as u64));
    contents.extend_from_slice(&names);
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend_from_slice(&[2, 0, 62, 0, 1, 0, 0, 0]);
    file.extend_from_slice(&[0; 16]);
    file.extend_from_slice(&((HEADER + contents.len()) as u64).to_le_bytes());
    file.extend_from_slice(&[0, 0, 0, 0, 64, 0, 56, 0, 0, 0, 64, 0]);
    file.extend_from_slice(&(headers.len() as u16).to_le_bytes());
    file.extend_from_slice(&(headers.len() as u16 - 1).to_le_bytes());
    file.extend_from_slice(&contents);
    file.extend(headers.iter().flatten());
    file
}

fn header(name: u32, kind: u32, flags: u64, address: u64, at: u64, size: u64) -> [u8; SECTION] {
    let mut header = [0; SECTION];
    header[..4].copy_from_slice(&name.to_le_bytes());
    header[4..8].copy_from_slice(&kind.to_le_bytes());
    for (field, value) in [flags, address, at, size].iter().enumerate() {
        header[8 + field * 8..16 + field * 8].copy_from_slice(&value.to_le_bytes());
    }
    header[48] = 1;
    header
}
