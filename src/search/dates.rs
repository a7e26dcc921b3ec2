//! Dates in a question, and the other notations of the same day. Pure.

use super::question_language::QuestionLanguages;
use super::term::{Form, Term, stemmed_forms};
use crate::corpus::months;
use crate::index::analyzer::{self, Word};
use crate::index::language::Language;

/// A day, or a day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    year: Option<u32>,
    /// From 1 to 12.
    month: u32,
    /// From 1 to 31.
    day: u32,
}

/// Adds the other notations of the dates in a question to the terms of these dates.
pub fn add_notations(
    question: &str,
    words: &[Word],
    terms: &mut [Term],
    languages: &QuestionLanguages,
) {
    let QuestionLanguages { asked, searched, .. } = languages;
    if !words.iter().any(|word| word.folded.starts_with(|c: char| c.is_ascii_digit())) {
        return;
    }
    let months: Vec<_> = asked.iter().chain(searched).filter_map(folded_months).collect();
    let mut at = 0;
    while at < words.len() {
        let Some((length, days)) = days_at(question, &words[at..], &months) else {
            at += 1;
            continue;
        };
        let notations: Vec<_> = days.iter().flat_map(|day| notations(day, searched)).collect();
        let of_date = &words[at..at + length];
        for term in terms.iter_mut() {
            if of_date.iter().any(|word| word.folded == term.folded) {
                let forms: Vec<Form> = notations
                    .iter()
                    .flat_map(|notation| stemmed_forms(notation, searched, 1.0))
                    .filter(|form| !term.forms.contains(form))
                    .collect();
                term.forms.extend(forms);
            }
        }
        at += length;
    }
}

/// Returns the number of words of a date at the beginning of `words`, and the days that it may be:
/// `3/4/2024` is one of two.
///
/// `months` has the names of the months in each language of the question.
fn days_at(question: &str, words: &[Word], months: &[FoldedMonths]) -> Option<(usize, Vec<Day>)> {
    let folded = |at: usize| words.get(at).map_or("", |word| word.folded.as_str());
    let number = |at: usize| folded(at).parse::<u32>().ok();
    let year = |at: usize| number(at).filter(|year| (1000..=2999).contains(year));
    let day = |at: usize| number(at).filter(|day| (1..=31).contains(day));
    let is_joined = |at: usize| {
        // The n-grams of a script without spaces overlap.
        let gap = |next: &Word| question.get(words[at].range.end..next.range.start);
        let gap = words.get(at + 1).and_then(gap);
        gap.is_some_and(|gap| matches!(gap, "-" | "/" | "." | "–" | ". "))
    };
    let of = |word: usize| usize::from(matches!(folded(word), "of" | "de"));
    if let (Some(d), Some(month)) = (day(0), month_of(folded(1 + of(1)), months)) {
        let after = 2 + of(1);
        let year = year(after + of(after));
        let length = if year.is_some() { after + of(after) + 1 } else { after };
        return Some((length, vec![Day { year, month, day: d }]));
    }
    if let (Some(month), Some(d)) = (month_of(folded(0), months), day(1)) {
        let year = year(2);
        return Some((2 + usize::from(year.is_some()), vec![Day { year, month, day: d }]));
    }
    if !is_joined(0) || !is_joined(1) {
        return None;
    }
    let valid = |year, month, day| {
        (1..=12).contains(&month).then_some(Day { year: Some(year), month, day })
    };
    let days: Vec<Day> = match (year(0), day(1), year(2)) {
        (Some(year), Some(month), None) => valid(year, month, day(2)?).into_iter().collect(),
        (None, Some(second), Some(year)) => {
            let first = day(0)?;
            let both = [valid(year, second, first), valid(year, first, second)];
            both.into_iter().flatten().collect()
        }
        (_, _, _) => Vec::new(),
    };
    (!days.is_empty()).then_some((3, days))
}

/// Folded names of January to December in one language, all forms of each month.
type FoldedMonths = [Vec<String>; 12];

/// Returns the folded names of the months in a language.
fn folded_months(language: &Language) -> Option<FoldedMonths> {
    let names = months::names(language.code())?;
    let fold = |names: &str| analyzer::words(names).into_iter().map(|word| word.folded).collect();
    Some(names.map(fold))
}

/// Returns the number of a month by its folded name.
fn month_of(folded: &str, months: &[FoldedMonths]) -> Option<u32> {
    let mut all = months.iter().flat_map(|months| months.iter().zip(1..));
    all.find(|(names, _)| names.iter().any(|name| name == folded)).map(|(_, month)| month)
}

/// Returns the notations of a day, as folded words.
fn notations(day: &Day, languages: &[Language]) -> Vec<Vec<String>> {
    let Day { year, month, day } = day;
    let (m, d) = (month.to_string(), day.to_string());
    let mut all = Vec::new();
    if let Some(year) = year {
        let y = year.to_string();
        all.push(vec![y.clone(), m.clone(), d.clone()]);
        all.push(vec![d.clone(), m.clone(), y.clone()]);
        all.push(vec![m, d.clone(), y]);
    }
    for language in languages {
        let Some(months) = folded_months(language) else { continue };
        for name in months[*month as usize - 1].iter().cloned() {
            let year = year.map(|year| year.to_string());
            let with_year = |mut words: Vec<String>| {
                words.extend(year.clone());
                words
            };
            all.push(with_year(vec![d.clone(), name.clone()]));
            all.push(with_year(vec![name.clone(), d.clone()]));
            if matches!(language.code(), "es" | "pt") {
                let de = "de".to_owned();
                let mut long = vec![d.clone(), de.clone(), name];
                long.extend(year.iter().flat_map(|year| [de.clone(), year.clone()]));
                all.push(long);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_recognised_in_many_notations() {
        let check = |question: &str, expected: &[(Option<u32>, u32, u32)]| {
            let words = analyzer::words(question);
            let languages = ["en", "de", "es", "ru"].map(Language::of_code);
            let months: Vec<_> = languages.iter().filter_map(folded_months).collect();
            let days = (0..words.len()).find_map(|at| days_at(question, &words[at..], &months));
            let days = days.map_or_else(Vec::new, |(_, days)| days);
            let days: Vec<_> = days.iter().map(|day| (day.year, day.month, day.day)).collect();
            assert_eq!(days, expected, "{question}");
        };
        check("what happened on 5 November 2019?", &[(Some(2019), 11, 5)]);
        check("November 5th, 2019", &[(Some(2019), 11, 5)]);
        check("the 5th of Nov. 2019", &[(Some(2019), 11, 5)]);
        check("am 5. November", &[(None, 11, 5)]);
        check("5 de noviembre de 2019", &[(Some(2019), 11, 5)]);
        check("5 ноября 2019", &[(Some(2019), 11, 5)]);
        check("2019-11-05", &[(Some(2019), 11, 5)]);
        check("5.11.2019", &[(Some(2019), 11, 5), (Some(2019), 5, 11)]);
        check("13/11/2019", &[(Some(2019), 11, 13)]);
        check("may 5 boats sail?", &[(None, 5, 5)]);
        check("in 2019 5 boats", &[]);
        check("1-2-3", &[]);
    }
}
