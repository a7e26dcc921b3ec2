//! Messages of any characters: what they are taken for, and that it is never much.

use verbatim::bot::briefings::request;
use verbatim::index::analyzer::Language;
use verbatim::search::aliases::Aliases;
use verbatim::search::query;
use verbatim::search::split::{MAX_PARTS, split_questions};

/// As `Library` cuts a question, in bytes.
const MAX_BYTES: usize = 16 << 10;
/// More than a context is cut at, and the longest question behind it.
const MAX_CONTEXT_BYTES: usize = MAX_BYTES + (2 << 10);

pub fn check(bytes: &[u8]) {
    let message = String::from_utf8_lossy(bytes);
    let message = &message[..message.floor_char_boundary(MAX_BYTES)];
    let aliases = Aliases::default();
    for codes in [&["en"][..], &["fa", "en"], &["zh"], &["de"]] {
        let languages: Vec<_> = codes.iter().map(|code| Language::of_code(code)).collect();
        let parts = split_questions(message, &languages);
        assert!((1..=MAX_PARTS + 1).contains(&parts.len()));
        let mut before: Option<String> = None;
        let mut at = 0;
        for part in parts.into_iter().take(MAX_PARTS) {
            let start = part.as_ptr() as usize - message.as_ptr() as usize;
            assert!(start >= at, "parts come in the order of the message");
            at = start + part.len();
            let asked = query::analyse(part, before.as_deref(), &languages, &aliases);
            check_query(&asked, part, before.as_deref());
            before = Some(query::context(part, before.as_deref(), &languages));
            assert!(before.as_ref().is_some_and(|text| text.len() <= MAX_CONTEXT_BYTES));
        }
    }
    check_orders(message);
}

fn check_query(asked: &query::Query, question: &str, before: Option<&str>) {
    assert!(asked.terms.len() <= query::MAX_TERMS);
    assert!(asked.phrases.len() <= query::MAX_PHRASES);
    assert!(asked.words.len() <= question.len());
    assert!(asked.focus.is_none_or(|focus| focus < asked.terms.len()));
    for term in &asked.terms {
        let is_typed = |text: &str| text.contains(&term.typed);
        assert!(is_typed(question) || before.is_some_and(is_typed));
        assert!(!term.forms.is_empty() && term.forms.len() <= 64);
    }
    assert!(asked.phrases.iter().all(|phrase| !phrase.is_empty()));
}

/// The words of an order are those of the message.
fn check_orders(message: &str) {
    let zone = "Asia/Kabul".parse().ok();
    for zone in [None, zone] {
        match request::parse_brief(message, zone) {
            request::BriefRequest::Show { words } => assert_eq!(words, message.trim()),
            request::BriefRequest::Schedule(wish) => {
                assert!(message.trim_end().ends_with(&wish.words))
            }
            request::BriefRequest::Problem(_)
            | request::BriefRequest::NeedsZone
            | request::BriefRequest::Status
            | request::BriefRequest::Off(_)
            | request::BriefRequest::SetZone(_) => {}
        }
    }
    if let request::WatchRequest::Add { words } = request::parse_watch(message) {
        assert_eq!(words, message.trim());
    }
}
