//! Narrowing of a search by the filters in a text. Pure.

use super::filter_names::{FilterNames, Meant};
use crate::answer::UnmatchedFilter;
use crate::dialogue::{FilterKind, TypedFilter, without_filters};
use crate::index::Criterion;

/// The filters of a text, and the rest of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Narrowing {
    /// The text without its filters.
    pub rest: String,
    /// An article must meet one of the criteria of each list.
    pub clauses: Vec<Vec<Criterion>>,
    /// The filters with the names that they mean, as a reader may type them. Empty without filters.
    pub filters: String,
    /// Whether the reader typed all names, and not only their beginnings or something similar.
    pub is_as_typed: bool,
    /// The first filter that no article passes.
    pub unmatched: Option<UnmatchedFilter>,
}

/// Maximum number of names that are shown instead of the typed beginning that they have in common.
const MAX_SHOWN: usize = 3;

impl Narrowing {
    /// Returns the narrowing of a text without filters.
    pub fn none(text: &str) -> Narrowing {
        Narrowing {
            rest: text.to_owned(),
            clauses: Vec::new(),
            filters: String::new(),
            is_as_typed: true,
            unmatched: None,
        }
    }

    /// Looks up the filters `typed` in a text. Filters of the same kind are alternatives. What only
    /// looks like a filter, because its words may be ordinary ones, stays in the text.
    pub fn new(text: &str, typed: &[TypedFilter], names: &FilterNames) -> Narrowing {
        let mut narrowing = Narrowing::none(text);
        let (mut used, mut shown) = (Vec::new(), Vec::new());
        let mut clauses: Vec<(FilterKind, Vec<Criterion>)> = Vec::new();
        for filter in typed {
            let meant: Vec<_> =
                filter.values.iter().map(|value| (value, names.find(filter.kind, value))).collect();
            let is_named = |meant: &Option<Meant>| meant.as_ref().is_some_and(|it| it.is_as_typed);
            if filter.is_spaced && !meant.iter().all(|(_, meant)| is_named(meant)) {
                continue;
            }
            used.push(filter);
            let mut clause = Vec::new();
            for (value, meant) in meant {
                let Some(meant) = meant else {
                    let unknown = || unknown(filter.kind, value, names);
                    narrowing.unmatched.get_or_insert_with(unknown);
                    continue;
                };
                narrowing.is_as_typed &= meant.is_as_typed;
                match meant.names.len() {
                    ..=MAX_SHOWN => {
                        shown.extend(meant.names.iter().map(|name| label(filter.kind, name)));
                    }
                    _ => shown.push(label(filter.kind, value)),
                }
                clause.extend(meant.criteria);
            }
            match clauses.iter_mut().find(|(kind, _)| *kind == filter.kind) {
                Some((_, known)) => known.extend(clause),
                None => clauses.push((filter.kind, clause)),
            }
        }
        shown.dedup();
        narrowing.rest = without_filters(text, used);
        narrowing.clauses = clauses.into_iter().map(|(_, clause)| clause).collect();
        narrowing.filters = shown.join(" ");
        narrowing
    }
}

/// Returns the problem of a filter that none of the names is.
pub fn unknown(kind: FilterKind, typed: &str, names: &FilterNames) -> UnmatchedFilter {
    let typed = typed.to_owned();
    match kind {
        FilterKind::Folder | FilterKind::Author | FilterKind::Tag => {
            UnmatchedFilter::UnknownName { kind, typed, known: names.known(kind) }
        }
        FilterKind::After | FilterKind::Before => UnmatchedFilter::NotADate { typed },
    }
}

/// Returns a filter as a reader may type it.
fn label(kind: FilterKind, name: &str) -> String {
    let word = match kind {
        FilterKind::Folder => "in",
        FilterKind::Author => "by",
        FilterKind::Tag => "tag",
        FilterKind::After => "after",
        FilterKind::Before => "before",
    };
    match name.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '،' | '、' | '，')) {
        true => format!("{word}:\"{name}\""),
        false => format!("{word}:{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ContentHash;
    use crate::corpus::article::ArticleId;
    use crate::dialogue::find_filters;
    use crate::index::ArticleSummary;

    #[test]
    fn narrowing_names_the_filters_that_are_used_and_those_without_articles() {
        let article = |file: &str| ArticleSummary {
            id: ArticleId::of_file(file),
            file: file.to_owned(),
            hash: ContentHash::of(b""),
            modified: 0,
            title: String::new(),
            title_stems: Vec::new(),
            published: None,
            authors: vec!["Ada Moon".to_owned()],
            tags: vec!["coast".to_owned()],
            sections: 1,
        };
        let articles = [article("water/a.md"), article("energy/b.md")];
        let names = FilterNames::new(articles.iter());
        let check = |text: &str, filters: &str, rest: &str, clauses: usize, problem: &str| {
            let narrowing = Narrowing::new(text, &find_filters(text), &names);
            assert_eq!(narrowing.filters, filters, "{text}");
            assert_eq!(narrowing.rest, rest, "{text}");
            assert_eq!(narrowing.clauses.len(), clauses, "{text}");
            let unmatched = match &narrowing.unmatched {
                None => String::new(),
                Some(UnmatchedFilter::UnknownName { kind, typed, known }) => {
                    format!("{kind:?} {typed}: {}", known.join(" "))
                }
                Some(UnmatchedFilter::NotADate { typed }) => format!("date {typed}"),
                Some(UnmatchedFilter::NoArticle { .. }) => unreachable!("nothing is counted here"),
            };
            assert_eq!(unmatched, problem, "{text}");
        };
        check("dikes", "", "dikes", 0, "");
        check("dikes in:wat by:moon", "in:water by:\"Ada Moon\"", "dikes", 2, "");
        check("dikes in:water in:energy", "in:water in:energy", "dikes", 1, "");
        check("dikes in:water,energy", "in:water in:energy", "dikes", 1, "");
        check("dikes after:2026-01 before:2027", "after:2026-01 before:2027", "dikes", 2, "");
        check("dikes in:oil", "", "dikes", 1, "Folder oil: energy water");
        check("dikes in:water,oil", "in:water", "dikes", 1, "Folder oil: energy water");
        check("dikes after:lunch", "", "dikes", 1, "date lunch");
        check("what did he say in: public", "", "what did he say in: public", 0, "");
        check("what did he say in: wat", "", "what did he say in: wat", 0, "");
        check("what did he say in: water", "in:water", "what did he say", 1, "");
    }
}
