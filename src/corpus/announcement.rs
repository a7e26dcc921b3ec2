//! Announcements: sentences that are incomplete without what follows them. Pure.

/// Returns whether a text ends with a colon, or with words that announce something.
pub fn ends_with_announcement(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || "*_”\"»’)）".contains(c));
    let ends_with = |end: &&str| {
        let tail = text.len().checked_sub(end.len()).and_then(|at| text.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    text.ends_with([':', '：', '؛', '︰'])
        || [" as follows.", " the following.", " for example.", " e.g."].iter().any(ends_with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcement_ends_with_a_colon_or_says_that_something_follows() {
        for text in [
            "To enter the harbour:",
            "**Note:**",
            "步骤如下：",
            "The steps are as follows.",
            "Use a rope, for example:  ",
        ] {
            assert!(ends_with_announcement(text), "{text}");
        }
        for text in ["It opens at 5:30.", "See below.", "", "The following day it rained."] {
            assert!(!ends_with_announcement(text), "{text}");
        }
    }
}
