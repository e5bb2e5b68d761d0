//! The last segment of a type's path, by which types are found.

/// `u8` of `u8`, `Vec<a::T>` of `alloc::vec::Vec<a::T>`; the whole of names that are no paths, such as `&a::T`.
pub fn last(name: &[u8]) -> &[u8] {
    if matches!(name.first(), Some(b'&' | b'*' | b'(' | b'[')) {
        return name;
    }
    let mut depth = 0usize;
    let mut start = 0;
    for at in 0..name.len() {
        match name[at] {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            b'>' if at > 0 && name[at - 1] == b'-' => {}
            b'>' | b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b' ' if depth == 0 => return name,
            b':' if depth == 0 && name.get(at + 1) == Some(&b':') => start = at + 2,
            _ => {}
        }
    }
    name.get(start..).unwrap_or_default()
}

/// A segment without its generic arguments: `Vec` of `Vec<T>`, `{closure_env#0}` of `{closure_env#0}<T>`.
pub fn plain(segment: &[u8]) -> &[u8] {
    let open = segment.iter().position(|byte| *byte == b'<').unwrap_or(0);
    if open == 0 || segment.last() != Some(&b'>') || matches!(segment[0], b'&' | b'*' | b'(' | b'[') || segment[..open].contains(&b' ') {
        return segment;
    }
    &segment[..open]
}

/// Whether a path is what was asked for, from a segment's beginning on; without generic arguments in the question, with
/// any.
pub fn matches(path: &[u8], asked: &[u8]) -> bool {
    let ends = |path: &[u8]| {
        path.strip_suffix(asked).is_some_and(|before| before.is_empty() || before.ends_with(b"::"))
    };
    let (segment, wanted) = (last(path), last(asked));
    if wanted == segment {
        return ends(path);
    }
    wanted == plain(segment) && ends(&path[..path.len() - segment.len() + wanted.len()])
}

/// FNV-1a.
pub fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments() {
        for (name, segment, without) in [
            ("u8", "u8", "u8"),
            ("alloc::vec::Vec<a::T>", "Vec<a::T>", "Vec"),
            ("unsigned int", "unsigned int", "unsigned int"),
            ("&core::fmt::Formatter", "&core::fmt::Formatter", "&core::fmt::Formatter"),
            ("<a::T as b::Tr<c::D>>::{vtable_type}", "{vtable_type}", "{vtable_type}"),
            ("m::{closure_env#0}<fn(u8) -> a::B>", "{closure_env#0}<fn(u8) -> a::B>", "{closure_env#0}"),
            ("fn(a::B) -> c::D<e>", "fn(a::B) -> c::D<e>", "fn(a::B) -> c::D<e>"),
            ("dyn a::Tr<u8>", "dyn a::Tr<u8>", "dyn a::Tr<u8>"),
            ("", "", ""),
            ("a::", "", ""),
        ] {
            assert_eq!(last(name.as_bytes()), segment.as_bytes(), "{name}");
            assert_eq!(plain(last(name.as_bytes())), without.as_bytes(), "{name}");
        }
    }

    #[test]
    fn questions() {
        let path = b"alloc::vec::Vec<a::T>";
        for asked in ["Vec", "Vec<a::T>", "vec::Vec", "alloc::vec::Vec", "alloc::vec::Vec<a::T>"] {
            assert!(matches(path, asked.as_bytes()), "{asked}");
        }
        for asked in ["ec", "c::Vec", "T>", "T", "Vec<a", "b::alloc::vec::Vec"] {
            assert!(!matches(path, asked.as_bytes()), "{asked}");
        }
    }
}
