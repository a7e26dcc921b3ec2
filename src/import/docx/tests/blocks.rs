//! Tests of paragraphs, lists and tables.

use super::{Docx, paragraph, style, styled};

fn check(body: &str, styles: &str, expected: &str) {
    let styles = format!("<w:styles>{styles}</w:styles>");
    assert_eq!(Docx::new(body).part("styles", &styles).html(), expected);
}

#[test]
fn headings_are_found_by_style_name_level_and_inheritance() {
    let heading = |id: &str, name: &str, more: &str, expected: &str| {
        let body = format!("{}{}", styled(id, "The Moon"), paragraph("", "Text."));
        let expected = format!("<{expected}>The Moon</{expected}>\n<p>Text.</p>");
        check(&body, &style(id, name, more), &expected);
    };
    heading("berschrift2", "heading 2", "", "h2");
    heading("a", "Überschrift 1", "", "h1");
    heading("b", "Заголовок 3", "", "h3");
    heading("c", "Titre 2", "", "h2");
    heading("d", "标题 1", "", "h1");
    heading("e", "Section", "<w:pPr><w:outlineLvl w:val='1'/></w:pPr>", "h2");
    heading("f", "Heading 9", "", "h6");
    heading("g", "Normal", "<w:pPr><w:outlineLvl w:val='9'/></w:pPr>", "p");
    let chain = style("own", "Chapter", "<w:basedOn w:val='mid'/>")
        + &style("mid", "Mid", "<w:basedOn w:val='own2'/>")
        + &style("own2", "heading 1", "<w:basedOn w:val='own'/>");
    check(&styled("own", "The Moon"), &chain, "<h1>The Moon</h1>");
    check(&styled("Heading2", "The Moon"), "", "<h2>The Moon</h2>");
    check(&paragraph("<w:outlineLvl w:val='0'/>", "The Moon"), "", "<h1>The Moon</h1>");
}

#[test]
fn bold_paragraphs_are_headings_if_there_are_no_others() {
    let bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>The Moon</w:t></w:r></w:p>";
    let pulls = "It pulls the water of the seas twice a day.";
    let text = paragraph("", pulls);
    let expected = format!("<h2>The Moon</h2>\n<p>{pulls}</p>\n<p>{pulls}</p>");
    check(&format!("{bold}{text}{text}"), "", &expected);
    let other = "<h1>A</h1>";
    let expected = format!("<p><strong>The Moon</strong></p>\n<p>{pulls}</p>\n{other}");
    check(&format!("{bold}{text}{}", styled("Heading1", "A")), "", &expected);
}

#[test]
fn quotations_and_code_are_grouped() {
    let styles = style("q", "Intense Quote", "") + &style("c", "HTML Preformatted", "");
    let body = [
        styled("q", "One."),
        styled("q", "Two."),
        styled("c", "fn main() {"),
        styled("c", ""),
        styled("c", "    a &lt; b"),
        styled("c", "}"),
        styled("c", ""),
        paragraph("", "Text."),
    ];
    let expected = "<blockquote><p>One.</p>\n<p>Two.</p>\n</blockquote>\n\
        <pre><code>fn main() {\n\n    a &lt; b\n}</code></pre>\n<p>Text.</p>";
    check(&body.concat(), &styles, expected);
}

#[test]
fn font_of_one_width_marks_code() {
    let mono = "<w:rPr><w:rFonts w:ascii='Courier New'/></w:rPr>";
    let code = |text: &str| format!("<w:p><w:r>{mono}<w:t>{text}</w:t></w:r></w:p>");
    let mixed = format!("<w:p><w:r><w:t>Call a</w:t></w:r><w:r>{mono}<w:t>b</w:t></w:r></w:p>");
    let text = paragraph("", "Text.");
    check(
        &[code("let a;"), code("a + 1"), mixed, text.clone(), text].concat(),
        "",
        "<pre><code>let a;\na + 1</code></pre>\n<p>Call a<code>b</code></p>\n<p>Text.</p>\n\
         <p>Text.</p>",
    );
    check(&[code("Dear"), code("Sir")].concat(), "", "<p>Dear</p>\n<p>Sir</p>");
}

#[test]
fn table_of_contents_is_left_out() {
    let styles = style("TOC1", "toc 1", "") + &style("TOCHeading", "TOC Heading", "");
    let control = format!(
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj>\
         </w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
        paragraph("", "The Moon 1")
    );
    let field = "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>TOC \\o\
        </w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r>\
        <w:t>The Sun 2</w:t>\
        </w:r></w:p><w:p><w:r><w:t>Stars 3</w:t></w:r></w:p><w:p><w:r>\
        <w:fldChar w:fldCharType='end'/></w:r></w:p>";
    let body = [
        styled("TOCHeading", "Contents"),
        styled("TOC1", "The Moon 1"),
        paragraph("", "The Sun ......... 12"),
        control,
        field.to_owned(),
        paragraph("", "Text."),
    ];
    check(&body.concat(), &styles, "<p>Text.</p>");
}

