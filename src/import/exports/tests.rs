//! Tests of all kinds: recognition, damaged inputs and inputs that are made to be slow.

use super::*;
use crate::import::archive::tests::zip;

/// A small input of each kind.
fn samples() -> Vec<(Kind, Vec<u8>)> {
    let telegram = r#"{"name": "Sea", "type": "public_channel", "id": 1, "messages": [
        {"id": 1, "type": "message", "date": "2024-05-01T10:00:00", "from": "Sea", "text":
        ["a *b* ", {"type": "bold", "text": "TEXT"}, "\n- c\n- d\n", {"type": "pre", "text": "e"}]}]}"#;
    let telegram = telegram.replace("TEXT", &"The tide rises. ".repeat(30));
    let wxr = r#"<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>a</title><item>
        <title>b &amp; c</title><link>https://a.example/b</link><wp:post_id>1</wp:post_id>
        <content:encoded><![CDATA[<b>d</b> [caption]<img> e[/caption] <a href="?p=1">f</a>]]>
        </content:encoded><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
        </channel></rss>"#;
    let mhtml = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n--b\n\
        Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>a=20b</p>\n--b--\n";
    let page = "Tides 0123456789abcdef0123456789abcdef";
    let html =
        "<h1 class=\"page-title\">a</h1><div class=\"page-body\"><a href=\"b%20c.md\">d</a></div>";
    vec![
        (Kind::TelegramExport, telegram.into_bytes()),
        (Kind::WordPress, wxr.into()),
        (Kind::Mhtml, mhtml.into()),
        (
            Kind::Substack,
            zip(&[
                ("posts.csv", b"post_id,is_published,title\n1.a,true,\"b\"\n"),
                ("posts/1.a.html", b"<p>c</p><form>d</form>"),
            ]),
        ),
        (
            Kind::Notion,
            zip(&[
                (&format!("{page}.md"), b"# Tides\n\nTags: a\n\n[b](c%20d.md) `e`\n"),
                (&format!("{page}.html"), html.as_bytes()),
            ]),
        ),
        (
            Kind::Obsidian,
            zip(&[
                (".obsidian/app.json", b"{}"),
                ("a.md", b"---\ntags: [b]\n---\n[[a|b]] %%c%% ![[d]]\n```dataview\n```\n"),
            ]),
        ),
        (Kind::Folder, zip(&[("a.html", b"<a href=b.txt>c</a>"), ("b.txt", b"# d\n")])),
    ]
}

#[test]
fn export_of_each_kind_is_recognized_and_converted() {
    for (kind, bytes) in samples() {
        assert_eq!(recognize("export", &bytes), Some(kind));
        let converted = convert(kind, bytes).unwrap();
        assert!(!converted.documents.is_empty(), "{kind:?}");
    }
}

#[test]
fn export_that_is_damaged_never_panics() {
    for (kind, bytes) in samples() {
        for at in 0..bytes.len() {
            let _ = convert(kind, bytes[..at].to_vec());
            for change in [0x01, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                let _ = recognize("export", &damaged);
                let _ = convert(kind, damaged);
            }
        }
        // An input of another kind.
        for (other, _) in samples() {
            let _ = convert(other, bytes.clone());
        }
    }
}

#[test]
fn export_without_an_article_says_what_it_has() {
    let draft =
        zip(&[("posts.csv", b"post_id,is_published\n1.a,false\n"), ("posts/1.a.html", b"")]);
    let failure = convert(Kind::Substack, draft).unwrap_err();
    assert_eq!(failure.what, "it has no article");
    assert_eq!(failure.hint, "it has only what is left out: 1 drafts");
}

#[test]
fn export_with_hostile_texts_takes_linear_time() {
    for part in ["[", "*", "_a", "`", "$", "\\", "&a", "#", "1. ", "- \n", "a.", ">", "\n", "a "] {
        let text = part.repeat(10_000);
        let message = serde_json::json!({"id": 1, "text": text, "text_entities": []});
        let chat = serde_json::json!({"type": "public_channel", "messages": [message]});
        let _ = convert(Kind::TelegramExport, chat.to_string().into_bytes());
    }
    for part in ["[[a]]", "[[", "![a](", "%%", "`", "```\n", "^a\n", "[a]", "(", "[a](b)", "> "] {
        let text = part.repeat(10_000);
        let _ = convert(Kind::Obsidian, zip(&[("a.md", text.as_bytes())]));
        let page = "Tides 0123456789abcdef0123456789abcdef.md";
        let _ = convert(Kind::Notion, zip(&[(page, text.as_bytes())]));
        let _ = convert(Kind::Folder, zip(&[("a.txt", text.as_bytes())]));
    }
    let html =
        "<div class=\"tgme_widget_message js-message_text\" data-post=\"a/1\"><b>x".repeat(5_000);
    let _ = telegram::channel_page(&html);
}
