//! Quotation marks and other marks of a sentence: whether it is a whole sentence. Pure.

use super::dependence_level::Dependence;

const OPENING_QUOTES: [char; 4] = ['“', '„', '«', '「'];
const CLOSING_QUOTES: [char; 3] = ['”', '»', '」'];

/// Returns the number of open quotations after `text`, with `open` of them before it.
pub fn open_quotations(text: &str, open: usize) -> usize {
    let closes_low = text.contains('„');
    let step = |open: usize, c: char| match c {
        '“' if closes_low => open.saturating_sub(1),
        c if OPENING_QUOTES.contains(&c) => open + 1,
        c if CLOSING_QUOTES.contains(&c) => open.saturating_sub(1),
        _ => open,
    };
    let curly = text.chars().fold(open, step);
    let straight = text.matches('"').count() % 2;
    curly + straight
}

/// Returns the dependence of a sentence, as far as its marks and its first letter show it.
pub fn dependence_by_marks(sentence: &str) -> Dependence {
    let first = sentence.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
    let is_whole = open_quotations(sentence, 0) == 0 && !closes_unopened_quotation(sentence);
    let is_speech = sentence.starts_with(|c: char| c == '"' || OPENING_QUOTES.contains(&c))
        && sentence.ends_with(|c: char| c == '"' || CLOSING_QUOTES.contains(&c));
    match first {
        _ if !is_whole || is_speech => Dependence::Fragment,
        Some(first) if first.is_lowercase() => Dependence::Strong,
        _ if sentence.starts_with(['–', '—', ')', ',', ';', '…']) => Dependence::Strong,
        Some(_) => Dependence::None,
        None => Dependence::Fragment,
    }
}

/// Returns whether a sentence closes a quotation that it did not open.
fn closes_unopened_quotation(sentence: &str) -> bool {
    let opening = sentence.find(OPENING_QUOTES);
    let closing = sentence.find(CLOSING_QUOTES);
    match (opening, closing) {
        (None, Some(_)) => true,
        (Some(opening), Some(closing)) => closing < opening && !sentence.contains('„'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_quotations_counts_opening_and_closing_marks() {
        assert_eq!(open_quotations("“We saw. ", 0), 1);
        assert_eq!(open_quotations("He left,” she said.", 1), 0);
        assert_eq!(open_quotations("Die „Not“ ist alt.", 0), 0);
        assert_eq!(open_quotations("\"It rains", 0), 1);
    }
}
