//! What the marks of a sentence tell: whether it begins like one, and whether its quotations are whole. Pure.

use super::self_contained::Dependence;

const OPENING_QUOTES: [char; 4] = ['“', '„', '«', '「'];
const CLOSING_QUOTES: [char; 3] = ['”', '»', '」'];

/// How many quotations are open after `text`, when `open` were before it.
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

/// How a sentence stands by its marks alone.
pub fn standing(sentence: &str) -> Dependence {
    let first = sentence.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
    let is_whole = open_quotations(sentence, 0) == 0 && !closes_what_it_did_not_open(sentence);
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

fn closes_what_it_did_not_open(sentence: &str) -> bool {
    let opens = sentence.find(OPENING_QUOTES);
    let closes = sentence.find(['”', '»', '」']);
    match (opens, closes) {
        (None, Some(_)) => true,
        (Some(opens), Some(closes)) => closes < opens && !sentence.contains('„'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_ends_where_it_is_closed() {
        assert_eq!(open_quotations("“We saw. ", 0), 1);
        assert_eq!(open_quotations("He left,” she said.", 1), 0);
        assert_eq!(open_quotations("Die „Not“ ist alt.", 0), 0);
        assert_eq!(open_quotations("\"It goes on", 0), 1);
    }
}
