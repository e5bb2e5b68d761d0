//! Why a file could not be answered for: the half of the message that follows its name.

use alloc::string::String;

/// The numbers are what the host sees in a reply's first byte; 0 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Blame {
    /// The file is damaged or not what it should be.
    Input = 1,
    /// A sound file of a kind that is not handled.
    Unsupported = 2,
}

#[derive(Debug)]
pub struct Failure {
    pub blame: Blame,
    pub reason: String,
}

impl Failure {
    pub fn input(reason: &str) -> Self {
        Failure {
            blame: Blame::Input,
            reason: String::from(reason),
        }
    }

    pub fn unsupported(reason: &str) -> Self {
        Failure {
            blame: Blame::Unsupported,
            reason: String::from(reason),
        }
    }
}

impl From<object::read::Error> for Failure {
    fn from(error: object::read::Error) -> Self {
        Failure {
            blame: Blame::Input,
            reason: alloc::format!("it is damaged: {error}"),
        }
    }
}
