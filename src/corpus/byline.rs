//! Bylines and date lines below the title of a text. Pure.

use super::date;
use super::front_matter::people;

/// Maximum length of a byline, in chars.
const MAX_CHARS: usize = 100;
/// Words that begin a byline, in lower case.
const STARTS: [&str; 8] = ["by", "von", "par", "por", "di", "door", "автор:", "written"];
/// Words of a name that begin with a small letter.
const PARTICLES: [&str; 18] = [
    "de", "la", "van", "von", "der", "den", "di", "da", "dos", "del", "al", "el", "bin", "ibn",
    "and", "und", "y", "et",
];

/// The metadata in a line below a title.
#[derive(Debug, Default, PartialEq)]
pub struct Byline {
    pub authors: Vec<String>,
    /// Date as in front matter.
    pub published: Option<String>,
}

/// Parses a byline such as `By Ada Moon`, which a date may follow, or a line with a date alone.
pub fn parse(line: &str) -> Option<Byline> {
    let line = line.trim().trim_matches(['*', '_']);
    if line.chars().count() > MAX_CHARS || line.contains('\n') {
        return None;
    }
    if let Some(published) = date::alone(line) {
        return Some(Byline { authors: Vec::new(), published: Some(published) });
    }
    let (first, rest) = line.split_once(char::is_whitespace)?;
    if !STARTS.contains(&first.to_lowercase().as_str()) {
        return None;
    }
    let rest = rest.trim_start();
    let rest =
        rest.strip_prefix("by ").filter(|_| first.eq_ignore_ascii_case("written")).unwrap_or(rest);
    let mut parts = rest.split(['|', '·', '•', '—', '–']).map(str::trim);
    let mut name = parts.next().unwrap_or_default();
    let mut published = parts.find_map(date::alone);
    // `By Ada Moon, 24 November 2021`
    for (at, _) in name.match_indices([',', '(']) {
        if let Some(date) = date::alone(name[at + 1..].trim_end_matches(')')) {
            (name, published) = (&name[..at], Some(date));
            break;
        }
    }
    let authors = people::split(name);
    let is_named = !authors.is_empty() && authors.iter().all(|name| is_name(name));
    let authors = authors.iter().map(|name| in_title_case(name)).collect();
    is_named.then_some(Byline { authors, published })
}

/// Returns whether a text has the form of a person's name: a few capitalized words.
pub fn is_name(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().collect();
    let is_part = |word: &&str| {
        let is_initial = word.chars().count() <= 3 && word.ends_with('.');
        let is_word = word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'));
        let is_capital = word.chars().next().is_some_and(|c| !c.is_lowercase());
        (is_capital && (is_word || is_initial)) || PARTICLES.contains(word)
    };
    (1..=5).contains(&words.len())
        && words.iter().all(is_part)
        && words
            .first()
            .is_some_and(|word| word.starts_with(char::is_uppercase) || !word.is_ascii())
}

/// Returns a name in capitals as names are written.
fn in_title_case(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut is_start = true;
    let letter = |c: char| {
        let shown: String = match is_start {
            true => c.to_string(),
            false => c.to_lowercase().collect(),
        };
        is_start = !c.is_alphabetic();
        shown
    };
    name.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byline_is_told_from_prose() {
        #[track_caller]
        fn check(line: &str, authors: &[&str], published: Option<&str>) {
            let found = parse(line).unwrap_or_default();
            assert_eq!(
                (found.authors, found.published.as_deref()),
                (authors.iter().map(|name| (*name).to_owned()).collect(), published),
                "{line}"
            );
        }
        check("By Ada Moon", &["Ada Moon"], None);
        check("by Ada Moon and Bo Sun", &["Ada Moon", "Bo Sun"], None);
        check("BY ADA MOON", &["Ada Moon"], None);
        check("*By Ada van der Moon*", &["Ada van der Moon"], None);
        check("By A. B. Moon", &["A. B. Moon"], None);
        check("Von Ada Moon", &["Ada Moon"], None);
        check("By Ada Moon | 24 November 2021", &["Ada Moon"], Some("2021-11-24"));
        check("By Ada Moon, 24 November 2021", &["Ada Moon"], Some("2021-11-24"));
        check("24 November 2021", &[], Some("2021-11-24"));
        check("Published on November 24, 2021", &[], Some("2021-11-24"));
        check("By noon the tide had fallen", &[], None);
        check("By Ada the tide was measured", &[], None);
        check("The storm of 24 November 2021", &[], None);
        check("1984", &[], None);
        check("Ada Moon", &[], None);
        check("By", &[], None);
        check("", &[], None);
    }
}
