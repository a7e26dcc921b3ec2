//! Tests of footnotes and endnotes.

use super::{Book, chapter, html, prose, titles};

/// Converts a page and checks its HTML.
fn check(page: &str, expected: &str) {
    let book = Book::new().page("a.xhtml", page).convert();
    assert_eq!(html(&book.documents[0]).trim_end(), expected);
}

/// Returns the HTML of a reference to a note.
fn reference(number: usize, mark: &str) -> String {
    let attributes = "epub:type=\"noteref\" role=\"doc-noteref\"";
    format!("<a {attributes} href=\"#note-{number}\">{mark}</a>")
}

/// Returns the HTML of a note.
fn note(number: usize, html: &str) -> String {
    let attributes = "epub:type=\"footnote\" role=\"doc-footnote\"";
    format!("<aside {attributes} id=\"note-{number}\">{html}</aside>")
}

#[test]
fn typed_note_is_moved_to_the_end() {
    check(
        "<p>It pulls.<a epub:type='noteref' href='#n'>1</a></p>\
         <aside epub:type='footnote' id='n'><p>So it is.</p></aside><p>More.</p>",
        &format!(
            "<p>It pulls.{}</p><p>More.</p>\n{}",
            reference(1, "1"),
            note(1, "<div><p>So it is.</p></div>")
        ),
    );
}

#[test]
fn note_without_a_type_is_found_by_its_link_back() {
    check(
        "<p>It pulls.<a id='r1' href='#n1'><sup>1</sup></a> It rests.<sup><a id='r2' href='#n2'>2\
         </a></sup></p><hr/><h2>Notes</h2><p id='n1'><a href='#r1'>1</a>. So it is.</p><p id='n2'>\
         <a href='#r2'>2.</a> At night. <a href='#r2'>↩</a></p>",
        &format!(
            "<p>It pulls.{} It rests.<sup>{}</sup></p><hr>\n{}\n{}",
            reference(1, "<sup>1</sup>"),
            reference(2, "2"),
            note(1, "<p>So it is.</p>"),
            note(2, "<p>At night. </p>")
        ),
    );
}

#[test]
fn mark_of_a_note_is_removed() {
    let page = |note: &str| {
        format!("<p>It pulls.<sup><a href='#n' id='r'>[1]</a></sup></p><div>{note}</div>")
    };
    let expected = |html: &str| {
        format!("<p>It pulls.<sup>{}</sup></p>\n{}", reference(1, "[1]"), note(1, html))
    };
    check(&page("<p id='n'>1. So it is.</p>"), &expected("<div><p>So it is.</p></div>"));
    check(&page("<p id='n'>[1] So it is.</p>"), &expected("<div><p>So it is.</p></div>"));
    check(
        &page("<p><a id='n'/>[<a href='#r'>1</a>] (So) it is.</p>"),
        &expected("<div><p>(So) it is.</p></div>"),
    );
    check(
        &page("<p id='n'><a href='#r'>back</a> 1986 it was.</p><p>And is.</p>"),
        &expected("<div><p>1986 it was.</p><p>And is.</p></div>"),
    );
}

#[test]
fn link_in_a_note_to_another_place_is_kept() {
    let book = Book::new()
        .page(
            "a.xhtml",
            "<p id='p'>A<a epub:type='noteref' id='r' href='#n'>1</a></p><aside id='n'>\
             <p><a href='#r'>1</a> See <a href='#s'>2</a> and <a href='#s'>section 2</a>. \
             <a href='#p'>Back</a></p></aside><div id='s'><p>B</p></div>",
        )
        .convert();
    let expected = note(1, "<div><p>See 2 and section 2. </p></div>");
    assert!(html(&book.documents[0]).contains(&expected), "{}", html(&book.documents[0]));
}

#[test]
fn note_of_several_paragraphs_ends_at_the_next_note() {
    check(
        "<p>A<a epub:type='noteref' href='#n1'>1</a> B<a epub:type='noteref' href='#n2'>2</a></p>\
         <div><p id='n1'>One.</p><p>More of one.</p><p id='n2'>Two.</p></div>",
        &format!(
            "<p>A{} B{}</p>\n{}\n{}",
            reference(1, "1"),
            reference(2, "2"),
            note(1, "<p>One.</p><p>More of one.</p>"),
            note(2, "<p>Two.</p>")
        ),
    );
}

#[test]
fn notes_in_other_forms_are_found() {
    let expected = |html: &str| format!("<p>A{}</p>\n{}", reference(1, "*"), note(1, html));
    let page = |note: &str| format!("<p>A<a id='r' href='#n'>*</a></p>{note}");
    check(
        &page("<dl><dt id='n'><a href='#r'>*</a></dt><dd>So it is.</dd></dl>"),
        &expected("<div></div><div>So it is.</div>"),
    );
    check(
        &page("<ol><li id='n'>So it is. <a href='#r'>↑</a></li></ol>"),
        &expected("<div>So it is. </div>"),
    );
    check(
        &page("<table><tr><td id='n'><a href='#r'>*</a></td><td>So it is.</td></tr></table>"),
        &expected("<div><div></div><div>So it is.</div></div>"),
    );
}

#[test]
fn link_that_is_no_reference_stays_a_text() {
    check(
        "<p>See <a href='#c'>2</a> and <a href='#d'>i</a>.</p><h2 id='c'>Moons</h2>\
         <p id='d'>Stars.</p>",
        "<p>See 2 and i.</p><h2>Moons</h2><p>Stars.</p>",
    );
}

#[test]
fn note_in_another_file_comes_to_each_chapter_that_refers_to_it() {
    let link =
        |id: &str| format!("<p>A<a id='r' epub:type='noteref' href='n.xhtml#{id}'>1</a></p>");
    let notes = "<h1>Notes</h1><h2>The Moon</h2><ol><li id='n1'>One.</li><li id='n2'>Two, \
        as in <a epub:type='noteref' href='#n3'>3</a>.</li><li id='n3'>Three.</li></ol>";
    let book = Book::new()
        .page("a.xhtml", &format!("{}{}{}", chapter("The Moon"), link("n2"), link("n1")))
        .page("b.xhtml", &format!("{}{}", chapter("The Sun"), link("n1")))
        .page("n.xhtml", notes)
        .ncx(&[("The Moon", "a.xhtml"), ("The Sun", "b.xhtml"), ("Notes", "n.xhtml")])
        .convert();
    assert_eq!(titles(&book), ["The Moon", "The Sun"]);
    let moon = html(&book.documents[0]);
    let two = note(1, &format!("<div>Two, as in {}.</div>", reference(3, "3")));
    for expected in [two, note(2, "<div>One.</div>"), note(3, "<div>Three.</div>")] {
        assert!(moon.contains(&expected), "{moon}");
    }
    assert!(html(&book.documents[1]).contains(&note(1, "<div>One.</div>")));
}

#[test]
fn page_of_notes_without_references_is_kept() {
    let book = Book::new()
        .page("a.xhtml", &chapter("The Moon"))
        .page("n.xhtml", &format!("<h1>Notes</h1>{}", prose(1100)))
        .ncx(&[("The Moon", "a.xhtml"), ("Notes", "n.xhtml")])
        .convert();
    assert_eq!(titles(&book), ["The Moon", "Notes"]);
}
