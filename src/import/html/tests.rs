//! Tests of the conversion of HTML to Markdown.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use url::Url;

use super::to_markdown;

fn base() -> Url {
    Url::parse("https://example.org/a/b.html").unwrap()
}

/// Returns the words that a reader of the Markdown sees. Blocks end words.
fn visible_words(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_DEFINITION_LIST;
    let mut text = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push(' '),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
            | Event::End(
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link,
            ) => {}
            Event::Start(_) | Event::End(_) => text.push(' '),
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
    text.split_whitespace().map(str::to_owned).collect()
}

#[track_caller]
fn check(html: &str, expected: &str) {
    assert_eq!(to_markdown(html, Some(&base())).text, expected, "{html}");
}

#[test]
fn paragraphs_are_one_line_and_words_are_kept_apart() {
    check("<p>The tide\n  rises.</p><p>It&nbsp;falls.</p>", "The tide rises.\n\nIt falls.\n");
    check("<div>end</div>Start<div>mid</div>", "end\n\nStart\n\nmid\n");
    check("Ver<wbr>ba&shy;t&#8203;im", "Verbatim\n");
    check("<b>Ver</b>batim", "Verbatim\n");
    check("<p>a <b>bold </b>word, <i>so</i>.</p>", "a **bold** word, *so*.\n");
    check("<p>one<br>two<br><br>three</p>", "one\\\ntwo\n\nthree\n");
    check("<b>one<p>two</p></b>", "**one**\n\n**two**\n");
    check("<p>می‌شود ﬁn</p>", "می‌شود ﬁn\n");
    check("<ruby>潮<rp>(</rp><rt>しお</rt><rp>)</rp></ruby>は", "潮は\n");
    check(
        "<p>10<sup>6</sup> m<sup>2</sup>, H<sub>2</sub>O, 1<sup>st</sup></p>",
        "10⁶ m2, H2O, 1st\n",
    );
    check("<details><summary>More</summary>text</details>", "More\n\ntext\n");
    check("<p>He said <q>no</q>.</p>", "He said “no”.\n");
    check(
        "a<script>x</script><style>y</style><p hidden>z</p><p style='display: none'>w</p>",
        "a\n",
    );
    check("", "");
}

#[test]
fn text_that_looks_like_markup_is_escaped() {
    check("<p>1986. A year</p>", "1986\\. A year\n");
    check("<p>+ plus</p><p>#hashtag</p><p># one</p>", "\\+ plus\n\n\\#hashtag\n\n\\# one\n");
    check("<p>- a</p><p>---</p><p>a * b</p>", "\\- a\n\n\\---\n\na * b\n");
    check("<p>snake_case_name and _x_</p>", "snake_case_name and \\_x\\_\n");
    check("<p>&amp;amp; &lt;b&gt; AT&amp;T</p>", "\\&amp; \\<b> AT&T\n");
    check("<p>[a](b) and [sic]</p>", "\\[a\\](b) and \\[sic\\]\n");
    check("<p>He [sic] said</p>", "He [sic] said\n");
    check("<p>Wow!<a href=/x>link</a></p>", "Wow\\![link](https://example.org/x)\n");
    check("<p>C:\\dir\\*</p>", "C:\\dir\\\\*\n");
    check("<p>costs $5 or $6</p>", "costs \\$5 or \\$6\n");
    check("<h2>C #</h2>", "## C \\#\n");
    check("<p>a<br>=====</p>", "a\\\n\\=\\=\\=\\=\\=\n");
    check("<p>a | b<br>--- | ---</p>", "a | b\\\n\\--- | ---\n");
    check("<p>{{ a }} {% b %}</p>", "\\{\\{ a }} \\{% b %}\n");
}

#[test]
fn lists_keep_their_nesting_and_numbers() {
    check("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c\n");
    check("<ol start=3><li>a</li><li><p>b</p><p>c</p></li></ol>", "3. a\n\n4. b\n\n   c\n");
    check("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b\n");
    check("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b\n");
    check("<dl><dt>ebb</dt><dd>It falls.</dd></dl>", "**ebb**\\\nIt falls.\n");
    check("<ul><li><pre>x\ny</pre></li></ul>", "- ```\n  x\n  y\n  ```\n");
    check("<blockquote><p>a</p><blockquote>b</blockquote></blockquote>", "> a\n>\n> > b\n");
}

