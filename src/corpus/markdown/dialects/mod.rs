//! Dialects of Markdown: markup of note programs and site generators that CommonMark does not
//! know. Each dialect is a function that removes or translates its markup before parsing. Pure.
//!
//! Nothing in code and formulas is changed. A text that is removed is one that no reader of the
//! published page sees.

mod admonitions;
mod attributes;
mod editor;
mod markdown_in_html;
mod mdx;
mod templates;
mod wikilinks;

use super::code_ranges::code_ranges;
use super::edited_text::EditedText;
use editor::Editor;
pub use editor::{LeftOut, LeftOutKind, TITLE_END};

/// Removes the markup of all dialects from `text`, which starts at the byte `start` of its file
/// `file`. Returns the remaining CommonMark, and the blocks that are left out.
pub fn remove_dialects(file: &str, text: &str, start: usize) -> (EditedText, Vec<LeftOut>) {
    let is_mdx = file.to_ascii_lowercase().ends_with(".mdx") || mdx::has_imports(&text[start..]);
    let code = code_ranges(text, start, !is_mdx);
    let mut editor = Editor::new(text, start, is_mdx, code);
    templates::remove(&mut editor);
    mdx::remove(&mut editor);
    markdown_in_html::remove(&mut editor);
    admonitions::translate(&mut editor);
    wikilinks::remove(&mut editor);
    attributes::remove(&mut editor);
    (EditedText::new(text, start, editor.edits), editor.left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        check_file("a.md", text, expected);
    }

    #[track_caller]
    fn check_file(file: &str, text: &str, expected: &str) {
        let (edited, _) = remove_dialects(file, text, 0);
        assert_eq!(edited.text, expected, "{text:?}");
    }

    #[test]
    fn dialect_comments_are_removed() {
        check("The tide <!-- not yet --> rises.", "The tide rises.");
        check("a\n\n<!-- b\n\nc -->\n\nd", "a\n\n\n\nd");
        check("The oil. %% ask %%\n\n%%\nhidden\n\nstill\n%%\nb", "The oil. \n\n\nb");
        check("100%% sure %% or", "100%% sure %% or");
        check("a {# note #} b {% comment %} c {% endcomment %} d", "a b d");
        check("a {%- comment -%}\nb\n\nc{%- endcomment -%}", "a ");
        check("a {/* b */} c", "a c");
        check("a {{/* b */}} c", "a c");
        check("`<!-- a -->` `%% b %%`", "`<!-- a -->` `%% b %%`");
        check("a <!-- b", "a <!-- b");
    }

    #[test]
    fn dialect_markup_after_a_backslash_is_text() {
        for text in [
            "a \\<!-- b --> c",
            "a \\{% if b %} c",
            "a \\{{ b }} c",
            "## A \\{#b}",
            "a\\[^1] b",
            "a \\[[b]] c",
            "a \\==b== c",
        ] {
            check(text, text);
        }
        check("a \\\\{{ b }} c", "a \\\\ c");
    }

    #[test]
    fn dialect_templates_leave_their_text() {
        check("[rules]({{ \"/rules/\" | url }}) first", "[rules]() first");
        check("[a]({% link b.md %}), [c](/d/{{ e }}/f)", "[a](), [c](/d//f)");
        check("It sells {{< abbr \"OS\" >}} maps.", "It sells maps.");
        check("{{% note %}}\nThe quay.\n{{% /note %}}", "\nThe quay.\n");
        check("{{ youtube(id=\"a\") }}", "");
        check("{% quote(by=\"A\") %}The tide.{% end %}", "The tide.");
        check("{% raw %}{{ a }}{% endraw %}", "{{ a }}");
        check("{{<figure src=\"a.png\">}} b {{{ c }}} d", "b d");
        check("`{{ a }}` $\\frac{{a}}{b}$", "`{{ a }}` $\\frac{{a}}{b}$");
        check("```\n{% a %}\n```", "```\n{% a %}\n```");
        check("{% highlight rust %}\n# a\n{% endhighlight %}", "```rust\n# a\n```");
        check("a {{ b", "a {{ b");
        check("[a]: {{ b }}/c\n", "[a]: x/c\n");
    }

    #[test]
    fn dialect_wikilinks_leave_what_they_show() {
        check("by [[People/Ada|Ada]], see [[Costs#Iron]].", "by Ada, see Costs.");
        check("the [[Harbour board]], [[#Rules]], [[A#^b1]]", "the Harbour board, Rules, A");
        check("![[a.png]] ![[Note#Part|300]] b", "b");
        check("| [[A\\|b]] |", "| b |");
        check("[[1](b)] a[0] [[]]", "[[1](b)] a[0] [[]]");
        check("a\n\n[[toc]]\n\n[[_TOC_]]\n\n[TOC]\n", "a\n\n\n\n\n\n\n");
        check("`[[a]]`", "`[[a]]`");
    }

    #[test]
    fn dialect_admonitions_leave_their_title_and_their_text() {
        check("> [!warning]- Wet\n> The floor.", "> Wet\u{1}\n> \n> The floor.");
        check("> [!NOTE]\n> The floor.", "> \n> The floor.");
        check(":::tip Wet floor\nMind it.\n:::", "Wet floor\u{1}\n\nMind it.\n");
        check(":::note[Wet]{.a}\nb\n:::\n", "Wet\u{1}\n\nb\n\n");
        check("::: {.callout-note}\nb\n:::", "\nb\n");
        check("!!! note \"Wet\"\n    Mind.\n\n    - a\n\nb", "Wet\u{1}\n\nMind.\n\n- a\n\nb");
        check("??? tip\n    a\n    ??? b \"c\"\n        d\n", "\na\nc\u{1}\n\nd\n");
        check("=== \"Rust\"\n\n    a", "Rust\u{1}\n\n\na");
        check("```\n:::tip a\n```", "```\n:::tip a\n```");
    }

    #[test]
    fn dialect_ids_and_attributes_are_removed() {
        check("## Times {#visits}\n\n## Trips {/*boats*/}\n", "## Times\n\n## Trips \n");
        check("## A { #b .c }\n# D {id=d}", "## A\n# D");
        check("Boats leave. ^boat-rule\n\n^table-1\n", "Boats leave.\n\n\n");
        check("2 ^10\n", "2 ^10\n");
        check("a\n{: .note }\n\n[b](c){:target=\"_blank\"} d", "a\n\n\n[b](c) d");
        check("* TOC\n{:toc}\n\na", "\n\n\na");
        check("![a](b){.wide}", "![a](b)");
        check("a ==b c== d == e == f", "a b c d == e == f");
        check("#tide #moon/new\n\nthe #tide\n", "\n\nthe #tide\n");
        check("rating:: 5\n\nsee [port:: 8] std:: a", "rating: 5\n\nsee port: 8 std:: a");
        check("a[^1] b[^2]\n\n[^1]: c", "a[^1] b\n\n[^1]: c");
        check("a^[note [b](c)] d", "a d");
        check("--8<-- \"a.md\"\n{{#include b.md}}\n", "\n\n");
    }

    #[test]
    fn dialect_mdx_leaves_the_text_of_components() {
        let mdx = |text: &str, expected: &str| check_file("a.mdx", text, expected);
        mdx("import A from 'b';\nimport {\n  C,\n} from \"d\";\n\ne", "\n\n\ne");
        mdx("export const a = {\n  b: 1,\n\n  c: 2,\n};\n\nd", "\n\nd");
        mdx("import A from 'b'; import C from 'd';\nimport\n  E from 'f';\n\ng", "\n\n\ng");
        mdx("<details>\n<summary>**a**</summary>\n\nb\n\n</details>", "\n**a**\n\nb\n\n");
        mdx("<details open={a}>\n<summary>b {\"c\"}</summary>\n</details>", "\nb c\n");
        mdx("import duties fell.\n\nexports rose.", "import duties fell.\n\nexports rose.");
        mdx("<Tabs a={[{b: '>'}]}>\n  <Tab>\n\ntext\n\n  </Tab>\n</Tabs>", "\n  \n\ntext\n\n  \n");
        mdx("a {props.b} c {' '}d {`e`}", "a c  d e");
        mdx("<p style={{color: 'red'}}>a</p>", "<p >a</p>");
        check("a {b} c\n\nexport const or not", "a {b} c\n\nexport const or not");
    }

    #[test]
    fn dialect_markdown_in_html_is_markdown() {
        check("<aside markdown=\"1\" class=\"a\">\n[b](c)\n</aside>", "\n[b](c)\n");
        check("<div markdown=block>\n<div>\na\n</div>\n</div> b", "\n<div>\na\n</div>\n b");
        check("<p markdown='1'>\n<img src=\"a\">\n*b*\n</p>", "\n\n*b*\n");
        check("<p markdown=\"1\" class=\"{{ a }}\">\nb\n</p>", "\nb\n");
        check("<div>\n**a**\n</div>", "<div>\n**a**\n</div>");
        check("`<p markdown=\"1\">` </p> <img>", "`<p markdown=\"1\">` </p> <img>");
    }

    #[test]
    fn dialect_emphasis_of_scripts_without_spaces_closes() {
        check("**港口分为新港和旧港。**新港", "**港口分为新港和旧港。** 新港");
        check("由**“港务局”**管理", "由 **“港务局”** 管理");
        check("**bold**text **b.** c", "**bold**text **b.** c");
    }
}
