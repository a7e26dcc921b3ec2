//! Markup that is left in a visible text. Pure.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::corpus::article::{Passage, PassageKind, Span};

/// Marks of Markdown and its dialects that no reader of the page sees, each with its name.
const MARKS: [(&str, &str); 19] = [
    ("wikilink", r"\[\[|\]\]"),
    ("link or image", r"\]\(|!\["),
    ("link of a reference", r"^\[[^\]]+\]: \S|\w\]\["),
    ("shortcode or template", r"\{\{|\}\}|\{%|%\}|\{\{?[<%]|\{#if"),
    ("heading id or attribute", r"\{#[\w-]|\{:\s*[.#:]?\w|\{\.[a-z]"),
    ("admonition", r":::|(?m:^!!! ?\w)|(?m:^\?\?\? ?\w)"),
    ("callout", r"\[!"),
    ("comment", r"<!--|-->|\{/\*|\*/\}|%%"),
    ("strong emphasis", r"\*\*"),
    ("struck-out text", r"~~\S"),
    ("highlight", r"(?:^|\s)==\S[^=]*==(?:\W|$)"),
    ("footnote", r"\^\[|\[\^"),
    ("block id", r"(?m:\s\^[a-z0-9][a-z0-9-]{3,}$)"),
    ("heading", r"(?m:^#{1,6}[ \t]+\w)"),
    ("fence", r"(?m:^\s*(?:```|~~~))"),
    ("JSX module", r#"(?m:^(?:import\s[^.]*\sfrom\s|import ['"]|export (?:const|default)\s))"#),
    ("component", r"</?[A-Z]\w*(?:\.\w+)?(?:\s+[\w:-]+=[^>]*|\s*/|\s*)>"),
    (
        "HTML tag",
        r"(?i)</?(?:a|abbr|b|blockquote|br|button|center|code|dd|del|details|dfn|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|iframe|img|input|ins|kbd|label|li|mark|ol|p|picture|pre|q|s|script|section|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|th|thead|tr|u|ul|video)(?:\s[^<>]*)?/?>",
    ),
    ("entity", r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});"),
];

/// The marks as regular expressions.
static COMPILED: LazyLock<Vec<(&str, Regex)>> =
    LazyLock::new(|| MARKS.iter().map(|(name, pattern)| (*name, compiled(pattern))).collect());

/// Formulas, which keep their bytes: text between dollar signs with a character of TeX.
static FORMULA: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"\$\$[^$]+\$\$|\$[^$\n]*[\\^_=][^$\n]*\$"));

fn compiled(pattern: &str) -> Regex {
    // The test compiles every pattern.
    Regex::new(pattern).expect("a constant pattern is valid")
}

/// Returns the name of a mark that is left in `quote`, if any. Code, formulas and characters that
/// the author escaped are exempt.
///
/// `quote` is a byte range of the passage's text. `file` is the content of the passage's file.
pub fn markup_left(passage: &Passage, quote: Range<usize>, file: &[u8]) -> Option<&'static str> {
    let mut text = passage.text.get(quote.clone())?.as_bytes().to_vec();
    for exempt in exempt_ranges(passage, file) {
        let within = |at: usize| at.clamp(quote.start, quote.end) - quote.start;
        text[within(exempt.start)..within(exempt.end)].fill(b'x');
    }
    mark_in(&FORMULA.replace_all(&String::from_utf8_lossy(&text), "x"))
}

/// Returns the byte ranges of a passage's text that show what the author typed as text: code, code
/// spans, formulas, character references and characters after a backslash.
fn exempt_ranges(passage: &Passage, file: &[u8]) -> Vec<Range<usize>> {
    let source = |range: &Range<usize>| file.get(range.clone()).unwrap_or_default();
    let is_code = |element: &&Span| {
        let starts = ["`", "<code", "<kbd", "<samp", "$"];
        starts.iter().any(|start| source(&element.file).starts_with(start.as_bytes()))
    };
    let elements = passage.origin.elements.iter().filter(is_code).map(|span| span.text.clone());
    let references = passage.origin.runs.iter().filter_map(|run| {
        let before = run.file.start.saturating_sub(1);
        match run.text.len() == run.file.len() {
            false => Some(run.text.clone()),
            true if file.get(before) == Some(&b'\\') => Some(run.text.start..run.text.start + 1),
            true => None,
        }
    });
    let sentences = passage.sentences.iter().enumerate();
    let code = sentences.filter(|(at, _)| passage.kind_of(*at) == PassageKind::Code);
    let code = code.map(|(_, sentence)| sentence.clone());
    elements.chain(references).chain(code).collect()
}

fn mark_in(text: &str) -> Option<&'static str> {
    COMPILED.iter().find(|(_, mark)| mark.is_match(text)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    #[test]
    fn markup_that_is_left_is_found_by_its_marks() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(mark_in(text), expected, "{text}");
        for (text, mark) in [
            ("See [[Tides]].", "wikilink"),
            ("See [tides](tides.md).", "link or image"),
            ("See ![a tide", "link or image"),
            ("[tides]: https://example.org", "link of a reference"),
            ("See [the tides][tides].", "link of a reference"),
            ("Since {{ site.year }}.", "shortcode or template"),
            ("{% include note.html %}", "shortcode or template"),
            ("{{< youtube >}}", "shortcode or template"),
            ("Spring tides {#spring}", "heading id or attribute"),
            ("Spring tides {: .lead}", "heading id or attribute"),
            (":::note", "admonition"),
            ("!!! note", "admonition"),
            ("[!NOTE] The tide rises.", "callout"),
            ("The tide <!-- why? --> rises.", "comment"),
            ("The tide %%why?%% rises.", "comment"),
            ("The tide {/* why? */} rises.", "comment"),
            ("The tide **rises.", "strong emphasis"),
            ("The tide ~~falls~~ rises.", "struck-out text"),
            ("The tide ==rises==.", "highlight"),
            ("The tide rises.[^1]", "footnote"),
            ("The tide rises.^[Or falls.]", "footnote"),
            ("The tide rises. ^tide-1", "block id"),
            ("## Tides", "heading"),
            ("```sh", "fence"),
            ("import Tabs from '@theme/Tabs';", "JSX module"),
            ("<Tabs>", "component"),
            ("<TabItem value=\"sea\">", "component"),
            ("</details>", "HTML tag"),
            ("10<sup>3</sup>", "HTML tag"),
            ("The tide<br/>rises.", "HTML tag"),
            ("<a href=\"tides.html\">", "HTML tag"),
            ("The tide&nbsp;rises.", "entity"),
            ("The tide&#8217;s height.", "entity"),
        ] {
            check(text, Some(mark));
        }
        for text in [
            "The tide rises (or falls) [sometimes].",
            "a < b and c > d; 3 * 4; AT&T; R&D; 100 % of #tides & C#",
            "if a == b and c == d",
            "Wait ~3 minutes; see ::before.",
            "Vec<usize> in Rust, $5 to $6, 5^2 {a, b}",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn markup_in_code_and_formulas_is_exempt() {
        let file = "---\ntitle: T\n---\nUse `[[x]]` and **`{{ y }}`** with $x^{2^{3}}$.\n\n```\n[[z]]\n```\n\nUse `a` &lt;br&gt; and \\*\\* now.\n";
        let (article, _) =
            corpus::parse("t.md", "t.md", file.as_bytes()).expect("it is an article");
        let marks: Vec<_> = article
            .passages
            .iter()
            .map(|passage| markup_left(passage, 0..passage.text.len(), file.as_bytes()))
            .collect();
        assert_eq!(marks, [None, None, None]);
    }
}
