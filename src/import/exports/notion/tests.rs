//! Tests of exports of Notion.

use super::*;
use crate::import::archive::tests::zip;

const A: &str = "0123456789abcdef0123456789abcdef";
const B: &str = "fedcba9876543210fedcba9876543210";
const C: &str = "00112233445566778899aabbccddeeff";

fn text(document: &Document) -> &str {
    match &document.body {
        Body::Html(text) | Body::Markdown(text) => text,
    }
}

fn markdown_export() -> Vec<u8> {
    let home = format!(
        "# The harbour\n\nNote: read [Tides](The%20harbour%20{A}/Tides%20(new)%20{B}.md) first.\n\n[Boats](The%20harbour%20{A}/Boats%20{C}.csv)\n\n![Untitled](The%20harbour/Untitled.png)\n\n<aside>\n💡 Mind the [step](https://a.example/b).\n\n</aside>\n\n```\n[Tides](x%20{B}.md)\n```\n"
    );
    let tides = format!(
        "# Tides\n\nSee [home](../The%20harbour%20{A}.md) and [this](https://www.notion.so/Tides-{B}?pvs=4).\n"
    );
    let row =
        "# Argo\n\nTags: wood, sail\nCreated: May 1, 2024 10:00 AM\nMast: two\n\nA fast boat.\n";
    zip(&[
        (&format!("The harbour {A}.md"), home.as_bytes()),
        (&format!("The harbour {A}/Tides (new) {B}.md"), tides.as_bytes()),
        (&format!("The harbour {A}/Boats {C}.csv"), b"Name,Tags\nArgo,wood\n"),
        (&format!("The harbour {A}/Boats {C}_all.csv"), b"Name,Tags\nArgo,wood\n"),
        (&format!("The harbour {A}/Boats {C}/Argo {A}.md"), row.as_bytes()),
        (&format!("The harbour {A}/Boats {C}/Empty {C}.md"), b"# Empty\n\nTags: wood\n"),
        (&format!("The harbour {A}/Untitled.png"), b"\x89PNG"),
    ])
}

fn check_markdown(converted: &Converted) {
    let named = |name: &str| {
        let found = converted.documents.iter().find(|it| it.name.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("{name} in {converted:?}"))
    };
    let home = named("The harbour");
    assert_eq!((home.key.as_str(), home.title.as_deref()), (A, Some("The harbour")));
    let expected = format!(
        "Note: read [Tides](article:{B}) first.\n\nBoats\n\n💡 Mind the [step](https://a.example/b).\n\n```\n[Tides](x%20{B}.md)\n```\n"
    );
    assert_eq!(text(home), expected);
    let tides = named("The harbour/Tides");
    assert_eq!(text(tides), format!("See [home](article:{A}) and [this](article:{B}).\n"));
    let row = named("The harbour/Boats/Argo");
    assert_eq!(row.tags, ["wood", "sail"]);
    assert_eq!(row.published.as_deref(), Some("2024-05-01"));
    assert_eq!(text(row), "A fast boat.\n");
    assert_eq!(converted.left_out.get(EMPTY), Some(&1));
    assert_eq!(converted.documents.len(), 3);
}

#[test]
fn notion_pages_lose_their_ids_and_keep_their_links() {
    check_markdown(&convert(markdown_export()).unwrap());
}

#[test]
fn notion_export_within_an_archive_is_read() {
    let outer = zip(&[
        ("Export-01-Part-1.zip", &markdown_export()),
        ("Export-01-Part-2.zip", b"PK\x03\x04"),
    ]);
    let converted = convert(outer).unwrap();
    check_markdown(&converted);
    assert_eq!(converted.failed[0].0, "Export-01-Part-2.zip");
}

#[test]
fn notion_page_as_html_is_its_body() {
    let page = format!(
        "<html><head><title>Tides</title><style>p {{}}</style></head><body><article id=\"x\" class=\"page sans\"><header><div class=\"page-header-icon\"><span class=\"icon\">🌊</span></div><h1 class=\"page-title\">Tides &amp; moons</h1><p class=\"page-description\"></p><table class=\"properties\"><tbody><tr class=\"property-row property-row-multi_select\"><th><span class=\"icon property-icon\"></span>Tags</th><td><span class=\"selected-value select-value-color-red\">sea</span><span class=\"selected-value\">moon</span></td></tr><tr class=\"property-row property-row-created_time\"><th>Created</th><td><time>@May 1, 2024 10:00 AM</time></td></tr></tbody></table></header><div class=\"page-body\"><p>See <a href=\"Home%20{A}.html\">home</a>.</p><nav class=\"block-color-gray table_of_contents\"><a href=\"#a\">Part</a></nav><table class=\"collection-content\"><tr><td>Argo</td></tr></table></div></article></body></html>"
    );
    let home = "<html><body><article><h1 class=\"page-title\">Home</h1><div class=\"page-body\"><p>Home.</p></div></article></body></html>";
    let converted = convert(zip(&[
        (&format!("Tides {B}.html"), page.as_bytes()),
        (&format!("Home {A}.html"), home.as_bytes()),
        ("index.html", b"<a>index</a>"),
    ]))
    .unwrap();
    assert_eq!(converted.documents.len(), 2);
    let tides = &converted.documents[1];
    assert_eq!(tides.title.as_deref(), Some("Tides & moons"));
    assert_eq!(tides.tags, ["sea", "moon"]);
    assert_eq!(tides.published.as_deref(), Some("2024-05-01"));
    assert_eq!(text(tides), format!("<p>See <a href=\"article:{A}\">home</a>.</p>"));
}

#[test]
fn notion_id_is_the_end_of_a_name() {
    assert_eq!(id_of(&format!("Tides {A}")).as_deref(), Some(A));
    assert_eq!(id_of(&format!("Tides{A}")), None);
    assert_eq!(id_of("Tides"), None);
    assert_eq!(without_id(&format!("a/Tides {A}.md")), "a/Tides");
    assert_eq!(without_id("Tides.md"), "Tides.md");
}
