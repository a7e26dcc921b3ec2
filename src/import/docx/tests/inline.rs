//! Tests of what is within a paragraph.

use super::Docx;

/// Checks the HTML of the content of a paragraph.
fn check(content: &str, expected: &str) {
    let document =
        Docx::new(&format!("<w:p>{content}</w:p>")).link("r1", "https://example.org/?a&amp;b");
    assert_eq!(document.html(), format!("<p>{expected}</p>"), "{content}");
}

/// Returns a run with properties and content.
fn run(properties: &str, content: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr>{content}</w:r>")
}

fn text(text: &str) -> String {
    format!("<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>")
}

/// Returns a field of several runs.
fn field(instruction: &str, result: &str) -> String {
    format!(
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>{instruction}</w:instrText>\
         </w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>{result}\
         <w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
}

#[test]
fn runs_of_one_format_are_joined() {
    let bold = |part: &str| run("<w:b/>", &format!("<w:t>{part}</w:t>"));
    check(&format!("{}{}{}", text("A "), bold("wa"), bold("ve")), "A <strong>wave</strong>");
    check(&run("<w:b w:val='0'/><w:i/>", "<w:t>a</w:t>"), "<em>a</em>");
    check(&run("<w:vertAlign w:val='superscript'/>", "<w:t>2</w:t>"), "<sup>2</sup>");
}

#[test]
fn special_characters_become_text() {
    check("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a b<br>c");
    check("<w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail</w:t></w:r>", "e-mail");
    check(
        "<w:r><w:t>har</w:t><w:softHyphen/><w:t>bour\u{a0}s\u{ad}ide</w:t></w:r>",
        "harbour side",
    );
    check("<w:r><w:t>&lt;a&gt; &amp; \"b\"</w:t></w:r>", "&lt;a&gt; &amp; &quot;b&quot;");
    check(
        "<w:r><w:sym w:font='Symbol' w:char='F061'/>\
         <w:sym w:font='Wingdings' w:char='F0E0'/></w:r>",
        "α→",
    );
    check("<w:r><w:t>\u{f0b0}می\u{200c}رود</w:t></w:r>", "°می\u{200c}رود");
}

#[test]
fn deleted_and_hidden_text_is_left_out() {
    let deleted = format!("<w:del>{}</w:del>", run("", "<w:delText>old</w:delText>"));
    let inserted = format!("<w:ins>{}</w:ins>", text("new"));
    let moved = format!("<w:moveFrom>{}</w:moveFrom>", text("gone"));
    let hidden = run("<w:vanish/>", "<w:t>hidden</w:t>");
    let comment = "<w:commentRangeStart w:id='1'/><w:r><w:commentReference w:id='1'/></w:r>";
    check(&format!("{deleted}{inserted}{moved}{hidden}{comment}"), "new");
}

#[test]
fn links_are_kept() {
    let address = "https://example.org/?a&amp;b";
    let link = format!("<a href=\"{address}\">web</a>");
    check(&format!("<w:hyperlink r:id='r1'>{}</w:hyperlink>", text("web")), &link);
    check(&format!("<w:hyperlink w:anchor='x'>{}</w:hyperlink>", text("here")), "here");
    let instruction = format!(" HYPERLINK \"{address}\" \\o \"a tip\" ");
    check(&field(&instruction, &text("web")), &link);
    check(&field(" HYPERLINK \\l \"x\" ", &text("here")), "here");
    check(
        &format!("<w:fldSimple w:instr='HYPERLINK \"{address}\"'>{}</w:fldSimple>", text("web")),
        &link,
    );
    check(&format!("a<w:hyperlink r:id='r1'/>{}", text("b")), "b");
}

#[test]
fn results_of_fields_are_kept_without_page_numbers() {
    let page = field(" PAGE ", &text("7"));
    let reference = field(" REF x \\h ", &text("Figure 1"));
    let nested = field(&format!(" IF {} ", field(" PAGEREF y ", &text("9"))), &text("yes"));
    check(&format!("{page}{reference} {nested}"), "Figure 1yes");
}

#[test]
fn unclosed_field_does_not_hide_the_document() {
    let open =
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>";
    check(&format!("{open}{}", text("shown")), "shown");
}

#[test]
fn content_controls_and_other_wrappers_are_transparent() {
    let control = |properties: &str| {
        format!(
            "<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
            text("inner")
        )
    };
    check(&format!("<w:smartTag>{}</w:smartTag>", control("")), "inner");
    check(&format!("{}{}", control("<w:showingPlcHdr/>"), text("outer")), "outer");
    check(&format!("<w:bdo w:val='rtl'>{}</w:bdo>", text("שלום")), "שלום");
    let ruby = format!(
        "<w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby>",
        text("かん"),
        text("漢")
    );
    check(&format!("<w:r>{ruby}</w:r>"), "漢");
}

#[test]
fn description_of_an_image_is_kept_if_a_person_wrote_it() {
    let image = |text: &str| {
        format!(
            "<w:r><w:drawing><wp:inline><wp:docPr descr='{text}'/></wp:inline></w:drawing></w:r>"
        )
    };
    check(&format!("{}{}", text("a"), image("A wave at noon")), "a<img alt=\"A wave at noon\">");
    check(&format!("{}{}", text("a"), image("A wave. Description automatically generated")), "a");
    check(&format!("{}{}", text("a"), image("scan 1.png")), "a");
}

#[test]
fn text_box_is_written_once_after_its_paragraph() {
    let inner = format!("<w:txbxContent><w:p>{}</w:p></w:txbxContent>", text("box"));
    let shape = format!(
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:docPr/>{inner}\
         </w:drawing></mc:Choice><mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback>\
         </mc:AlternateContent></w:r>"
    );
    let document = Docx::new(&format!("<w:p>{shape}{}</w:p>", text("text")));
    assert_eq!(document.html(), "<p>text</p>\n<p>box</p>");
}

#[test]
fn formula_becomes_a_line_of_text() {
    let math = |text: &str| format!("<m:r><m:t>{text}</m:t></m:r>");
    let fraction = format!("<m:f><m:num>{}</m:num><m:den>{}</m:den></m:f>", math("a+b"), math("2"));
    let power = format!("<m:sSup><m:e>{}</m:e><m:sup>{}</m:sup></m:sSup>", math("x"), math("2"));
    let root = format!("<m:rad><m:deg/><m:e>{}</m:e></m:rad>", math("y"));
    let group = format!(
        "<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e>{root}</m:e></m:d>"
    );
    check(
        &format!("<m:oMath>{fraction}{}{power}{group}</m:oMath>", math(" = ")),
        "(a+b)/2 = x^2[√y]",
    );
}

#[test]
fn notes_follow_in_the_order_of_their_references() {
    let body = format!(
        "<w:p>{}<w:r><w:endnoteReference w:id='5'/></w:r>{}<w:r><w:footnoteReference w:id='2' \
         w:customMarkFollows='1'/><w:t>*</w:t></w:r></w:p>",
        text("a"),
        text("b")
    );
    let note = |kind: &str, id: u8, content: &str| {
        format!(
            "<w:{kind}s><w:{kind} w:type='separator' w:id='0'><w:p/></w:{kind}>\
             <w:{kind} w:id='{id}'>\
             <w:p><w:r><w:{kind}Ref/></w:r>{}</w:p></w:{kind}></w:{kind}s>",
            text(content)
        )
    };
    let document = Docx::new(&body)
        .part("footnotes", &note("footnote", 2, "foot"))
        .part("endnotes", &note("endnote", 5, "end"));
    let reference =
        |n: usize| format!("<sup><a role=\"doc-noteref\" href=\"#fn{n}\">{n}</a></sup>");
    let aside = |n: usize, text: &str| {
        format!("<aside role=\"doc-footnote\" id=\"fn{n}\"><p>{text}</p>\n</aside>")
    };
    let expected = format!(
        "<p>a{}b{}</p>\n{}\n{}",
        reference(1),
        reference(2),
        aside(1, "end"),
        aside(2, "foot")
    );
    assert_eq!(document.html(), expected);
}
