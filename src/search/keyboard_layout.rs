//! Questions typed in the wrong keyboard layout, such as `vfzr` for `маяк`. Pure.

use crate::index::language::Language;

/// Keys of the US layout in reading order, to which the other layouts correspond.
const US: &str = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
/// Layouts by language: the letters on the keys of [`US`]. A space is a key without a letter.
const LAYOUTS: [(&str, &str); 6] = [
    ("ru", "ёйцукенгшщзхъфывапролджэячсмитьбю"),
    ("uk", "'йцукенгшщзхїфівапролджєячсмитьбю"),
    ("el", " ;ςερτυθιοπ[]ασδφγηξκλ΄'ζχψωβνμ,."),
    ("ar", "ذضصثقفغعهخحجدشسيبلاتنمكطئءؤر ىةوز"),
    ("fa", "‍ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو."),
    ("he", ";/'קראטוןםפ][שדגכעיחלךף,זסבהנמצתץ"),
];

/// Returns what a question would be, had its keys been pressed in the layout of a language: from
/// Latin letters to those of each language, or from those to Latin. Questions that no layout
/// changes have none.
pub fn retyped(question: &str, languages: &[Language]) -> Vec<String> {
    let is_latin = question.chars().any(|c| c.is_ascii_alphabetic());
    let own = LAYOUTS.iter().filter(|(code, _)| languages.iter().any(|own| own.code() == *code));
    if is_latin {
        return own.map(|(_, letters)| with_keys(question, US, letters)).collect();
    }
    let all = LAYOUTS.iter().map(|(_, letters)| with_keys(question, letters, US));
    all.filter(|typed| typed != question && typed.is_ascii()).take(1).collect()
}

/// Replaces each letter on the keys of one layout with the letter on the same key of another.
fn with_keys(question: &str, from: &str, to: &str) -> String {
    let keys: Vec<_> = from.chars().zip(to.chars()).collect();
    let replace = |c: char| {
        let lower = c.to_lowercase().next().unwrap_or(c);
        let key = keys.iter().find(|(key, letter)| *key == lower && *letter != ' ');
        key.map_or(c, |(_, letter)| *letter)
    };
    question.chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_is_retyped_in_another_layout() {
        let check = |question: &str, codes: &[&str], expected: &[&str]| {
            let languages: Vec<_> = codes.iter().map(|code| Language::of_code(code)).collect();
            assert_eq!(retyped(question, &languages), expected, "{question}");
        };
        check("vfzr", &["ru"], &["маяк"]);
        check("Vfzr d gjhne", &["en", "ru"], &["маяк в порту"]);
        check("[jkjl", &["ru"], &["холод"]);
        check("руддщ", &["en"], &["hello"]);
        check("akuo", &["he"], &["שלום"]);
        check("sghl", &["ar"], &["سلام"]);
        check("vfzr", &["en"], &[]);
        check("маяк", &["ru"], &["vfzr"]);
        check("1973", &["ru"], &[]);
    }
}
