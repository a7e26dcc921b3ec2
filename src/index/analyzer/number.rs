//! Numbers in different notations: groups of digits, decimal signs, units, versions. Pure.

use std::ops::Range;

/// Returns whether a word is a number in digits, with or without separators.
pub fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_numeric() || matches!(c, '.' | ',' | '\'' | '\u{66b}' | '\u{66c}'))
}

/// Returns the one notation of a number: ASCII digits, a point before decimals, no groups and no
/// leading zero of a month or a day.
///
/// A comma or a point before exactly three digits separates groups: `1.234` and `1,234` are the
/// same number, `1.5` and `1,5` are another.
pub fn folded(word: &str) -> String {
    let ascii: String = word.chars().flat_map(ascii_digits).collect();
    if let Some(stripped) = ascii.strip_prefix('0').filter(|rest| rest.len() == 1) {
        return stripped.to_owned();
    }
    let last = ascii.rfind([',', '.']);
    let Some(last) = last else { return ascii.replace('\'', "") };
    let (whole, decimals) = (&ascii[..last], &ascii[last + 1..]);
    let (mark, other) = if ascii[last..].starts_with(',') { (',', '.') } else { ('.', ',') };
    let has_groups = || {
        let mut groups = ascii.split(mark);
        let first = groups.next().unwrap_or_default();
        matches!(first.len(), 1..=3) && first != "0" && groups.all(|group| group.len() == 3)
    };
    match () {
        // Groups of two digits before the last three are Indian: `12,00,000`.
        () if has_groups() || (mark == ',' && is_indian(&ascii)) => ascii.replace(mark, ""),
        () if !whole.contains(mark) => {
            format!("{}.{decimals}", whole.replace([other, '\''], ""))
        }
        // A version, such as `3.11.2`.
        () => ascii,
    }
}

fn is_indian(ascii: &str) -> bool {
    let groups: Vec<_> = ascii.split(',').collect();
    matches!(&groups[..], [first, middle @ .., last]
        if matches!(first.len(), 1 | 2) && last.len() == 3 && middle.iter().all(|group| group.len() == 2))
}

/// Returns a digit of any script as an ASCII digit, and a separator as an ASCII separator.
fn ascii_digits(c: char) -> impl Iterator<Item = char> {
    let ascii = match c {
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(c as u32 - 0x6f0, 10),
        '\u{66b}' => Some('.'),
        '\u{66c}' => Some(','),
        _ => None,
    };
    let mut all = String::new();
    match ascii {
        Some(c) => all.push(c),
        None => unicode_normalization::char::decompose_compatible(c, |part| all.push(part)),
    }
    all.chars().collect::<Vec<_>>().into_iter()
}

/// Splits a list of numbers such as `1,2,3` and a date such as `5.11.2019`; any other number is
/// returned whole. Each part has its byte range in `word` and its one notation.
pub fn numbers(word: &str) -> Vec<(Range<usize>, String)> {
    let whole = word.split('.').next().unwrap_or(word);
    let is_list = whole.matches(',').count() > 1
        && !is_indian(whole)
        && whole.split(',').skip(1).any(|part| part.len() != 3);
    let separator = if is_list { ',' } else { '.' };
    if !is_list && !is_date(word) {
        return vec![(0..word.len(), folded(word))];
    }
    let mut at = 0;
    let parts = word.split(separator).map(|part| {
        let range = at..at + part.len();
        at = range.end + 1;
        (range, folded(part))
    });
    parts.filter(|(range, _)| !range.is_empty()).collect()
}

/// Returns whether a number is a date with points: two of its parts have at most two digits, and
/// the first or the last is a year.
fn is_date(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').map(str::len).collect();
    matches!(parts[..], [1 | 2, 1 | 2, 4] | [4, 1 | 2, 1 | 2])
}

/// Returns whether `word` after `separator` is a further group of three digits of the number
/// `before`, as in `12 000`.
pub fn continues_groups(before: &str, separator: &str, word: &str) -> bool {
    const SPACES: [&str; 6] = [" ", "\u{a0}", "\u{202f}", "\u{2009}", "'", "’"];
    let is_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let mut groups = before.split([' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’']);
    let first = groups.next().unwrap_or_default();
    SPACES.contains(&separator)
        && word.len() == 3
        && is_digits(word)
        && matches!(first.len(), 1..=3)
        && is_digits(first)
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// Returns the byte range and the number of a version with a letter before it, such as `v3.11`.
pub fn version(word: &str) -> Option<(Range<usize>, String)> {
    let number = word.strip_prefix(['v', 'V'])?;
    let is_version = number.starts_with(|c: char| c.is_ascii_digit()) && is_number(number);
    is_version.then(|| (0..word.len(), folded(number)))
}

/// Returns the length of the digits before a unit, as in `5mm` and `3rd`, in bytes. Returns 0 for a
/// decade (`1980s`) and for every other word.
pub fn digits_before_unit(word: &str) -> usize {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - unit.len();
    let is_unit = !unit.is_empty() && unit != "s" && unit.chars().all(char::is_alphabetic);
    if is_unit { digits } else { 0 }
}

/// Returns a unit, or nothing for the ending of an ordinal.
pub fn without_ordinal(unit: &str) -> &str {
    let is_ordinal =
        ["st", "nd", "rd", "th"].iter().any(|ending| unit.eq_ignore_ascii_case(ending));
    if is_ordinal { "" } else { unit }
}

#[cfg(test)]
mod tests {
    use super::super::words;

    #[test]
    fn numbers_of_different_notations_fold_to_the_same_form() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<_> = words(text).into_iter().map(|word| word.folded).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("12,000 12.000 12 000 12\u{a0}000 12\u{202f}000 12'000 12’000", &["12000"; 7]);
        check("1,234,567.8 1.234.567,8 1 234 567", &["1234567.8", "1234567.8", "1234567"]);
        check("12,00,000 3.5 3,5 ۳٫۵ ١٬٢٠٠", &["1200000", "3.5", "3.5", "3.5", "1200"]);
        check("1,2,3 5.11.2019 2019.11.05", &["1", "2", "3", "5", "11", "2019", "2019", "11", "5"]);
        check("0.125 3.11.2 v3.11 V2", &["0.125", "3.11.2", "3.11", "2"]);
        check("5mm 5 mm 3rd 1980s 90s", &["5", "mm", "5", "mm", "3", "1980s", "90s"]);
        check("2019-11-05 08:30 007", &["2019", "11", "5", "8", "30", "007"]);
        check("in 1998 200 ships, 12 34", &["in", "1998", "200", "ships", "12", "34"]);
        check("A320 H2O B2B", &["a320", "h2o", "b2b"]);
    }
}
