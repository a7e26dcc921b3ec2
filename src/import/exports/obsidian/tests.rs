//! Tests of vaults of Obsidian.

use super::*;
use crate::import::archive::tests::zip;

fn text(document: &Document) -> &str {
    match &document.body {
        Body::Html(text) | Body::Markdown(text) => text,
    }
}

#[track_caller]
fn check(note: &str, expected: &str) {
    let vault = Vault::new(["Tides.md", "Boats/Argo.md", "Old/Argo.md", "v1.2.md"].into_iter());
    assert_eq!(converted(note, "Boats/Note.md", &vault).trim_end(), expected, "{note}");
}

#[test]
fn obsidian_links_name_documents() {
    check("See [[Tides]].", "See [Tides](article:Tides).");
    check("[[tides#Spring|the *tides*]]", "[the *tides*](article:Tides)");
    check("[[Tides#Spring]] [[#Own]] [[v1.2]]", "[Tides](article:Tides) Own [v1.2](article:v1.2)");
    check("[[Argo]] [[Old/Argo|x]]", "[Argo](article:Boats/Argo) [x](article:Old/Argo)");
    check("[[Missing]] [[Missing|text]]", "Missing text");
    check(
        "[a](../Tides.md#b) [c](Argo.md) [d](https://e.example)",
        "[a](article:Tides) [c](article:Boats/Argo) [d](https://e.example)",
    );
    check("| [[Tides\\|t]] |", "| [t](article:Tides) |");
    check(
        "`[[Tides]]`\n\n```\n[[Tides]] %% a %% ^b\n```",
        "`[[Tides]]`\n\n```\n[[Tides]] %% a %% ^b\n```",
    );
}

#[test]
fn obsidian_markup_without_a_text_is_removed() {
    check("![[a.png]]\n\n![[Tides]]", "[Tides](article:Tides)");
    check("a %%b%% c", "a  c");
    check("a\n%%\nb\n\nc\n%%\nd", "a\n\nd");
    check("a `%%` b\n\nc\n\n%% d %%", "a `%%` b\n\nc");
    check("100%% of\n\nb", "100%% of\n\nb");
    check("Boats leave. ^rule-1\n\n^table", "Boats leave.");
    check("a\n\n```dataview\nLIST\n```\n\nb", "a\n\nb");
    check(
        "![quay|100x50](a.png) ![250](b.png) ![c](d.png)",
        "![quay](a.png) ![](b.png) ![c](d.png)",
    );
}

#[test]
fn obsidian_vault_becomes_documents() {
    let note = "---\ntitle: Spring tides\ntags:\n  - sea\ncreated: 2024-05-01\n---\n# Spring tides\n\nTwice a month.\n";
    let archive = zip(&[
        ("Vault/.obsidian/app.json", b"{}"),
        ("Vault/.obsidian/templates.json", b"{\"folder\": \"Forms\"}"),
        ("Vault/Tides.md", note.as_bytes()),
        ("Vault/Sub/Argo.md", b"# Argo\r\n\r\nA boat.\r\n"),
        ("Vault/Forms/Daily.md", b"{{date}}"),
        ("Vault/Templates/Note.md", b"{{title}}"),
        ("Vault/.trash/Old.md", b"old"),
        ("Vault/Draft.md", b"---\npublish: false\n---\nlater"),
        ("Vault/Empty.md", b"---\ntags: a\n---\n"),
        ("Vault/picture.png", b"\x89PNG"),
    ]);
    let converted = convert(archive).unwrap();
    assert_eq!(converted.folder.as_deref(), Some("Vault"));
    let found: Vec<_> = converted
        .documents
        .iter()
        .map(|it| (it.key.as_str(), it.title.as_deref().unwrap_or_default(), text(it)))
        .collect();
    let expected =
        [("Sub/Argo", "Argo", "A boat.\n"), ("Tides", "Spring tides", "Twice a month.\n")];
    assert_eq!(found, expected);
    assert_eq!(converted.documents[1].tags, ["sea"]);
    assert_eq!(converted.documents[1].published.as_deref(), Some("2024-05-01"));
    let left_out: Vec<_> = converted.left_out.into_iter().collect();
    let expected = [(DRAFTS.to_owned(), 1), (EMPTY.to_owned(), 1), (TEMPLATES.to_owned(), 2)];
    assert_eq!(left_out, expected);
}
