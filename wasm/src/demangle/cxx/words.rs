//! The two-letter operators, one-letter types and abbreviations of the Itanium C++ ABI.

pub fn operator(code: [u8; 2]) -> Option<&'static [u8]> {
    Some(match &code {
        b"aN" => b"&=",
        b"aS" => b"=",
        b"aa" => b"&&",
        b"ad" | b"an" => b"&",
        b"aw" => b" co_await",
        b"cl" => b"()",
        b"cm" => b",",
        b"co" => b"~",
        b"dV" => b"/=",
        b"da" => b" delete[]",
        b"de" | b"ml" => b"*",
        b"dl" => b" delete",
        b"dv" => b"/",
        b"eO" => b"^=",
        b"eo" => b"^",
        b"eq" => b"==",
        b"ge" => b">=",
        b"gt" => b">",
        b"ix" => b"[]",
        b"lS" => b"<<=",
        b"le" => b"<=",
        b"ls" => b"<<",
        b"lt" => b"<",
        b"mI" => b"-=",
        b"mL" => b"*=",
        b"mi" | b"ng" => b"-",
        b"mm" => b"--",
        b"na" => b" new[]",
        b"ne" => b"!=",
        b"nt" => b"!",
        b"nw" => b" new",
        b"oR" => b"|=",
        b"oo" => b"||",
        b"or" => b"|",
        b"pL" => b"+=",
        b"pl" | b"ps" => b"+",
        b"pm" => b"->*",
        b"pp" => b"++",
        b"pt" => b"->",
        b"qu" => b"?",
        b"rM" => b"%=",
        b"rS" => b">>=",
        b"rm" => b"%",
        b"rs" => b">>",
        b"ss" => b"<=>",
        _ => return None,
    })
}

pub fn builtin(code: u8) -> Option<&'static [u8]> {
    Some(match code {
        b'a' => b"signed char",
        b'b' => b"bool",
        b'c' => b"char",
        b'd' => b"double",
        b'e' => b"long double",
        b'f' => b"float",
        b'g' => b"__float128",
        b'h' => b"unsigned char",
        b'i' => b"int",
        b'j' => b"unsigned int",
        b'l' => b"long",
        b'm' => b"unsigned long",
        b'n' => b"__int128",
        b'o' => b"unsigned __int128",
        b's' => b"short",
        b't' => b"unsigned short",
        b'v' => b"void",
        b'w' => b"wchar_t",
        b'x' => b"long long",
        b'y' => b"unsigned long long",
        b'z' => b"...",
        _ => return None,
    })
}

/// Behind a `D`.
pub fn extended_builtin(code: u8) -> Option<&'static [u8]> {
    Some(match code {
        b'a' => b"auto",
        b'c' => b"decltype(auto)",
        b'd' => b"decimal64",
        b'e' => b"decimal128",
        b'f' => b"decimal32",
        b'h' => b"half",
        b'i' => b"char32_t",
        b'n' => b"decltype(nullptr)",
        b's' => b"char16_t",
        b'u' => b"char8_t",
        _ => return None,
    })
}

/// The suffix a literal of this type has instead of a cast, in c++filt's spelling.
pub fn literal_suffix(kind: &[u8]) -> Option<&'static [u8]> {
    Some(match kind {
        b"int" => b"",
        b"unsigned int" => b"u",
        b"long" => b"l",
        b"unsigned long" => b"ul",
        b"long long" => b"ll",
        b"unsigned long long" => b"ull",
        _ => return None,
    })
}

/// Behind an `S`: the whole, and the name of its constructors.
pub fn standard(code: u8) -> Option<(&'static [u8], &'static [u8])> {
    Some(match code {
        b'a' => (b"std::allocator", b"allocator"),
        b'b' => (b"std::basic_string", b"basic_string"),
        b'd' => (b"std::basic_iostream<char, std::char_traits<char> >", b"basic_iostream"),
        b'i' => (b"std::basic_istream<char, std::char_traits<char> >", b"basic_istream"),
        b'o' => (b"std::basic_ostream<char, std::char_traits<char> >", b"basic_ostream"),
        b's' => (b"std::basic_string<char, std::char_traits<char>, std::allocator<char> >", b"basic_string"),
        _ => return None,
    })
}
