//! Symbols of a file without section headers: what the loader uses is still there.

use object::elf;
use object::read::elf::FileHeader;
use object::Endianness;

use super::elf::Headers;
use super::elf_symbols::Source;
use super::table::DYNAMIC;

impl<H: FileHeader<Endian = Endianness>> Headers<'_, H> {
    /// A file without section headers still tells the loader where its dynamic symbols are; how many there are follows
    /// from a hash table.
    pub(super) fn source_without_sections(&self) -> Option<Source> {
        let dynamic = self.dynamic();
        let value = |tag: elf::DynamicTag| dynamic.iter().find(|(t, _)| *t == tag.0 as i64).map(|(_, v)| *v);
        let offset = self.offset_of(value(elf::DT_SYMTAB)?)?;
        let strings = (self.offset_of(value(elf::DT_STRTAB)?)?, value(elf::DT_STRSZ)?);
        let count = match value(elf::DT_HASH) {
            Some(address) => self.sysv_hash_count(self.offset_of(address)?)?,
            None => self.gnu_hash_count(self.offset_of(value(elf::DT_GNU_HASH)?)?)?,
        };
        let size = (count as u64).checked_mul(core::mem::size_of::<H::Sym>() as u64)?;
        (self.reader.covers(offset, size) && self.reader.covers(strings.0, strings.1)).then_some(Source {
            offset,
            count,
            strings,
            extended: None,
            flags: DYNAMIC,
        })
    }

    pub(super) fn word(&self, offset: u64) -> Option<u32> {
        use object::Endian as _;
        let mut bytes = [0u8; 4];
        self.reader.fill(offset, &mut bytes).ok()?;
        Some(self.endian.read_u32(bytes))
    }

    /// The second word of a System V hash table is the number of symbols.
    fn sysv_hash_count(&self, offset: u64) -> Option<usize> {
        self.word(offset.checked_add(4)?).map(|count| count as usize)
    }

    /// A GNU hash table counts only the symbols before its chains: the highest chain is followed to its end mark.
    fn gnu_hash_count(&self, offset: u64) -> Option<usize> {
        let buckets = self.word(offset)? as u64;
        let first = self.word(offset.checked_add(4)?)?;
        let bloom = self.word(offset.checked_add(8)?)? as u64;
        let word_size = if self.header.is_class_64() { 8 } else { 4 };
        let bucket_at = offset.checked_add(16)?.checked_add(bloom * word_size)?;
        if !self.reader.covers(bucket_at, buckets * 4) {
            return None;
        }
        let mut highest = 0;
        for bucket in 0..buckets {
            highest = highest.max(self.word(bucket_at + bucket * 4)?);
        }
        if highest < first {
            return Some(first as usize);
        }
        let chains = bucket_at + buckets * 4;
        while self.word(chains + u64::from(highest - first) * 4)? & 1 == 0 {
            highest = highest.checked_add(1)?;
        }
        Some(highest as usize + 1)
    }
}
