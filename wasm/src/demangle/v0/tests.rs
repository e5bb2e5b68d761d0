//! The one-pass writer against the reference implementation, on names made from the grammar and then damaged.

use super::*;
use alloc::string::{String, ToString};

/// A small deterministic generator: the tests need variety, not randomness.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

struct Maker {
    dice: Dice,
    name: String,
    depth: u32,
}

impl Maker {
    fn number(&mut self, most: u64) {
        match self.dice.roll(most + 1) {
            0 => {}
            n => self.name.push(b"0123456789abcdefABCDEF"[(n - 1) as usize % 22] as char),
        }
        self.name.push('_');
    }

    fn identifier(&mut self) {
        let names = ["3foo", "0", "1x", "4_1ab", "5hello", "u8gdel_5qa", "1_", "12abcdefghijkl"];
        self.name.push_str(names[self.dice.roll(names.len() as u64) as usize]);
    }

    fn disambiguator(&mut self) {
        if self.dice.roll(3) == 0 {
            self.name.push('s');
            self.number(20);
        }
    }

    fn backreference(&mut self) {
        self.name.push('B');
        self.number(21);
    }

    fn path(&mut self) {
        self.depth += 1;
        match if self.depth > 6 { 0 } else { self.dice.roll(9) } {
            0 | 1 => {
                self.name.push('C');
                self.disambiguator();
                self.identifier();
            }
            2 | 3 => {
                self.name.push('N');
                self.name.push(b"vtCSaZ"[self.dice.roll(6) as usize] as char);
                self.path();
                self.disambiguator();
                self.identifier();
            }
            4 => {
                self.name.push('M');
                self.disambiguator();
                self.path();
                self.kind();
            }
            5 => {
                self.name.push('X');
                self.path();
                self.kind();
                self.path();
            }
            6 => {
                self.name.push('Y');
                self.kind();
                self.path();
            }
            7 => {
                self.name.push('I');
                self.path();
                for _ in 0..self.dice.roll(4) {
                    match self.dice.roll(5) {
                        0 => {
                            self.name.push('L');
                            self.number(2);
                        }
                        1 => {
                            self.name.push('K');
                            self.constant();
                        }
                        _ => self.kind(),
                    }
                }
                self.name.push('E');
            }
            _ => self.backreference(),
        }
        self.depth -= 1;
    }

    fn constant(&mut self) {
        let constants = [
            "j5_", "h0_", "lnff_", "b1_", "b0_", "b7_", "p", "Re616263_", "Aj1_j2_E",
            "of0123456789abcdef_", "nn80000000000000000000000000000000_", "o0000000000000000000000000000001f_",
            "c41_", "c000000041_", "c22_", "c27_", "c5c_", "c7f_", "cd800_", "c1f600_",
        ];
        match self.dice.roll(constants.len() as u64 + 1) as usize {
            index if index < constants.len() => self.name.push_str(constants[index]),
            _ => self.backreference(),
        }
    }

    fn kind(&mut self) {
        self.depth += 1;
        match if self.depth > 6 { 0 } else { self.dice.roll(12) } {
            0 | 1 => self.name.push(b"abcdefhijlmnopstuvxyzgkqrw"[self.dice.roll(26) as usize] as char),
            2 => {
                self.name.push(b"RQPO"[self.dice.roll(4) as usize] as char);
                if self.dice.roll(3) == 0 {
                    self.name.push('L');
                    self.number(3);
                }
                self.kind();
            }
            3 => {
                self.name.push('A');
                self.kind();
                self.constant();
            }
            4 => {
                self.name.push('S');
                self.kind();
            }
            5 => {
                self.name.push('T');
                for _ in 0..self.dice.roll(3) {
                    self.kind();
                }
                self.name.push('E');
            }
            6 => {
                self.name.push('F');
                let opening = ["", "U", "KC", "K5hello", "UK7a_b_c_d", "G_", "G0_U"];
                self.name.push_str(opening[self.dice.roll(7) as usize]);
                for _ in 0..self.dice.roll(3) {
                    self.kind();
                }
                self.name.push('E');
                self.kind();
            }
            7 => {
                self.name.push('D');
                if self.dice.roll(3) == 0 {
                    self.name.push_str("G_");
                }
                for _ in 0..self.dice.roll(3) {
                    self.path();
                    if self.dice.roll(2) == 0 {
                        self.name.push('p');
                        self.identifier();
                        self.kind();
                    }
                }
                self.name.push_str("EL");
                self.number(2);
            }
            8 => self.backreference(),
            _ => self.path(),
        }
        self.depth -= 1;
    }
}

fn both(name: &str, style: Style) -> Option<(String, String)> {
    let mut ours = Vec::new();
    direct::append(name.as_bytes(), style, &mut ours)?;
    let reference = rustc_demangle::demangle(name);
    let theirs = if style == Style::Short { alloc::format!("{reference:#}") } else { reference.to_string() };
    Some((String::from_utf8(ours).unwrap(), theirs))
}

#[test]
fn agrees_with_the_reference() {
    let mut compared = 0;
    let mut maker = Maker { dice: Dice(0x9e37_79b9_7f4a_7c15), name: String::new(), depth: 0 };
    for round in 0..200_000 {
        maker.name = "_R".to_string();
        maker.path();
        if round % 4 == 0 {
            maker.name.push_str(["C3foo", ".cold", ".llvm.12", "x"][maker.dice.roll(4) as usize]);
        }
        if round % 3 == 0 {
            let at = 2 + maker.dice.roll(maker.name.len() as u64 - 2) as usize;
            let with = b"ABCEILMNRSTXY0129_abpsu"[maker.dice.roll(23) as usize] as char;
            maker.name.replace_range(at..at + 1, with.encode_utf8(&mut [0; 4]));
        }
        for style in [Style::Short, Style::Full] {
            if let Some((ours, theirs)) = both(without_llvm(&maker.name), style) {
                assert_eq!(ours, theirs, "{}", maker.name);
                compared += 1;
            }
        }
    }
    assert!(compared > 50_000, "only {compared} names were written directly");
}

fn without_llvm(name: &str) -> &str {
    core::str::from_utf8(without_llvm_rename(name.as_bytes())).unwrap()
}

#[test]
fn deep_names_are_left_alone() {
    let name = alloc::format!("_RMC0{}u", "R".repeat(100_000));
    let mut out = Vec::new();
    assert_eq!(append(name.as_bytes(), Style::Short, &mut out), Scheme::None);
    assert!(out.is_empty());
}