/// Returns an item of a list.
fn item(list: u8, level: u8, text: &str) -> String {
    let list = format!("<w:ilvl w:val='{level}'/><w:numId w:val='{list}'/>");
    paragraph(&format!("<w:numPr>{list}</w:numPr>"), text)
}

fn numbering() -> String {
    let level = |level: u8, format: &str, text: &str| {
        format!(
            "<w:lvl w:ilvl='{level}'><w:start w:val='1'/><w:numFmt w:val='{format}'/>\
             <w:lvlText w:val='{text}'/></w:lvl>"
        )
    };
    let definition = |id: u8, levels: String| {
        format!("<w:abstractNum w:abstractNumId='{id}'>{levels}</w:abstractNum>")
    };
    let instance = |id: u8, of: u8, more: &str| {
        format!("<w:num w:numId='{id}'><w:abstractNumId w:val='{of}'/>{more}</w:num>")
    };
    let bullets = level(0, "bullet", "•") + &level(1, "bullet", "–");
    let numbers = level(0, "decimal", "%1.") + &level(1, "lowerLetter", "%2)");
    let own_start = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride>";
    [
        definition(1, bullets),
        definition(2, numbers),
        definition(3, level(0, "bullet", " ")),
        instance(1, 1, ""),
        instance(2, 2, ""),
        instance(3, 3, ""),
        instance(4, 2, own_start),
    ]
    .concat()
}

fn check_list(body: &[String], expected: &str) {
    let document = Docx::new(&body.concat()).part("numbering", &numbering());
    assert_eq!(document.html().replace('\n', ""), expected);
}

#[test]
fn lists_are_nested() {
    check_list(
        &[item(1, 0, "a"), item(1, 1, "b"), item(2, 1, "c"), item(1, 0, "d")],
        "<ul><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li><li>d</li></ul>",
    );
}

#[test]
fn interrupted_list_goes_on_with_its_number() {
    check_list(
        &[item(2, 0, "a"), paragraph("", "Text."), item(2, 0, "b"), item(4, 0, "c")],
        "<ol><li>a</li></ol><p>Text.</p><ol start=\"2\"><li>b</li><li>c</li></ol>",
    );
}

#[test]
fn item_of_several_paragraphs_is_one_item() {
    check_list(
        &[item(2, 0, "a"), item(3, 0, "more"), item(2, 0, "b"), item(0, 0, "Text.")],
        "<ol><li>a<p>more</p></li><li>b</li></ol><p>Text.</p>",
    );
}

/// Returns a cell of a table.
fn cell(properties: &str, content: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>")
}

fn row(cells: &[String]) -> String {
    format!("<w:tr>{}</w:tr>", cells.concat())
}

#[test]
fn merged_cells_have_spans() {
    let text = |text: &str| paragraph("", text);
    let table = format!(
        "<w:tbl><w:tblPr><w:tblLook w:firstRow='1'/></w:tblPr>{}{}{}</w:tbl>",
        row(&[cell("<w:gridSpan w:val='2'/>", &text("a")), cell("", &text("b"))]),
        row(&[
            cell("<w:vMerge w:val='restart'/>", &text("c")),
            cell("", &text("d")),
            cell("", &(text("e") + &text("f"))),
        ]),
        row(&[cell("<w:vMerge/>", &text("")), cell("", &text("g")), cell("", &text("h"))]),
    );
    let expected = "<table><tr><th colspan=\"2\">a</th><th>b</th></tr><tr><td rowspan=\"2\">c</td>\
        <td>d</td><td><p>e</p>\n<p>f</p>\n</td></tr><tr><td>g</td><td>h</td></tr></table>";
    check(&table, "", expected);
}

#[test]
fn table_for_layout_is_no_table() {
    let inner = format!(
        "<w:tbl>{}{}</w:tbl>",
        row(&[cell("", &paragraph("", "a")), cell("", &paragraph("", "b"))]),
        row(&[cell("", &paragraph("", "c")), cell("", &paragraph("", "d"))]),
    );
    let table = format!("<w:tbl>{}</w:tbl>", row(&[cell("", &(styled("Heading1", "A") + &inner))]));
    check(&table, "", "<h1>A</h1>\n<p>a b</p>\n<p>c d</p>");
}

#[test]
fn deleted_paragraph_mark_joins_paragraphs() {
    let drop_cap = paragraph("<w:framePr w:dropCap='drop'/>", "T");
    let deleted = paragraph("<w:rPr><w:del/></w:rPr>", " it pulls");
    let last = paragraph("<w:rPr><w:del/></w:rPr>", "End.");
    let body = [drop_cap, paragraph("", "he Moon:"), deleted, paragraph("", " us."), last];
    check(&body.concat(), "", "<p>The Moon:</p>\n<p>it pulls us.</p>\n<p>End.</p>");
}
