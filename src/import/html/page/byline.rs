//! Names of the authors of a page. Pure.

use super::super::clean::one_line;

/// Words before the names in a byline, in small letters.
const PREFIXES: [&str; 40] = [
    "written by",
    "posted by",
    "published by",
    "story by",
    "words by",
    "text by",
    "reported by",
    "by",
    "by:",
    "author:",
    "authors:",
    "author",
    "von:",
    "von",
    "autor:",
    "autorin:",
    "autor",
    "ein artikel von",
    "par",
    "par:",
    "auteur :",
    "auteur:",
    "publié par",
    "rédigé par",
    "por",
    "por:",
    "di",
    "di:",
    "door",
    "door:",
    "av",
    "автор:",
    "авторы:",
    "автор",
    "текст:",
    "نویسنده:",
    "نوشته",
    "بقلم",
    "作者：",
    "作者:",
];
/// Names that are none.
const NO_NAMES: [&str; 14] = [
    "admin",
    "administrator",
    "staff",
    "editor",
    "editors",
    "redaktion",
    "author",
    "guest",
    "team",
    "unknown",
    "null",
    "undefined",
    "user",
    "root",
];
/// Maximum length of a name in characters, and in words.
const MAX_CHARS: usize = 60;
const MAX_WORDS: usize = 6;
/// Maximum number of authors that are kept.
const MAX_AUTHORS: usize = 20;

/// Returns the names in a list of bylines. The name of the site, `site`, is not an author.
pub fn names(bylines: &[String], site: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for byline in bylines {
        for name in split(byline) {
            let is_known = names.iter().any(|known| known.eq_ignore_ascii_case(&name));
            let is_site =
                site.is_some_and(|site| site.eq_ignore_ascii_case(&name)) && bylines.len() > 1;
            if is_name(&name) && !is_known && !is_site {
                names.push(name);
            }
        }
    }
    names.truncate(MAX_AUTHORS);
    names
}

/// Splits a byline into names.
fn split(byline: &str) -> Vec<String> {
    let mut text = one_line(byline);
    for separator in [" (", " Edited by ", " | ", " • ", " · ", " – ", " — ", " / "] {
        if let Some(at) = text.find(separator).filter(|at| *at > 0) {
            text.truncate(at);
        }
    }
    let text = without_prefix(text.trim());
    let mut names = vec![text.to_owned()];
    for separator in [
        ",", ";", "、", "，", "،", " and ", " AND ", " & ", " und ", " et ", " и ", " و ",
        " with ", " avec ",
    ] {
        names = names.iter().flat_map(|name| name.split(separator).map(str::to_owned)).collect();
    }
    let is_suffix = |name: &str| {
        matches!(
            name.trim_end_matches('.').to_lowercase().as_str(),
            "jr" | "sr" | "phd" | "ph.d" | "md" | "ii" | "iii"
        )
    };
    let names = names
        .iter()
        .map(|name| without_prefix(name.trim()).trim_matches(['.', ':', '*', ' ']).to_owned());
    names.filter(|name| !name.is_empty() && !is_suffix(name)).collect()
}

fn without_prefix(text: &str) -> &str {
    let lower = text.to_lowercase();
    let mut longest = "";
    for prefix in PREFIXES {
        let rest = lower.strip_prefix(prefix);
        let is_word = rest.is_some_and(|rest| {
            rest.starts_with(char::is_whitespace)
                || prefix.ends_with([':', '：'])
                || rest.starts_with([':', '：'])
        });
        if is_word && prefix.len() > longest.len() {
            longest = prefix;
        }
    }
    // The small letters may have another length, so the prefix is found by characters.
    let mut chars = text.char_indices().skip(longest.chars().count());
    let at = if longest.is_empty() { 0 } else { chars.next().map_or(text.len(), |(at, _)| at) };
    text[at..].trim_start_matches(|c: char| c.is_whitespace() || c == ':' || c == '：')
}

/// Returns whether a text can be the name of a person or an organization.
fn is_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let has_letters = name.chars().filter(|c| c.is_alphabetic()).nth(1).is_some();
    has_letters
        && name.chars().count() <= MAX_CHARS
        && name.split_whitespace().count() <= MAX_WORDS
        && !name.contains(|c: char| c.is_numeric())
        && !name.contains(['@', '/', '<', '>', '{', '}', '='])
        && !NO_NAMES.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_bylines() {
        let check = |byline: &str, expected: &[&str]| {
            assert_eq!(names(&[byline.to_owned()], None), expected, "{byline}");
        };
        check("By Ada Lovelace", &["Ada Lovelace"]);
        check(
            "By: Ada Lovelace and Grace Hopper | Updated 3 May",
            &["Ada Lovelace", "Grace Hopper"],
        );
        check("Ada Lovelace, Jr., Grace Hopper", &["Ada Lovelace", "Grace Hopper"]);
        check("Von Ada Lovelace und Grace Hopper", &["Ada Lovelace", "Grace Hopper"]);
        check("Vonnegut", &["Vonnegut"]);
        check("Автор: Анна Петрова", &["Анна Петрова"]);
        check("作者：王小明", &["王小明"]);
        check("https://example.org/ada", &[]);
        check("admin", &[]);
        check("", &[]);
    }
}
