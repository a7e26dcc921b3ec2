//! Parser of Markdown articles. Pure.
//!
//! A passage is a paragraph, the text of a list item, a table row, a code block or a footnote; a
//! block that announces others comes with them. The text of a passage is what a reader of the
//! published page sees, made of the file's bytes in their order: markup of Markdown, of its
//! dialects and of HTML is removed, line ends are kept, and ` | ` separates the cells of a row.
//!
//! Steps: `dialects` removes the markup that CommonMark does not know, `reader` and `html_reader`
//! turn the events of the parser into blocks, `grouping` makes passages of blocks.

mod block;
mod boilerplate;
mod code_lines;
mod code_ranges;
mod dialects;
mod edited_text;
mod elements;
mod grouping;
mod html;
mod html_reader;
mod pages;
mod patterns;
mod reader;
mod scripts;
mod writer;

use super::article::Article;
use super::article_builder::ArticleBuilder;
use super::front_matter::FrontMatter;
use super::nesting;
use super::problem::Problem;
use dialects::{LeftOut, LeftOutKind};
use writer::Writer;

/// Parses `text`, the content of `file`, after its front matter. Returns the article, and a warning
/// for each kind of block that is left out. Fails if the text is nested too deeply to be parsed.
pub fn parse(
    file: &str,
    text: &str,
    front: FrontMatter,
) -> Result<(Article, Vec<Problem>), Problem> {
    if let Some(line) = nesting::first_too_deep_line(&text[front.body_start..]) {
        let line = line + text[..front.body_start].matches('\n').count();
        let hint = "take off some of the `>` or `-` at its beginning";
        return Err(Problem::new(file, Some(line), "it is nested too deeply", hint));
    }
    let (article, left_out) = build_article(file, text, front);
    Ok((article, warnings(file, text, &left_out)))
}

/// Parses the text after the front matter. Returns the article, and the blocks that are left out.
fn build_article(file: &str, text: &str, front: FrontMatter) -> (Article, Vec<LeftOut>) {
    let body_start = front.body_start;
    let (edited, mut left_out) = dialects::remove_dialects(file, text, body_start);
    let mut article = ArticleBuilder::new(file, front);
    article.set_pages(pages::page_starts(text, body_start));
    let mut writer = Writer::new(text, &edited, article);
    let scripts = reader::read(&mut writer);
    let scripts = scripts.into_iter().filter_map(|tag| edited.file_range(tag));
    left_out.extend(scripts.map(|tag| LeftOut { at: tag.start, what: LeftOutKind::Script }));
    left_out.sort_by_key(|one| one.at);
    (writer.finish(), left_out)
}

