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
mod patterns;
mod reader;
mod scripts;
mod writer;

use super::article::Article;
use super::article_builder::ArticleBuilder;
use super::front_matter::{self, FrontMatter};
use super::nesting;
use super::problem::Problem;
use dialects::{LeftOut, LeftOutKind};
use writer::Writer;

/// Parses `text`, the content of `file`. Returns the article and all problems of the file. The
/// article is `None` if the text is nested too deeply to be parsed.
pub fn parse(file: &str, text: &str) -> (Option<Article>, Vec<Problem>) {
    let (mut front, mut problems) = front_matter::parse(file, text);
    if front.title.is_none() && !front.is_title_invalid {
        problems.push(missing_title(file, &front));
    }
    if let Some(line) = nesting::first_too_deep_line(&text[front.body_start..]) {
        let line = line + text[..front.body_start].matches('\n').count();
        let hint = "take off some of the `>` or `-` at its beginning";
        problems.push(Problem::new(file, Some(line), "it is nested too deeply", hint));
        return (None, problems);
    }
    let title = front.title.take().unwrap_or_default();
    let (article, left_out) = build_article(file, text, title, front);
    problems.extend(warnings(file, text, &left_out));
    (Some(article), problems)
}

/// Returns the problem of a file without a title, with a hint for the likely mistake.
fn missing_title(file: &str, front: &FrontMatter) -> Problem {
    let add = "add a line such as `title: Rivers of ice`".to_owned();
    let (what, hint) = match front.body_start > '\u{feff}'.len_utf8() {
        true => match &front.misspelled_title {
            Some(key) => ("the front matter has no `title`", format!("write `title` for `{key}`")),
            None => ("the front matter has no `title`", add),
        },
        false => (
            "there is no front matter",
            "begin the file with `---`, a line such as `title: Rivers of ice`, and `---`"
                .to_owned(),
        ),
    };
    Problem::new(file, Some(1), what, &hint)
}

/// Parses the text after the front matter. Returns the article, and the blocks that are left out.
fn build_article(
    file: &str,
    text: &str,
    title: String,
    front: FrontMatter,
) -> (Article, Vec<LeftOut>) {
    let (edited, mut left_out) = dialects::remove_dialects(file, text, front.body_start);
    let mut writer = Writer::new(text, &edited, ArticleBuilder::new(file, title, front));
    reader::read(&mut writer);
    let (article, more) = writer.finish();
    left_out.extend(more);
    left_out.sort_by_key(|one| one.at);
    (article, left_out)
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
    use super::*;

    fn article(body: &str) -> Article {
        let (article, problems) = parse("a.md", &format!("---\ntitle: T\n---\n{body}"));
        assert_eq!(problems, [], "{body:?}");
        article.expect("the text is not nested too deeply")
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
        check(
            "<p>Tide</p>\n\n---\n\n- [x] Ebb",
            &[(Paragraph, "Tide"), (ListItem, "[x] Ebb")],
        );
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
        check("## Tide!\n\n## Tide", &["Tide!#tide", "Tide#tide-1"]);
        check(&format!("# {}", "a".repeat(301)), &["#"]);
    }
}
