//! Tests of answers.

use insta::assert_snapshot;

use super::super::answer::{authors, context, nothing_found, quote, quotes};
use super::super::context::{RenderContext, Surface};
use super::fixture::{TestArticle, chat, counted, shown};
use crate::answer::{AnswerCursor, Bylines, Correction, Found, LanguageMismatch, NothingFound};
use crate::index::language::Language;

const TIDES: &str = "---
title: Tides & moons
authors: [Ada]
published: 2026-01-05
---

Tides rise twice a day.

## Spring tides

Sun and Moon pull together at new moon. The tide is then < 8 m. Boats wait.

At half moon the tide is small. It is called a neap tide.

## Names

Neap is an old word.
";

fn tides() -> TestArticle {
    TestArticle::new("tides.md", TIDES)
}

/// Returns the languages of a German question and of English articles.
fn german_question() -> Option<LanguageMismatch> {
    LanguageMismatch::new(Language::of_code("de"), vec![Language::of_code("en")])
}

fn inline() -> RenderContext<'static> {
    RenderContext { surface: Surface::Inline, ..chat() }
}

#[test]
fn answer_quotes_the_first_excerpt_and_counts_the_others() {
    let tides = tides();
    let found = Found {
        excerpts: vec![
            tides.excerpt("The tide is then < 8 m.", &["tide", "8 m"]),
            tides.excerpt("It is called a neap tide.", &["tide"]),
        ],
        questions: Vec::new(),
        corrected: vec![Correction { typed: "tyde".to_owned(), used: "tide".to_owned() }],
        bylines: Vec::new(),
        languages: None,
        unanswered: vec!["Who bakes bread?".to_owned()],
        filters: None,
    };
    assert_snapshot!(shown(&quotes(&found, &chat())), @r#"
    Searched for tide.
    <blockquote>The <b>tide</b> is then &lt; <b>8 m</b>.</blockquote>
    <a href="https://t.me/bot?start=passage">Spring tides</a> · Tides &amp; moons

    Nothing found for “Who bakes bread?”

    [More (1) | quote, 0 left] [Context | context] [Read | section page 0] [⋯ | Menu(AnswerCursor { quotes: [QuoteRef { passage: PassageId(LZWdp9Lz9Lv), first: 1, count: 1, marked: 50 }, QuoteRef { passage: PassageId(GtGHF4I6uY7), first: 1, count: 1, marked: 32 }, QuoteRef { passage: PassageId(LZWdp9Lz9Lv), first: 1, count: 1, marked: 50 }], len: 2, position: 0 })]
    "#);
    let first = Found {
        excerpts: found.excerpts[..1].to_vec(),
        questions: Vec::new(),
        bylines: vec![tides.outline.clone()],
        corrected: Vec::new(),
        languages: german_question(),
        unanswered: Vec::new(),
        filters: None,
    };
    assert_snapshot!(shown(&quotes(&first, &inline())), @r#"
    <blockquote>The <b>tide</b> is then &lt; <b>8 m</b>.</blockquote>
    <a href="https://t.me/bot?start=passage">Spring tides</a> · Tides &amp; moons
    Die Zitate sind auf Englisch.

    <a href="https://t.me/bot?start=section">Tides &amp; moons</a>
    by Ada
    2026-01-05

    [Context | context] [Read | https://t.me/bot?start=section] [⋯ | Menu(AnswerCursor { quotes: [QuoteRef { passage: PassageId(LZWdp9Lz9Lv), first: 1, count: 1, marked: 50 }, QuoteRef { passage: PassageId(LZWdp9Lz9Lv), first: 1, count: 1, marked: 50 }, QuoteRef { passage: PassageId(LZWdp9Lz9Lv), first: 1, count: 1, marked: 50 }], len: 1, position: 0 })]
    "#);
}

#[test]
fn answer_truncates_a_long_quote_to_words_near_the_first_mark() {
    let check = |before: usize, after: usize, expected: &str| {
        let sentence = format!("{}tide{}.", "far ".repeat(before), " and on".repeat(after));
        let article = TestArticle::titled("Long", &sentence);
        let html = quote(&article.excerpt(&sentence, &["tide"]), None, &chat()).html;
        let (quotation, _) = html.rsplit_once('\n').expect("a line with the source");
        assert_eq!(counted(&counted(quotation, "far "), " and on"), expected);
    };
    check(2, 2, r#"<blockquote>(2 × "far ")<b>tide</b>(2 × " and on").</blockquote>"#);
    let start = "(49 × \"far \")<b>tide</b>";
    check(1000, 2, &format!("<blockquote>{start}(2 × \" and on\").</blockquote>\n[…]"));
    let end = "(498 × \" and on\")";
    check(2, 1000, &format!("<blockquote>(2 × \"far \")<b>tide</b>{end}</blockquote>\n[…]"));
    let end = "(471 × \" and on\")";
    check(1000, 1000, &format!("<blockquote>{start}{end}</blockquote>\n[…]"));
}

#[test]
fn context_shows_the_passages_around_the_quote() {
    let tides = tides();
    let excerpt = tides.excerpt("The tide is then < 8 m.", &["tide"]);
    let cursor = AnswerCursor::of(std::slice::from_ref(&excerpt)).expect("a whole sentence");
    let message = context(&excerpt, cursor, &tides.reading(1), &chat());
    assert_snapshot!(shown(&message), @r#"
    <blockquote>Sun and Moon pull together at new moon. The <b>tide</b> is then &lt; 8 m. Boats wait.</blockquote>

    At half moon the tide is small. It is called a neap tide.

    <a href="https://t.me/bot?start=passage">Spring tides</a> · Tides &amp; moons

    [Back to the quote | quote, 0 left] [Read | section page 0]
    "#);

    let neap = tides.excerpt("At half moon the tide is small.", &[]);
    let before = context(&neap, cursor, &tides.reading(1), &inline());
    assert_snapshot!(shown(&before), @r#"
    Sun and Moon pull together at new moon. The tide is then &lt; 8 m. Boats wait.

    <blockquote>At half moon the tide is small. It is called a neap tide.</blockquote>
    <a href="https://t.me/bot?start=passage">Spring tides</a> · Tides &amp; moons

    [Back to the quote | quote, 0 left] [Read | https://t.me/bot?start=section]
    "#);
}

#[test]
fn context_cuts_long_passages_between_sentences() {
    let body = format!("{}\n\nThe quote.\n\n{}", "One. ".repeat(200), "Two. ".repeat(200));
    let article = TestArticle::titled("Long", &body);
    let excerpt = article.excerpt("The quote.", &[]);
    let cursor = AnswerCursor::of(std::slice::from_ref(&excerpt)).expect("a whole sentence");
    let html = context(&excerpt, cursor, &article.reading(0), &chat()).html;
    assert_snapshot!(counted(&counted(&html, "One. "), " Two."), @r#"
    […] (139 × "One. ")One.

    <blockquote>The quote.</blockquote>

    Two.(139 × " Two.") […]

    <a href="https://t.me/bot?start=passage">Opening</a> · Long
    "#);
}

#[test]
fn refusal_names_the_missing_words_and_the_nearest_sections() {
    let tides = tides();
    let mut nothing = NothingFound {
        missing: vec!["<bread>".to_owned()],
        nearest: vec![tides.place(1), tides.place(0)],
        corrected: Vec::new(),
        languages: None,
        filters: None,
        unmatched: None,
    };
    assert_snapshot!(shown(&nothing_found(&nothing, &chat())), @r"
    I found nothing about “&lt;bread&gt;” in the articles.
    Closest sections:

    [Spring tides | section page 0]
    [Opening | section page 0]
    ");
    nothing.nearest.clear();
    nothing.missing.clear();
    assert_snapshot!(shown(&nothing_found(&nothing, &chat())), @r"
    I found nothing in the articles that answers this.

    [Contents | contents page 0]
    ");
}

#[test]
fn answer_about_authors_shows_bylines() {
    let found = Bylines {
        articles: vec![tides().outline],
        unanswered: vec!["Who bakes bread?".to_owned()],
        filters: None,
    };
    assert_snapshot!(shown(&authors(&found, &chat())), @r#"
    <a href="https://t.me/bot?start=section">Tides &amp; moons</a>
    by Ada
    2026-01-05

    Nothing found for “Who bakes bread?”

    [Tides & moons | article page 0]
    "#);
    assert_snapshot!(shown(&authors(&found, &inline())), @r#"
    <a href="https://t.me/bot?start=section">Tides &amp; moons</a>
    by Ada
    2026-01-05

    Nothing found for “Who bakes bread?”

    [Tides & moons | https://t.me/bot?start=section]
    "#);
}
