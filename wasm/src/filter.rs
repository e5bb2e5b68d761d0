//! Finds mangled names in a stream of any bytes. The result doesn't depend on how the stream is cut into chunks.
//!
//!   … text  _ZN4core3fmt17h0123456789abcdefE  text …
//!           └ a word: from its first `_` to the next byte that no mangled name holds

use crate::demangle::{self, Scheme, Style};
use alloc::vec::Vec;

/// A longer word passes as it is, so that endless input without a break needs no endless memory.
const LONGEST_WORD: usize = 1 << 20;

/// Output is handed over in pieces of about this size: a small chunk may hold names that mean much text.
const ENOUGH_OUTPUT: usize = 1 << 18;

/// How far back a word's surroundings are looked at: enough for a colour sequence.
const CONTEXT: usize = 16;

/// A word with more places where a name could begin is not worth the time.
const MOST_STARTS: usize = 8;

/// What becomes of the text and of the names found in it.
pub trait Sink {
    fn text(&mut self, bytes: &[u8]);
    /// Demangles `raw` if it is a mangled name; false leaves it to [`Sink::text`].
    fn name(&mut self, raw: &[u8], wanted: Wanted) -> bool;
    fn len(&self) -> usize;
}

/// Which manglings are looked for: C++ names count only as whole words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Any,
    Rust,
}

impl Wanted {
    pub fn includes(self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::None => false,
            Scheme::RustLegacy | Scheme::RustV0 => true,
            Scheme::Itanium => self == Wanted::Any,
        }
    }
}

#[derive(Default)]
pub struct Filter {
    /// A word whose end hasn't been seen; begins with `_`.
    pending: Vec<u8>,
    /// Inside a word that was too long to be kept.
    skipping: bool,
    /// The last bytes before the pending word or, without one, of the input.
    context: Vec<u8>,
}

impl Filter {
    /// Takes `input` and returns how much of it: less than all when the sink holds enough for now.
    pub fn push(&mut self, input: &[u8], sink: &mut impl Sink) -> usize {
        let mut at = 0;
        if self.skipping || !self.pending.is_empty() {
            at = word_end(input, 0);
            self.extend_word(&input[..at], sink);
            if at == input.len() {
                return at;
            }
            self.end_word(sink);
        }
        // `context` covers the input up to here.
        let mut remembered = at;
        while sink.len() < ENOUGH_OUTPUT {
            let Some(start) = memchr::memchr(b'_', &input[at..]).map(|offset| at + offset) else {
                sink.text(&input[at..]);
                self.remember(&input[remembered..]);
                return input.len();
            };
            sink.text(&input[at..start]);
            let end = word_end(input, start);
            if end == input.len() {
                self.remember(&input[remembered..start]);
                self.extend_word(&input[start..], sink);
                return end;
            }
            if start >= CONTEXT {
                demangle_word(&input[start - CONTEXT..start], &input[start..end], sink);
            } else {
                self.remember(&input[remembered..start]);
                remembered = start;
                demangle_word(&self.context, &input[start..end], sink);
            }
            at = end;
        }
        self.remember(&input[remembered..at]);
        at
    }

    /// The input is at its end: what was held back is whole.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        self.end_word(sink);
    }

    fn extend_word(&mut self, more: &[u8], sink: &mut impl Sink) {
        if !self.skipping && self.pending.len() + more.len() <= LONGEST_WORD {
            self.pending.extend_from_slice(more);
            return;
        }
        self.skipping = true;
        sink.text(&self.pending);
        sink.text(more);
        let pending = core::mem::take(&mut self.pending);
        self.remember(&pending);
        self.remember(more);
    }

    fn end_word(&mut self, sink: &mut impl Sink) {
        self.skipping = false;
        if self.pending.is_empty() {
            return;
        }
        let word = core::mem::take(&mut self.pending);
        demangle_word(&self.context, &word, sink);
        self.remember(&word);
        self.pending = word;
        self.pending.clear();
    }

    fn remember(&mut self, bytes: &[u8]) {
        if bytes.len() >= CONTEXT {
            self.context.clear();
            self.context.extend_from_slice(&bytes[bytes.len() - CONTEXT..]);
            return;
        }
        let surplus = (self.context.len() + bytes.len()).saturating_sub(CONTEXT);
        self.context.drain(..surplus);
        self.context.extend_from_slice(bytes);
    }
}

const fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.')
}

static IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = in_word(byte as u8);
        byte += 1;
    }
    table
};

fn word_end(input: &[u8], from: usize) -> usize {
    input[from..].iter().position(|&byte| !IN_WORD[usize::from(byte)]).map_or(input.len(), |length| from + length)
}

/// `word` begins with `_`; `before` is what stands before it.
fn demangle_word(before: &[u8], word: &[u8], sink: &mut impl Sink) {
    if word.len() > LONGEST_WORD {
        return sink.text(word);
    }
    let mut shown = 0;
    let mut at = 0;
    for _ in 0..MOST_STARTS {
        let Some(start) = next_start(word, at) else { break };
        let whole = match start {
            0 => !continues_word(before),
            _ => word[start - 1] == b'.',
        };
        sink.text(&word[shown..start]);
        shown = start;
        if sink.name(&word[start..], if whole { Wanted::Any } else { Wanted::Rust }) {
            return;
        }
        at = start + 1;
        if word[at] == b'_' {
            at += 1;
        }
    }
    sink.text(&word[shown..]);
}

/// Where `_R`, `_Z`, `__R` or `__Z` is next, from `from` on; `_GLOBAL__` too at a word's beginning.
fn next_start(word: &[u8], from: usize) -> Option<usize> {
    if from == 0 && word.starts_with(b"_GLOBAL__") {
        return Some(0);
    }
    memchr::memchr_iter(b'_', &word[from..]).map(|offset| from + offset).find(|&at| match word.get(at + 1) {
        Some(b'R' | b'Z') => true,
        Some(b'_') => matches!(word.get(at + 2), Some(b'R' | b'Z')),
        _ => false,
    })
}

/// Whether what stands before a word makes it the rest of a longer one. The letter that ends a colour sequence or an
/// escape such as `\n` doesn't.
fn continues_word(before: &[u8]) -> bool {
    let Some((&last, rest)) = before.split_last() else { return false };
    if !IN_WORD[usize::from(last)] || last == b'.' {
        return false;
    }
    if matches!(last, b'n' | b'r' | b't') && rest.last() == Some(&b'\\') {
        return false;
    }
    let colour = rest.iter().rposition(|byte| !matches!(byte, b'0'..=b'9' | b';'));
    !(last == b'm' && colour.is_some_and(|at| at > 0 && rest[at] == b'[' && rest[at - 1] == 0x1b))
}

/// The text with its names demangled.
pub struct Text {
    pub out: Vec<u8>,
    style: Style,
}

impl Text {
    pub fn new(style: Style) -> Self {
        Text { out: Vec::new(), style }
    }
}

impl Sink for Text {
    fn text(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn name(&mut self, raw: &[u8], wanted: Wanted) -> bool {
        let start = self.out.len();
        let scheme = demangle::append(raw, self.style, &mut self.out);
        let found = wanted.includes(scheme);
        if !found {
            self.out.truncate(start);
        }
        found
    }

    fn len(&self) -> usize {
        self.out.len()
    }
}
