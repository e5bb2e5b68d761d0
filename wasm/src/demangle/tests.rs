use super::*;
use alloc::string::String;

fn short(name: &str) -> (String, Scheme) {
    let mut out = Vec::new();
    let scheme = append(name.as_bytes(), Style::Short, &mut out);
    (String::from_utf8(out).unwrap(), scheme)
}

#[test]
fn a_path_is_rust_only_with_its_hash() {
    assert_eq!(short("_ZN5codec4h264E"), ("codec::h264".into(), Scheme::Itanium));
    assert_eq!(short("_ZN5codec4h26417h0123456789abcdefE"), ("codec::h264".into(), Scheme::RustLegacy));
    assert_eq!(short("_ZN5codec4open16h0123456789abcdeEv").1, Scheme::Itanium);
}

#[test]
fn versions_and_suffixes_stay_readable() {
    assert_eq!(short("_Z1f@\0\x1b").0, "f@\\u{0}\\u{1b}");
    assert_eq!(short("_ZN1a1b17h0123456789abcdefE.cold@@V1").0, "a::b.cold@@V1");
    assert_eq!(short("_RNvC1a1b.llvm.123").0, "a::b");
    assert_eq!(short("_RNvC1a1b.llvm.123.cold").0, "a::b.llvm.123.cold");
    assert_eq!(short("_Z3foov.constprop.0.cold").0, "foo() [clone .constprop.0] [clone .cold]");
    assert_eq!(short("_Z3foov.").0, "foo().");
}

#[test]
fn decoding_gives_no_terminal_controls() {
    assert_eq!(short("_ZN9a$u202e$b17h0123456789abcdefE").0, "a\\u{202e}b");
    assert_eq!(short("_RNvC1a1\u{1b}").0, "a::\\u{1b}");
}

/// Every name of a small set with one byte replaced, removed or doubled at every place: no panic, no endless text.
#[test]
fn damaged_names_are_harmless() {
    let names = [
        "_RINvNtC3std3mem8align_ofNtNtC3std3mem12DiscriminantE",
        "_RNvXs_C1aINtB4_1SDNtB4_1TpB2_jEL_EINtB4_1QKj5_E",
        "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE",
        "_ZNSt6vectorISt10unique_ptrI1AJRS_EESaIS1_EE17_M_realloc_insertIJS1_EEEvN9__gnu_cxx1IPS1_EEDpOT_",
        "_ZZN1AIiE3fooEPA3_KFvvENKUlT_E0_clIRiEEDaS1_.part.0",
        "_Z1fIXadL_ZN1A1gEvEELm4EEDTcl1gIT_EfL0p_EEM1AKFvvE",
    ];
    let bytes = b"_0129AEIJNRSTXZBDLMPKUabcdehilnopstuv.$@\x00\xff";
    let mut out = Vec::new();
    for name in names {
        for at in 0..name.len() {
            for &byte in bytes {
                for keep in [at, at + 1] {
                    let mut damaged = name.as_bytes()[..at].to_vec();
                    damaged.push(byte);
                    damaged.extend_from_slice(&name.as_bytes()[keep..]);
                    out.clear();
                    let scheme = append(&damaged, Style::Full, &mut out);
                    assert!(scheme != Scheme::None || out == damaged);
                }
            }
        }
    }
}

#[test]
fn names_that_mean_too_much_stay_raw() {
    let mut pairs = String::from("_Z1fSt4pairIiiE");
    let mut v0 = String::from("_RMC0TTuuE");
    for at in 0..40 {
        pairs.push_str(&alloc::format!("S_IS{0}_S{0}_E", (b'0' + at % 10) as char));
        v0.push_str("TB2_B2_E");
    }
    for name in [pairs, v0, alloc::format!("_Z1f{}i", "P".repeat(50_000)), alloc::format!("_Z1fI{}", "J".repeat(50_000))] {
        assert!(short(&name).0.len() <= LONGEST);
    }
}

#[test]
fn time_is_bounded_where_little_is_written() {
    // An expansion whose pattern is a tree of 2^31 nodes, none of them a pack.
    let mut pattern = String::from("1AIiiE");
    for level in 0..30 {
        let substitution = core::char::from_digit(level + 1, 36).unwrap().to_ascii_uppercase();
        let inner = pattern.replacen("1A", "S0_", 1);
        pattern = alloc::format!("1AI{inner}S{substitution}_E");
    }
    assert_eq!(short(&alloc::format!("_Z1fIJiEEvDp{pattern}")).1, Scheme::None);
    // Backreferences to an implementation whose own path is long, and isn't written.
    let silent = alloc::format!("_RIC0MIC0{}Eu{}E", "u".repeat(80_000), "B2_".repeat(20_000));
    assert_eq!(short(&silent).1, Scheme::None);
}

#[test]
fn constructors_are_keyed_to_one_name() {
    assert_eq!(short("_GLOBAL__I_a").0, "global constructors keyed to a");
    assert_eq!(short("_GLOBAL__D__ZN3fooC2Ev").0, "global destructors keyed to foo::foo()");
    let deep = alloc::format!("{}_Z1fv", "_GLOBAL__I_".repeat(50_000));
    assert!(short(&deep).0.ends_with("_GLOBAL__I__Z1fv"));
}
