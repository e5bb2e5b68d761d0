//! `ar` archives: GNU, BSD and thin ones. Members are described; each is opened as an image of its own.

use object::read::archive::ArchiveFile;

use super::failure::Failure;
use super::reader::Reader;
use super::wire::Wire;

/// Facts in the order that the host reads them: whether the members are files of their own, then name, offset and size
/// of each. A damaged header ends the list, with its reason at the end.
pub fn describe(reader: &Reader, wire: &mut Wire) -> Result<(), Failure> {
    let archive = ArchiveFile::parse(reader)?;
    wire.u8(archive.is_thin() as u8);
    let mut members = archive.members();
    let mut any = false;
    let damage = loop {
        match members.next() {
            None => break None,
            Some(Err(error)) if !any => return Err(error.into()),
            Some(Err(error)) => break Some(error),
            Some(Ok(member)) => {
                any = true;
                let (offset, size) = member.file_range();
                wire.u8(1);
                wire.bytes(member.name());
                wire.u64(offset);
                wire.u64(size);
            }
        }
    };
    wire.u8(0);
    wire.optional(damage.map(|error| alloc::format!("{error}")).as_deref().map(str::as_bytes));
    Ok(())
}