#[test]
fn table_keeps_its_cells() {
    check(
        "<table><caption>Tides</caption><tr><th>a<th>b</tr><tr><td>1|2<td>x<br>y</tr></table>",
        "Tides\n\n| a | b |\n| --- | --- |\n| 1\\|2 | x y |\n",
    );
    check(
        "<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td colspan=2>d</table>",
        "|  |  |\n| --- | --- |\n| a | b |\n|  | c |\n| d |  |\n",
    );
    check("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\n\nb\n");
    check(
        "<table><tr><td><h2>a</h2>b</td><td>c</td></tr><tr><td>d</td></tr></table>",
        "## a\n\nb\n\nc\n\nd\n",
    );
}

#[test]
fn code_is_fenced_and_line_numbers_are_left_out() {
    check("<pre>a\n  b</pre>", "```\na\n  b\n```\n");
    check(
        "<pre><code class='language-rust'>let a = `x`;\n</code></pre>",
        "```rust\nlet a = `x`;\n```\n",
    );
    check("<pre>```\nx</pre>", "````\n```\nx\n````\n");
    check("<p>Use <code>a`b</code> and <code> c </code>.</p>", "Use ``a`b`` and `c` .\n");
    check(
        "<div class=highlight><table><tr><td class=gutter><pre>1\n2</pre><td><pre>a\nb</pre></table></div>",
        "```\na\nb\n```\n",
    );
}

#[test]
fn links_are_absolute() {
    check("<a href='c.html'>c</a>", "[c](https://example.org/a/c.html)\n");
    check("<a href='javascript:x()'>c</a> <a href='#d'>d</a>", "c d\n");
    check("<a href='article:a%20b'>c</a>", "[c](article:a%20b)\n");
    check("<h2>Title <a class=headerlink href='#t'>¶</a></h2>", "## Title\n");
    check("<h2><a href='#t'>Title</a></h2>", "## Title\n");
    check("<a href=/x><h2>T</h2><p>b</p></a>", "## T\n\n[b](https://example.org/x)\n");
    check("<a href='/x_(y)'>a]b</a>", "[a\\]b](https://example.org/x_(y))\n");
    assert_eq!(to_markdown("<a href='c.html'>c</a>", None).text, "c\n");
}

#[test]
fn heading_levels_are_contiguous() {
    check("<h1>a</h1><h3>b</h3><h2>c</h2><h4>d</h4>", "# a\n\n## b\n\n## c\n\n### d\n");
    check("<h3>a</h3><h5>b</h5>", "## a\n\n### b\n");
}

#[test]
fn footnotes_of_many_programs_are_found() {
    // MediaWiki.
    check(
        "<p>Tide.<sup id=cite_ref-1 class=reference><a href='#cite_note-1'>[1]</a></sup></p>\
         <h2>References</h2><ol class=references><li id=cite_note-1><span class=mw-cite-backlink>\
         <b><a href='#cite_ref-1'>^</a></b></span> <span class=reference-text>A book.</span></li></ol>",
        "Tide.[^1]\n\n[^1]: A book.\n",
    );
    // Pandoc.
    check(
        "<p>Tide<a href='#fn1' class='footnote-ref' id='fnref1' role='doc-noteref'><sup>1</sup></a> b.</p>\
         <section class=footnotes role=doc-endnotes><hr><ol><li id=fn1><p>A note.<a href='#fnref1' \
         class=footnote-back role=doc-backlink>↩︎</a></p><p>More.</p></li></ol></section>",
        "Tide[^1] b.\n\n[^1]: A note.\n\n    More.\n",
    );
    // Substack.
    check(
        "<p>Tide<a class=footnote-anchor id=footnote-anchor-1 href='#footnote-1'>1</a></p>\
         <div class=footnote><a id=footnote-1 href='#footnote-anchor-1' class=footnote-number>1</a>\
         <div class=footnote-content><p>A note.</p></div></div>",
        "Tide[^1]\n\n[^1]: A note.\n",
    );
    // Word.
    check(
        "<p>Tide<a href='#_ftn1' name=_ftnref1><sup>[1]</sup></a></p><div id=ftn1><p>\
         <a href='#_ftnref1' name=_ftn1><sup>[1]</sup></a> A note.</p></div>",
        "Tide[^1]\n\n[^1]: A note.\n",
    );
    // EPUB, with the note in another file.
    check("<p>Tide<a epub:type=noteref href='notes.xhtml#n1'>1</a> b</p>", "Tide[1] b\n");
    // By hand.
    check(
        "<p>Tide<sup><a href='#n1'>1</a>, <a href='#n2'>2</a></sup></p><p id=n1>1. One.</p>\
         <p><a name=n2></a>[2] Two.</p>",
        "Tide[^1][^2]\n\n[^1]: One.\n\n[^2]: Two.\n",
    );
}

