//! Whether an article is published: drafts, and the dates from and until which it is shown. Pure.

use super::super::date;
use super::value::{Entry, Value, normalized};

/// The reason why an article is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withheld {
    /// Its author has marked it as unpublished, with this key and value.
    Draft(String),
    /// It is to be published on this date.
    Future(String),
    /// It was to be shown until this date.
    Expired(String),
}

/// Marks of publication in front matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publication {
    /// Key and value that mark the article as unpublished.
    pub draft: Option<String>,
    /// Last date, as `YYYY-MM-DD`.
    pub until: Option<String>,
}

/// Keys that mark an article as unpublished if they are true.
const HIDING: [&str; 7] =
    ["draft", "isdraft", "drafted", "unpublished", "private", "unlisted", "headless"];
/// Keys that mark an article as unpublished if they are false.
const SHOWING: [&str; 5] = ["published", "publish", "ispublished", "public", "render"];
/// Values of `status` and `visibility` that mark an article as unpublished.
const STATES: [&str; 9] = [
    "draft",
    "drafts",
    "unpublished",
    "private",
    "pending",
    "trash",
    "trashed",
    "unlisted",
    "hidden",
];
const LAST_DATES: [&str; 4] = ["expirydate", "expires", "unpublishdate", "unpublishedat"];

impl Publication {
    /// Reads the marks of publication.
    pub fn of(entries: &[Entry]) -> Publication {
        let draft = entries.iter().find(|entry| is_unpublished(entry));
        let until = entries.iter().filter(|entry| LAST_DATES.contains(&&*normalized(&entry.key)));
        let until = until.into_iter().find_map(|entry| date::parse(&entry.value.text()?));
        let draft = draft.map(|entry| match entry.value.text() {
            Some(value) => format!("{}: {value}", entry.key),
            None => format!("`draft` in `{}`", entry.key),
        });
        Publication { draft, until: until.filter(|date| date.len() == 10) }
    }

    /// Returns the reason why an article of the date `published` is not shown on the day `today`.
    /// Both dates are `YYYY-MM-DD`, which may lack the day and the month.
    pub fn withheld(&self, published: Option<&str>, today: &str) -> Option<Withheld> {
        let future = || published.filter(|date| *date > &today[..date.len().min(today.len())]);
        let expired = || self.until.as_deref().filter(|date| *date < today);
        (self.draft.clone().map(Withheld::Draft))
            .or_else(|| future().map(|date| Withheld::Future(date.to_owned())))
            .or_else(|| expired().map(|date| Withheld::Expired(date.to_owned())))
    }
}

fn is_unpublished(entry: &Entry) -> bool {
    let key = normalized(&entry.key);
    let flag = flag(&entry.value);
    match key.as_str() {
        key if HIDING.contains(&key) => flag == Some(true),
        key if SHOWING.contains(&key) => flag == Some(false),
        "status" | "visibility" | "state" => {
            let state = entry.value.text().unwrap_or_default().trim().to_lowercase();
            STATES.contains(&state.as_str())
        }
        // Hugo's options of building, and the tags of Nikola.
        "build" => entry.value.get("render").is_some_and(|render| {
            self::flag(render) == Some(false) || render.text().as_deref() == Some("never")
        }),
        "tags" | "tag" => has_draft_tag(&entry.value),
        _ => false,
    }
}

/// Returns whether one of the tags is `draft`.
fn has_draft_tag(tags: &Value) -> bool {
    let is_draft = |tag: &str| tag.trim().trim_start_matches('#').eq_ignore_ascii_case("draft");
    match tags {
        Value::Text(text) => text.split(',').any(is_draft),
        Value::List(list) => list.iter().filter_map(Value::text).any(|tag| is_draft(&tag)),
        Value::Null | Value::Bool(_) | Value::Map(_) => false,
    }
}

/// Returns the truth value that a person means.
fn flag(value: &Value) -> Option<bool> {
    match value.text()?.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publication(yaml: &str) -> Publication {
        let Value::Map(map) = serde_saphyr::from_str(yaml).unwrap() else { panic!("no map") };
        let entries = map.into_iter().map(|(key, value)| Entry { key, value, line: 1 });
        Publication::of(&entries.collect::<Vec<_>>())
    }

    #[test]
    fn publication_tells_drafts_from_articles() {
        for yaml in [
            "draft: true",
            "Draft: yes",
            "draft: 'true'",
            "draft: 1",
            "published: false",
            "publish: false",
            "status: draft",
            "status: Private",
            "visibility: hidden",
            "unlisted: true",
            "build: {render: never}",
            "_build: {render: false}",
            "tags: [draft]",
            "tags: tides, draft",
        ] {
            assert!(publication(yaml).draft.is_some(), "{yaml}");
        }
        for yaml in [
            "draft: false",
            "draft: no",
            "published: true",
            "published: 2021-11-24",
            "publish: true",
            "status: published",
            "status: Stable",
            "build: {list: never}",
            "tags: [drafting]",
            "hidden: true",
            "draft:",
        ] {
            assert_eq!(publication(yaml).draft, None, "{yaml}");
        }
    }

    #[test]
    fn publication_depends_on_the_day() {
        let check = |yaml: &str, published: Option<&str>, expected: Option<Withheld>| {
            let found = publication(yaml).withheld(published, "2026-03-01");
            assert_eq!(found, expected, "{yaml} {published:?}");
        };
        let future = |date: &str| Some(Withheld::Future(date.to_owned()));
        check("a: b", Some("2026-03-01"), None);
        check("a: b", Some("2026-03-02"), future("2026-03-02"));
        check("a: b", Some("2026"), None);
        check("a: b", Some("2026-04"), future("2026-04"));
        check("a: b", Some("2027"), future("2027"));
        check("a: b", Some("2026-03"), None);
        check("a: b", None, None);
        check("expiryDate: 2026-03-01", None, None);
        check("expiryDate: 2026-02-28", None, Some(Withheld::Expired("2026-02-28".to_owned())));
        check("expiryDate: soon", None, None);
        check("draft: true", Some("2027"), Some(Withheld::Draft("draft: true".to_owned())));
    }
}
