//! Recurrence rules: the times at which a schedule is due.
//!
//! Pure: the time is an argument, in Unix seconds. Every number is accepted; a number beyond the
//! calendar is clamped to the end of the calendar. The time zones are those built into the program,
//! not those of the machine, so that all machines agree.

mod rule;
#[cfg(test)]
mod tests;
mod zone;

pub use jiff::civil::Weekday;
pub use rule::{Days, ParseRuleError, Rule, TimeOfDay};
pub use zone::{ParseZoneError, Zone};