#[test]
fn images_and_formulas_are_text_where_they_say_something() {
    check("<p><img src=a.png alt='A red lighthouse at dusk'></p>", "A red lighthouse at dusk\n");
    check(
        "<figure><img alt='A red lighthouse'><figcaption>The port.</figcaption></figure>",
        "The port.\n",
    );
    check("<p>Hi <img alt='🌊'> there</p>", "Hi 🌊 there\n");
    check(
        "<p>So <span class=katex><span class=katex-mathml><math><mi>x</mi><annotation \
         encoding='application/x-tex'>x^2</annotation></math></span><span class=katex-html \
         aria-hidden=true>x2</span></span>.</p>",
        "So $x^2$.\n",
    );
    let warnings = to_markdown("<p><img src=a.png alt=a.png></p>", None).warnings;
    assert_eq!(warnings, ["1 image without a text was left out"]);
}

#[test]
fn nesting_without_end_is_read() {
    for part in [
        "<div>",
        "<b>",
        "<blockquote>",
        "<ul><li>",
        "<table><tr><td>",
        "<table><td></div>",
        "<a href=x>",
    ] {
        let html = part.repeat(2_000) + "end";
        assert!(to_markdown(&html, None).text.contains("end"), "{part}");
    }
}

/// Returns text with characters that are markup in Markdown, between spaces.
fn tricky_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => "[a-z]{1,4}",
        2 => Just(" ".to_owned()),
        5 => "[*_\\[\\]()#+.!|<>&`~$:=^{}%\\\\'\"-]{1,3}",
        1 => Just("1986. ".to_owned()),
        1 => Just("&amp;".to_owned()),
        1 => Just("é潮".to_owned()),
        1 => Just("[^1]: ".to_owned()),
        1 => Just("[x] ".to_owned()),
        1 => Just("+ ".to_owned()),
        1 => Just("http://a_b.c/*".to_owned()),
    ];
    proptest::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

fn escaped_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns HTML and its visible text.
fn html() -> impl Strategy<Value = (String, String)> {
    let leaf = tricky_text().prop_map(|text| (escaped_html(&text), text));
    let inline = leaf.prop_recursive(2, 8, 4, |inner| {
        let tag =
            prop::sample::select(vec!["b", "i", "span", "code", "a href='/x'", "s", "em", "u"]);
        (tag, proptest::collection::vec(inner, 1..3)).prop_map(|(tag, inner)| {
            let end = tag.split(' ').next().unwrap();
            let html: String = inner.iter().map(|(html, _)| html.as_str()).collect();
            let text: String = inner.iter().map(|(_, text)| text.as_str()).collect();
            (format!("<{tag}>{html}</{end}>"), text)
        })
    });
    let line = proptest::collection::vec(inline, 1..4).prop_map(|parts| {
        let html: String = parts.iter().map(|(html, _)| html.as_str()).collect();
        let text: String = parts.iter().map(|(_, text)| text.as_str()).collect();
        (html, text)
    });
    let block = (
        prop::sample::select(vec!["p", "div", "h2", "blockquote", "ul", "ol", "br", "table", "dl"]),
        line.clone(),
        line,
    );
    let block = block.prop_map(|(tag, (one, one_text), (two, two_text))| {
        let html = match tag {
            "ul" | "ol" => format!("<{tag}><li>{one}</li><li><p>{two}</p></li></{tag}>"),
            "br" => format!("<p>{one}<br>{two}</p>"),
            "table" => format!(
                "<table><tr><th>{one}</th><th>a</th></tr><tr><td>b</td><td>{two}</td></tr></table>"
            ),
            "dl" => format!("<dl><dt>{one}</dt><dd>{two}</dd></dl>"),
            _ => format!("<{tag}>{one}</{tag}><{tag}>{two}</{tag}>"),
        };
        let text = match tag {
            "table" => format!("{one_text} a b {two_text}"),
            _ => format!("{one_text} {two_text}"),
        };
        (html, text)
    });
    proptest::collection::vec(block, 1..4).prop_map(|blocks| {
        let html = blocks.iter().map(|(html, _)| html.as_str()).collect();
        let text = blocks.iter().map(|(_, text)| format!("{text} ")).collect();
        (html, text)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn visible_words_of_html_and_markdown_are_equal((html, text) in html()) {
        let markdown = to_markdown(&html, Some(&base())).text;
        let expected: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        // Code spans lose spaces at their ends to the text around; words are equal without them.
        prop_assert_eq!(visible_words(&markdown).concat(), expected.concat(), "{}\n{}", html, markdown);
    }
}
