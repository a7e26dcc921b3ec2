//! Superscripts and subscripts as characters, so that `10<sup>6</sup>` never becomes 106. Pure.

/// How a superscript or a subscript is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// As it is: an ordinal ending, as in 19th, or a formula of chemistry, as in H2O.
    Plain,
    /// In Unicode's superscript or subscript characters.
    Characters,
    /// After `^` or `_`.
    Marked,
}

/// Returns how to show the superscript `shown` after `before`.
pub fn superscript(before: Option<char>, shown: &str) -> Script {
    let is_ending = ["st", "nd", "rd", "th", "er", "ère", "e", "eme", "ème", "º", "ª", "o", "a"]
        .contains(&shown.to_lowercase().as_str());
    let is_mark =
        ["tm", "sm", "r", "®", "™", "*", "†", "‡", "°"].contains(&shown.to_lowercase().as_str());
    match before {
        None => Script::Plain,
        Some(c) if (c.is_numeric() && is_ending) || is_mark => Script::Plain,
        Some(_) if shown.chars().all(|c| raised(c).is_some()) => Script::Characters,
        Some(_) => Script::Marked,
    }
}

/// Returns how to show the subscript `shown` between `before` and `after`.
pub fn subscript(before: Option<char>, shown: &str, after: Option<char>) -> Script {
    let is_number = shown.chars().all(|c| c.is_ascii_digit());
    let touches_digit = [before, after].into_iter().flatten().any(|c| c.is_numeric());
    match before {
        None => Script::Plain,
        Some(c) if is_number && c.is_alphabetic() && !touches_digit => Script::Plain,
        Some(_) if shown.chars().all(|c| lowered(c).is_some()) => Script::Characters,
        Some(_) => Script::Marked,
    }
}

/// Returns the mark of a superscript or a subscript that Unicode has no characters for.
pub fn mark(is_raised: bool) -> &'static str {
    if is_raised { "^" } else { "_" }
}

/// Returns the superscript of an ASCII character.
pub fn raised(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32('⁴' as u32 + (c as u32 - '4' as u32))?,
        '+' => '⁺',
        '-' => '⁻',
        '=' => '⁼',
        '(' => '⁽',
        ')' => '⁾',
        'n' => 'ⁿ',
        'i' => 'ⁱ',
        _ => return None,
    })
}

/// Returns the subscript of an ASCII character.
pub fn lowered(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => char::from_u32('₀' as u32 + (c as u32 - '0' as u32))?,
        '+' => '₊',
        '-' => '₋',
        '=' => '₌',
        '(' => '₍',
        ')' => '₎',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_never_changes_a_number() {
        assert_eq!(superscript(Some('0'), "6"), Script::Characters);
        assert_eq!(superscript(Some('m'), "2"), Script::Characters);
        assert_eq!(superscript(Some('0'), "-6"), Script::Characters);
        assert_eq!(superscript(Some('9'), "th"), Script::Plain);
        assert_eq!(superscript(Some('2'), "k"), Script::Marked);
        assert_eq!(subscript(Some('H'), "2", Some('O')), Script::Plain);
        assert_eq!(subscript(Some('g'), "2", Some('8')), Script::Characters);
        assert_eq!(subscript(Some('x'), "max", None), Script::Marked);
        let all: String = "0123456789+-".chars().filter_map(raised).collect();
        assert_eq!(all, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻");
        assert_eq!("0129".chars().filter_map(lowered).collect::<String>(), "₀₁₂₉");
    }
}
