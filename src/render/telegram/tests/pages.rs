//! Tests of pages.

use insta::assert_snapshot;

use super::super::action::Action;
use super::super::context::{RenderContext, Surface};
use super::super::section_pages::{article, articles, languages, page_of, paged, section};
use super::fixture::{TestArticle, chat, counted, shown};
use crate::index::Articles;
use crate::render::messages::Locale;

const DIKES: &str = "---
title: Dikes
source_url: https://example.org/dikes
---

Dikes keep water out.

## How to build

Use clay & straw.

- Dig < 2 m.

```
clay + straw
```

> Old dikes are green.

### Tools

## End

The end.
";

fn dikes() -> TestArticle {
    TestArticle::new("dikes.md", DIKES)
}

#[test]
fn section_page_shows_each_kind_of_passage() {
    let dikes = dikes();
    let reading = dikes.reading(1);
    let straw = reading.passages[0].id;
    assert_snapshot!(shown(&section(&reading, 0, Some(straw), &chat())), @r"
    <b>How to build</b>
    Dikes

    <blockquote>Use clay &amp; straw.</blockquote>

    • Dig &lt; 2 m.

    <pre>clay + straw</pre>

    Old dikes are green.

    [« Previous section | section page 0] [Next section » | section page 0]
    [Contents | article page 0]
    ");
    let inline = RenderContext { surface: Surface::Inline, ..chat() };
    assert_snapshot!(shown(&section(&dikes.reading(2), 7, None, &inline)), @"
    <b>Tools</b>
    Dikes

    This section has no text of its own.

    [Read | https://t.me/bot?start=section]
    ");
}

#[test]
fn section_is_split_between_sentences() {
    let body = format!("{}\n\nThe last passage.", "Water is wet. ".repeat(300));
    let article = TestArticle::titled("Long", &body);
    let reading = article.reading(0);
    let last = reading.passages[1].id;
    assert_eq!(page_of(&reading, last), 1);
    let page = |page| counted(&shown(&section(&reading, page, None, &chat())), "Water is wet. ");
    assert_snapshot!(page(0), @r#"
    <b>Opening</b>
    Long · 1/2

    (214 × "Water is wet. ")

    [2/2 › | section page 1]
    [Contents | article page 0]
    "#);
    assert_snapshot!(page(9), @r#"
    <b>Opening</b>
    Long · 2/2

    (85 × "Water is wet. ")Water is wet.

    The last passage.

    [‹ 1/2 | section page 0]
    [Contents | article page 0]
    "#);
}

#[test]
fn section_splits_a_sentence_that_is_longer_than_a_page() {
    let article = TestArticle::titled("Long", &"x".repeat(6500));
    let reading = article.reading(0);
    let lengths =
        (0..4).map(|page| section(&reading, page, None, &chat()).html.matches('x').count());
    assert_eq!(lengths.collect::<Vec<_>>(), [3000, 3000, 500, 500]);
}

#[test]
fn article_list_has_a_row_per_article() {
    let (dikes, tides) = (dikes(), TestArticle::titled("Tides", "Tides rise."));
    let list: Articles = [dikes.summary(), tides.summary()].into_iter().collect();
    assert_snapshot!(shown(&articles(&list, 0, &chat())), @r"
    Articles: 2

    [Dikes | article page 0]
    [Tides | article page 0]
    ");
    assert_snapshot!(shown(&article(&dikes.outline, 0, &chat())), @r"
    <b>Dikes</b>

    [Opening | section page 0]
    [How to build | section page 0]
    [  Tools | section page 0]
    [End | section page 0]
    [Contents | contents page 0]
    ");
    let alone = RenderContext { article_count: 1, ..chat() };
    assert_snapshot!(shown(&article(&tides.outline, 0, &alone)), @r"
    <b>Tides</b>

    [Opening | section page 0]
    ");
}

#[test]
fn paged_list_has_buttons_for_other_pages() {
    let check = |items: usize, page: usize, expected: &str| {
        let items = vec![(); items];
        let message = paged(String::new(), &items, |()| Vec::new(), page, Action::Contents);
        let last: Vec<_> =
            message.buttons.last().into_iter().flatten().map(|b| &*b.label).collect();
        assert_eq!(last.join("  "), expected, "page {page} of {} items", items.len());
    };
    check(8, 0, "");
    check(9, 0, "2/2 ›");
    check(9, 1, "‹ 1/2");
    check(24, 1, "‹ 1/3  3/3 ›");
    check(25, 0, "2/4 ›  4/4 »");
    check(25, 1, "‹ 1/4  3/4 ›  4/4 »");
    check(80, 5, "« 1/10  ‹ 5/10  7/10 ›  10/10 »");
    check(80, 99, "« 1/10  ‹ 9/10");
}

#[test]
fn names_of_the_other_writing_direction_are_isolated() {
    let article = TestArticle::titled("جزر و مد", "متن.");
    let check = |locale: Locale, expected: &str| {
        let ctx = RenderContext { messages: locale.messages(), ..chat() };
        let html = section(&article.reading(0), 0, None, &ctx).html;
        assert_eq!(html.lines().nth(1), Some(expected));
    };
    check(Locale::English, "\u{2068}جزر و مد\u{2069}");
    check(Locale::Persian, "جزر و مد");
}

#[test]
fn languages_are_offered_in_rows_of_two() {
    assert_snapshot!(shown(&languages(Locale::English.messages())), @r"
    Which language should I use? Quotes are not translated.

    [English | en] [Русский | ru]
    [فارسی | fa] [العربية | ar]
    [Deutsch | de] [Français | fr]
    [Español | es]
    ");
}
