//! Messages of any characters: the parsed question or request is valid and of limited size.

use verbatim::bot::briefings::request;
use verbatim::index::language::Language;
use verbatim::search::aliases::Aliases;
use verbatim::search::query;
use verbatim::search::split::{MAX_PARTS, split_questions};

/// Length at which `Library` truncates a question, in bytes.
const MAX_BYTES: usize = 16 << 10;
/// Upper bound of the length of a context with the longest question, in bytes.
const MAX_CONTEXT_BYTES: usize = MAX_BYTES + (2 << 10);

/// Checks bytes as a message, with corpora in several languages.
pub fn check(bytes: &[u8]) {
    let message = String::from_utf8_lossy(bytes);
    let message = &message[..message.floor_char_boundary(MAX_BYTES)];
    let aliases = Aliases::default();
    for codes in [&["en"][..], &["fa", "en"], &["zh"], &["de"]] {
        let languages: Vec<_> = codes.iter().map(|code| Language::of_code(code)).collect();
        let parts = split_questions(message, &languages);
        assert!((1..=MAX_PARTS + 1).contains(&parts.len()));
        let mut context: Option<String> = None;
        let mut end = 0;
        for part in parts.into_iter().take(MAX_PARTS) {
            let start = part.as_ptr() as usize - message.as_ptr() as usize;
            assert!(start >= end, "the parts are in the order of the message");
            end = start + part.len();
            let analysed =
                query::analyse(part, context.as_deref(), &languages[..].into(), &aliases);
            check_query(&analysed, part, context.as_deref());
            context = Some(query::context(part, context.as_deref(), &languages));
            assert!(context.as_ref().is_some_and(|text| text.len() <= MAX_CONTEXT_BYTES));
        }
    }
    check_requests(message);
}

/// Checks that a query is limited, and that its words are from the question or its context.
fn check_query(analysed: &query::Query, question: &str, context: Option<&str>) {
    assert!(analysed.terms.len() <= query::MAX_TERMS);
    assert!(analysed.phrases.len() <= query::MAX_PHRASES);
    assert!(analysed.words.len() <= question.len());
    assert!(analysed.focus.is_none_or(|focus| focus < analysed.terms.len()));
    for term in &analysed.terms {
        let is_typed = |text: &str| text.contains(&term.typed);
        assert!(is_typed(question) || context.is_some_and(is_typed));
        assert!(!term.forms.is_empty() && term.forms.len() <= 64);
    }
    assert!(analysed.phrases.iter().all(|phrase| !phrase.is_empty()));
}

/// Checks that the words of a request for a briefing or a watch are those of the message.
fn check_requests(message: &str) {
    let zone = "Asia/Kabul".parse().ok();
    for zone in [None, zone] {
        match request::parse_brief(message, zone) {
            request::BriefRequest::Show { words } => assert_eq!(words, message.trim()),
            request::BriefRequest::Schedule(schedule) => {
                assert!(message.trim_end().ends_with(&schedule.words))
            }
            request::BriefRequest::Problem(_)
            | request::BriefRequest::NeedsZone
            | request::BriefRequest::Status
            | request::BriefRequest::Help
            | request::BriefRequest::Off(_)
            | request::BriefRequest::SetZone(_) => {}
        }
    }
    if let request::WatchRequest::Add { words } = request::parse_watch(message) {
        assert_eq!(words, message.trim());
    }
}
