//! Mentions of people, `@name`, in a message. Pure.

use std::ops::Range;

/// Minimum length of a name, in characters. Telegram's own rule is five, or four for names that are
/// sold.
const MIN_NAME_CHARS: usize = 3;

/// Returns the byte ranges of the mentions in a message, each with its `@`. An address such as
/// `ada@example.org` has none.
pub fn mentions(message: &str) -> Vec<Range<usize>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let found = message.match_indices('@').filter_map(|(at, _)| {
        let name = &message[at + 1..];
        let length = name.find(|c: char| !is_name(c)).unwrap_or(name.len());
        let rest = &name[length..];
        let is_domain = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(is_name));
        let is_separate =
            !message[..at].ends_with(|c: char| c.is_alphanumeric() || "_.@/".contains(c));
        let is_mention = is_separate
            && !is_domain
            && length >= MIN_NAME_CHARS
            && name.starts_with(|c: char| c.is_ascii_alphabetic());
        is_mention.then_some(at..at + 1 + length)
    });
    found.collect()
}

/// Returns whether a message speaks to a person whom it mentions: the mention comes first, or the
/// message has a mention and asks nothing.
pub fn addresses_another(message: &str) -> bool {
    let mentions = mentions(message);
    let Some(first) = mentions.first() else { return false };
    let is_vocative = !message[..first.start].contains(char::is_alphanumeric);
    is_vocative || !message.contains(['?', '؟', '？'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_whole_names() {
        let check = |message: &str, expected: &[&str]| {
            let found: Vec<_> = mentions(message).into_iter().map(|at| &message[at]).collect();
            assert_eq!(found, expected, "{message}");
        };
        check("FYI @ada_moon @bob_2 which river?", &["@ada_moon", "@bob_2"]);
        check("(@carol)", &["@carol"]);
        check("write to ada@example.org or @example.org", &[]);
        check("see https://t.me/@ada", &[]);
        check("@ 5 pm, @1st, @me", &[]);
    }

    #[test]
    fn mentions_tell_who_is_addressed() {
        let check = |message: &str, expected| {
            assert_eq!(addresses_another(message), expected, "{message}");
        };
        check("@carol look at this", true);
        check("@carol what do you think?", true);
        check("look at this, @carol", true);
        check("what about the Tajiks? cc @carol", false);
        check("what about the Tajiks?", false);
    }
}
