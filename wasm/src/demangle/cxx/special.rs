//! Special names: virtual tables, thunks, guards.

use super::parse::Parser;
use super::tree::{Id, Node};

impl Parser<'_, '_> {
    pub fn special(&mut self) -> Option<Id> {
        let text: &'static [u8] = match &[self.peek(), self.peek_at(1)] {
            b"TV" => b"vtable for ",
            b"TT" => b"VTT for ",
            b"TI" => b"typeinfo for ",
            b"TS" => b"typeinfo name for ",
            b"TH" => b"TLS init function for ",
            b"TW" => b"TLS wrapper function for ",
            b"Th" | b"Tv" => return self.thunk(),
            b"Tc" => {
                self.at += 2;
                self.call_offset()?;
                self.call_offset()?;
                let of = self.encoding()?;
                return Some(self.add(Node::Special { text: b"covariant return thunk to ", of }));
            }
            b"TC" => {
                self.at += 2;
                let within = self.kind()?;
                self.digits()?;
                if !self.eat(b'_') {
                    return None;
                }
                let of = self.kind()?;
                return Some(self.add(Node::Construction { of, within }));
            }
            b"GV" => b"guard variable for ",
            b"GR" => {
                self.at += 2;
                let of = self.name(None)?;
                let number = self.sequence(36)?;
                return Some(self.add(Node::ReferenceTemporary { of, number }));
            }
            _ => return None,
        };
        self.at += 2;
        let of = match text[0] {
            b'T' | b'g' => self.name(None)?,
            _ => self.kind()?,
        };
        Some(self.add(Node::Special { text, of }))
    }

    pub fn thunk(&mut self) -> Option<Id> {
        self.at += 1;
        let text: &'static [u8] = if self.peek() == b'h' { b"non-virtual thunk to " } else { b"virtual thunk to " };
        self.call_offset()?;
        let of = self.encoding()?;
        Some(self.add(Node::Special { text, of }))
    }

    pub fn call_offset(&mut self) -> Option<()> {
        let numbers = match self.peek() {
            b'h' => 1,
            b'v' => 2,
            _ => return None,
        };
        self.at += 1;
        for _ in 0..numbers {
            self.eat(b'n');
            self.digits()?;
            if !self.eat(b'_') {
                return None;
            }
        }
        Some(())
    }
}