/// Returns a warning for each kind of block that is left out, at the first of them.
fn warnings(file: &str, text: &str, left_out: &[LeftOut]) -> Vec<Problem> {
    let kinds = [LeftOutKind::Include, LeftOutKind::Component, LeftOutKind::Script];
    let warning = |kind| {
        let mut of_kind = left_out.iter().filter(|one| one.what == kind);
        let first = of_kind.next()?;
        let line = text[..first.at].matches('\n').count() + 1;
        let (name, hint) = match kind {
            LeftOutKind::Include => {
                ("another file that is included here", "put the text of that file here")
            }
            LeftOutKind::Component => {
                ("a component", "write what it shows as text if it should be found")
            }
            LeftOutKind::Script => {
                ("a script or a frame", "write what it shows as text if it should be found")
            }
        };
        let what = match of_kind.count() {
            0 => format!("{name} is left out"),
            more => format!("{name} is left out, and {more} more"),
        };
        Some(Problem::warning(file, Some(line), &what, hint))
    };
    kinds.into_iter().filter_map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::super::article::PassageKind;
    use super::super::front_matter;
    use super::*;

    fn article(body: &str) -> Article {
        let text = format!("---\ntitle: T\n---\n{body}");
        let (front, problems) = front_matter::parse("a.md", &text);
        assert_eq!(problems, [], "{body:?}");
        let (article, _) = parse("a.md", &text, front).expect("the text is not nested too deeply");
        article
    }

    #[test]
    fn markdown_blocks_become_passages_of_their_kind() {
        #[track_caller]
        fn check(body: &str, expected: &[(PassageKind, &str)]) {
            let article = article(body);
            let passages = article.passages.iter();
            let found: Vec<_> =
                passages.map(|passage| (passage.kind, passage.text.as_str())).collect();
            assert_eq!(found, expected, "{body:?}");
        }
        use PassageKind::{BlockQuotation, Code, Footnote, ListItem, Paragraph, TableRow};
        check("", &[]);
        check(
            "The tide\nrises.\n\nIt falls.",
            &[(Paragraph, "The tide\nrises."), (Paragraph, "It falls.")],
        );
        check(
            "- ebb\n- flood\n\n  springs",
            &[(ListItem, "ebb"), (ListItem, "flood"), (ListItem, "springs")],
        );
        check("1. ebb\n   - neap", &[(ListItem, "1. ebb\n   - neap")]);
        check("1. ebb\n1. flood", &[(ListItem, "ebb\nflood")]);
        check("3) ebb\n4) flood", &[(ListItem, "3) ebb\n4) flood")]);
        check("> It rises\n> and falls.", &[(BlockQuotation, "It rises\nand falls.")]);
        check("> - ebb", &[(ListItem, "ebb")]);
        check("```\nlet tide;\n```", &[(Code, "let tide;")]);
        check(
            "| Moon | Tide |\n|---|---|\n| full | spring |",
            &[(TableRow, "Moon | Tide\nfull | spring")],
        );
        check(
            "Tide[^a]\n\n[^a]: Ebb and flood.",
            &[(Paragraph, "Tide"), (Footnote, "Ebb and flood.")],
        );
        check("<p>Tide</p>\n\n---\n\n- [x] Ebb", &[(Paragraph, "Tide"), (ListItem, "[x] Ebb")]);
    }

    #[track_caller]
    fn check_texts(body: &str, expected: &[&str]) {
        let article = article(body);
        let found: Vec<_> = article.passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(found, expected, "{body:?}");
    }

    #[track_caller]
    fn check_sentences(body: &str, expected: &[&str]) {
        let article = article(body);
        let passages = article.passages.iter();
        let found: Vec<_> = passages
            .flat_map(|passage| passage.sentences.iter().map(|range| &passage.text[range.clone()]))
            .collect();
        assert_eq!(found, expected, "{body:?}");
    }

    #[test]
    fn markdown_announcement_comes_with_what_it_announces() {
        check_texts(
            "To moor:\n\n- Call.\n- Wait.\n\nDone.",
            &["To moor:\n- Call.\n- Wait.", "Done."],
        );
        check_texts("Run:\n\n```sh\nmoor\n```\n\nDone.", &["Run:\nmoor", "Done."]);
        check_texts("He said:\n\n> Wait.\n\nWe did.", &["He said:\nWait.", "We did."]);
        check_texts("- Call.\n- Wait.", &["Call.", "Wait."]);
        check_texts("- Call:\n  - Ada\n  - Bo\n- Wait.", &["Call:\n  - Ada\n  - Bo", "Wait."]);
        check_texts("Run:\n\nFilename: a.rs\n\n```\nb\n```", &["Run:\nFilename: a.rs\nb"]);
        let long = format!("Items:\n\n{}", "- The tide rises at the south quay.\n".repeat(60));
        let passages = article(&long).passages;
        assert!(passages[0].text.len() <= 1_500 && passages.len() > 10);
        assert_eq!(passages[1].text, "The tide rises at the south quay.");
    }

    #[test]
    fn markdown_sentences_keep_numbers_terms_and_headers() {
        check_sentences(
            "1. Call the pilot. Wait.\n2. [x] Moor.",
            &["1. Call the pilot.", "Wait.", "2. [x] Moor."],
        );
        check_sentences("Neap\n: A low tide. It is rare.", &["Neap\nA low tide.", "It is rare."]);
        check_sentences("|a|b|\n|-|-|\n|c|d|\n|e|f|", &["a|b\nc|d", "a|b\ne|f"]);
        check_sentences(
            "Depths:\n\n|a|b|\n|-|-|\n|c|d|\n|e|f|\n\nend",
            &["Depths:", "a|b\nc|d\ne|f", "end"],
        );
    }

    #[test]
    fn markdown_html_is_shown_as_in_a_browser() {
        check_texts(
            "<p align=center>\nThe <b>cutter</b> &mdash; 1899.\n</p>",
            &["The cutter — 1899."],
        );
        check_texts("<ul><li>ebb</li><li>flood</li></ul>", &["ebb", "flood"]);
        check_texts(
            "To moor:\n<ol>\n<li>Call.</li>\n<li>Wait.</li>\n</ol>",
            &["To moor:\nCall.\nWait."],
        );
        check_texts(
            "<table><tr><th>Berth</th><th>Depth</th></tr><tr><td>South</td><td>4 m</td></tr></table>",
            &["Berth | Depth\nSouth | 4 m"],
        );
        check_texts(
            "<details>\n<summary>Wet</summary>\n\nThe *floor*.\n\n</details>",
            &["Wet\nThe floor."],
        );
        check_texts("a<script>\nlet b;\n\nc\n</script>\n\nd", &["a", "d"]);
        check_texts("<style>p { a: b }</style>\n\nd <svg><text>e</text></svg>f", &["d f"]);
        check_texts("a<br>b<br/>\nc", &["a\nb\nc"]);
        check_texts("<pre>\nlet a;\n  b\n</pre>", &["let a;\n  b"]);
        check_texts("<iframe src=a> b", &["b"]);
        check_texts("<div>a <del>b</del> c <s>d</s></div>", &["a c"]);
        check_texts("a ~~b~~ c", &["a c"]);
        check_texts(
            "10<sup>6</sup> of 2<sup>k</sup> on the 9<sup>th</sup>",
            &["10⁶ of 2^k on the 9th"],
        );
        check_texts("10<sup>**6**</sup>, 2<sup>`k`</sup>", &["10^6, 2^k"]);
        check_texts("<p>10<sup><b>6</b></sup> 10<sup>&minus;6</sup></p>", &["10⁶ 10^−6"]);
        check_texts("10<sup>2&minus;1</sup> A&B<sup>&reg;</sup>", &["10^2−1 A&B®"]);
        check_texts("CO<sub>2</sub>, log<sub>2</sub>8", &["CO2, log₂8"]);
        check_texts("<p>10<sup>-6</sup> m<sup><a href=b>1</a></sup></p>", &["10⁻⁶ m"]);
        check_texts("[![a](b)](c) ![d](e)\n\nf", &["f"]);
        check_texts("$a_1 * b * c$ and $$x^2$$", &["$a_1 * b * c$ and $$x^2$$"]);
    }

    #[test]
    fn markdown_navigation_is_boilerplate() {
        let article = article("- [Ebb](ebb.md) - 2021\n- [Flood](f.md)\n\nThe [tide](t.md) rises.");
        let found: Vec<_> = article.passages.iter().map(|passage| passage.is_boilerplate).collect();
        assert_eq!(found, [true, true, false]);
    }

    #[test]
    fn markdown_inline_markup_is_removed_and_mapped_to_the_file() {
        #[track_caller]
        fn check(body: &str, text: &str, elements: &[&str]) {
            let article = article(body);
            let passage = &article.passages[0];
            let file = format!("---\ntitle: T\n---\n{body}");
            let sources = passage.origin.elements.iter().map(|span| &file[span.file.clone()]);
            assert_eq!(passage.text, text);
            assert_eq!(sources.collect::<Vec<_>>(), elements);
            let all = passage.origin.file_range(0..text.len());
            assert_eq!(&file[all], body, "the whole text comes from the whole body");
        }
        check("*Spring* tide", "Spring tide", &["*Spring*"]);
        check(
            "**[Tides](https://example.org)**",
            "Tides",
            &["[Tides](https://example.org)", "**[Tides](https://example.org)**"],
        );
        check("`ebb` &amp; flow", "ebb & flow", &["`ebb`"]);
        check("ebb\\*", "ebb*", &[]);
        check("H<sub>2</sub>O ebb", "H2O ebb", &["<sub>2</sub>"]);
    }

    #[test]
    fn markdown_headings_become_nested_sections() {
        #[track_caller]
        fn check(body: &str, expected: &[&str]) {
            let outline = article(body).outline;
            let sections = outline.sections.iter().enumerate();
            let found: Vec<_> = sections
                .map(|(at, section)| {
                    format!("{}#{}", outline.headings_of(at).join("/"), section.anchor)
                })
                .collect();
            assert_eq!(found, expected, "{body:?}");
        }
        check("# T\n\nTides.", &["#"]);
        check(
            "Tides.\n\n## Moon\n\n### Full *Moon*\n\n## Sun",
            &["#", "Moon#moon", "Moon/Full Moon#full-moon", "Sun#sun"],
        );
        check("|a|\n|-|\n|b|\n\n## `Tide` <div>c</div>", &["#", "Tide c#tide-c"]);
        check("<h2>Tide &amp; <i>Moon</i></h2>\nebb\n", &["Tide & Moon#tide--moon"]);
        check("## Tide!\n\n## Tide", &["Tide!#tide", "Tide#tide-1"]);
        check(&format!("# {}", "a".repeat(301)), &["#"]);
    }
}
