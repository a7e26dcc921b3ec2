//! Tests of briefings.

use insta::assert_snapshot;

use super::super::brief::{brief, briefs, topic_brief};
use super::super::context::RenderContext;
use super::fixture::{TestArticle, chat, counted, shown};
use crate::answer::Correction;
use crate::brief::{Brief, KeySection, TopicBrief};
use crate::index::Articles;

const RIVERS: &str = "---
title: Rivers
authors: [Bo]
---

Rivers run to the sea.

## Springs

A spring is a source. Some springs are warm. Others freeze.

## Mouths

A delta is a mouth.
";

fn rivers() -> TestArticle {
    TestArticle::new("rivers.md", RIVERS)
}

/// Returns the briefing with these sections: position, weight and quotes.
fn brief_of(article: &TestArticle, sections: &[(usize, f32, &[&str])]) -> Brief {
    let sections = sections.iter().map(|(section, weight, quotes)| KeySection {
        section: *section,
        weight: *weight,
        excerpts: quotes.iter().map(|quote| article.excerpt(quote, &[])).collect(),
    });
    Brief { article: article.outline.clone(), sections: sections.collect() }
}

#[test]
fn brief_fits_a_short_article_on_one_page() {
    let rivers = rivers();
    let brief_of_rivers = brief_of(
        &rivers,
        &[
            (0, 0.2, &["Rivers run to the sea."]),
            (1, 0.5, &["Some springs are warm.", "A spring is a source."]),
            (2, 0.3, &["A delta is a mouth."]),
        ],
    );
    assert_snapshot!(shown(&brief(&brief_of_rivers, 0, &chat())), @r#"
    <b>Rivers</b>
    by Bo
    <blockquote>Rivers run to the sea.</blockquote>
    <a href="https://t.me/bot?start=section">Opening</a>
    <blockquote>A spring is a source.
    Some springs are warm.</blockquote>
    <a href="https://t.me/bot?start=section">Springs</a>
    <blockquote>A delta is a mouth.</blockquote>
    <a href="https://t.me/bot?start=section">Mouths</a>

    [Contents | article page 0] [Other articles | briefs page 0]
    "#);
}

#[test]
fn brief_puts_the_heaviest_sections_on_the_first_page() {
    let sentence = |number: usize| format!("Fact {number} {}ends.", "is long and ".repeat(20));
    let sections = (1..=6).map(|n| format!("## Section {n}\n\n{}\n\n", sentence(n)));
    let article = TestArticle::titled("Facts", &sections.collect::<String>());
    let quotes: Vec<_> = (1..=6).map(sentence).collect();
    let quotes: Vec<[&str; 1]> = quotes.iter().map(|quote| [quote.as_str()]).collect();
    let sections: Vec<(usize, f32, &[&str])> =
        (0..6).map(|n| (n, [0.1, 0.3, 0.1, 0.2, 0.1, 0.2][n], &quotes[n][..])).collect();
    let brief_of_facts = brief_of(&article, &sections);
    let page = |page| counted(&shown(&brief(&brief_of_facts, page, &chat())), "is long and ");
    assert_snapshot!(page(0), @r#"
    <b>Facts</b>
    <blockquote>Fact 1 (20 × "is long and ")ends.</blockquote>
    <a href="https://t.me/bot?start=section">Section 1</a>
    <blockquote>Fact 2 (20 × "is long and ")ends.</blockquote>
    <a href="https://t.me/bot?start=section">Section 2</a>
    <blockquote>Fact 4 (20 × "is long and ")ends.</blockquote>
    <a href="https://t.me/bot?start=section">Section 4</a>
    <blockquote>Fact 6 (20 × "is long and ")ends.</blockquote>
    <a href="https://t.me/bot?start=section">Section 6</a>

    [All sections (6) | brief page 1] [Contents | article page 0] [Other articles | briefs page 0]
    "#);
    assert_snapshot!(page(9), @r#"
    <b>Facts</b>
    2/2

    <a href="https://t.me/bot?start=section">Section 1</a>
    <blockquote>Fact 1 (20 × "is long and ")ends.</blockquote>

    <a href="https://t.me/bot?start=section">Section 2</a>
    <blockquote>Fact 2 (20 × "is long and ")ends.</blockquote>

    <a href="https://t.me/bot?start=section">Section 3</a>
    <blockquote>Fact 3 (20 × "is long and ")ends.</blockquote>

    <a href="https://t.me/bot?start=section">Section 4</a>
    <blockquote>Fact 4 (20 × "is long and ")ends.</blockquote>

    <a href="https://t.me/bot?start=section">Section 5</a>
    <blockquote>Fact 5 (20 × "is long and ")ends.</blockquote>

    <a href="https://t.me/bot?start=section">Section 6</a>
    <blockquote>Fact 6 (20 × "is long and ")ends.</blockquote>

    [Back | brief page 0] [Contents | article page 0] [Other articles | briefs page 0]
    "#);
}

#[test]
fn brief_shows_the_shortest_quote_if_none_fits_on_the_screen() {
    let (long, longer) = ("a".repeat(1200), "b".repeat(1300));
    let article = TestArticle::titled("A", &format!("{longer}.\n\n## B\n\n{long}."));
    let brief_of_article = brief_of(&article, &[(0, 0.9, &[&longer]), (1, 0.1, &[&long])]);
    let html = brief(&brief_of_article, 0, &chat()).html;
    assert_eq!((html.matches('a').count() > 1200, html.contains(&longer)), (true, false));
}

#[test]
fn topic_brief_groups_quotes_by_section() {
    let rivers = rivers();
    let lakes = TestArticle::titled("Lakes", "A spring can feed a lake.");
    let found = TopicBrief {
        excerpts: vec![
            rivers.excerpt("A spring is a source.", &["spring"]),
            rivers.excerpt("Some springs are warm.", &[]),
            lakes.excerpt("A spring can feed a lake.", &[]),
        ],
        corrected: vec![Correction { typed: "sprng".to_owned(), used: "spring".to_owned() }],
        filters: None,
    };
    assert_snapshot!(shown(&topic_brief(" sprng & <lake> ", &found, &chat())), @r#"
    Searched for spring.
    <b>sprng &amp; &lt;lake&gt;</b>

    <a href="https://t.me/bot?start=passage">Springs</a> · Rivers
    <blockquote>A spring is a source.
    Some springs are warm.</blockquote>

    <a href="https://t.me/bot?start=passage">Opening</a> · Lakes
    <blockquote>A spring can feed a lake.</blockquote>

    [Contents | contents page 0]
    "#);
    let alone = RenderContext { article_count: 1, ..chat() };
    let found =
        TopicBrief { excerpts: found.excerpts[..1].to_vec(), corrected: Vec::new(), filters: None };
    assert_snapshot!(shown(&topic_brief("spring", &found, &alone)), @r#"
    <b>spring</b>

    <a href="https://t.me/bot?start=passage">Springs</a>
    <blockquote>A spring is a source.</blockquote>

    [Contents | contents page 0]
    "#);
}

#[test]
fn list_of_briefs_has_a_row_per_article() {
    let list: Articles = [rivers().summary()].into_iter().collect();
    assert_snapshot!(shown(&briefs(&list, 0, &chat())), @r"
    Articles: 1

    [Rivers | brief page 0]
    ");
}
