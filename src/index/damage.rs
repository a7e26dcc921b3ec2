//! Damage of the index, and the state of its repair, for the operator.

use std::fmt;

use super::progress::Progress;

/// Damage of the index that is not repaired yet.
#[derive(Debug, Clone)]
pub struct Damage {
    /// Description of the damage.
    pub what: String,
    pub repair: Repair,
}

/// The state of a repair.
#[derive(Debug, Clone)]
pub enum Repair {
    Rebuilding(Progress),
    /// The last attempt failed with this error, and will be repeated.
    Failed(String),
}

impl Damage {
    /// Returns damage that is being repaired.
    pub fn rebuilding(what: &str, progress: Progress) -> Damage {
        Damage { what: what.to_owned(), repair: Repair::Rebuilding(progress) }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage { what, repair } = self;
        match repair {
            Repair::Rebuilding(Progress { done, all }) => {
                write!(f, "{what}; it is being rebuilt, {done} of {all} articles so far")
            }
            Repair::Failed(error) => {
                let error = error.lines().next().unwrap_or_default();
                write!(f, "{what}; it could not be rebuilt, which is tried again: {error}")
            }
        }
    }
}
