//! Recognition of the kind of an input by its content and its file name. Pure.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::paths::{file_name, folder, has_extension};
use super::{Kind, mhtml, notion, obsidian, substack, telegram, wordpress};
use crate::import::archive::{Archive, is_zip};

/// Number of bytes at the start of a file that are looked at.
const START_BYTES: usize = 64 << 10;
/// Maximum number of files of an archive whose start is looked at.
const MAX_FILES: usize = 50;
/// Files that only another format than those of this module has.
const FOREIGN: [&str; 5] = [
    "[Content_Types].xml",
    "META-INF/MANIFEST.MF",
    "META-INF/container.xml",
    "mimetype",
    "AndroidManifest.xml",
];

/// The first keys of an export of Telegram: of a chat, or of an account.
static TELEGRAM: LazyLock<Regex> = LazyLock::new(|| {
    let kind =
        "(?:personal_chat|bot_chat|saved_messages|(?:private|public)_(?:group|supergroup|channel))";
    let chat = format!(r#""type"\s*:\s*"{kind}"(?s:.*)"messages"\s*:\s*\["#);
    let account = r#"^\s*\{\s*"about"\s*:\s*"Here is the data you requested"#;
    let chats = r#""chats"\s*:\s*\{(?s:.*)"list"\s*:\s*\["#;
    Regex::new(&format!("{chat}|{account}|{chats}")).expect("the pattern is a valid constant")
});

/// Returns the kind of an input. `None` if it is none of this module. A file `.zip` that cannot be
/// opened is a folder, whose conversion fails with the reason.
pub fn recognize(name: &str, bytes: &[u8]) -> Option<Kind> {
    if is_zip(bytes) {
        return match Archive::open(bytes) {
            Ok(opened) => archive(opened),
            // The conversion says why it cannot be opened.
            Err(_) => has_extension(name, &["zip"]).then_some(Kind::Folder),
        };
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = &bytes[..bytes.len().min(START_BYTES)];
    match start.trim_ascii_start().first()? {
        b'{' if TELEGRAM.is_match(start) => Some(Kind::TelegramExport),
        b'<' if is_wxr(start) => Some(Kind::WordPress),
        _ if mhtml::is_mhtml(start) => Some(Kind::Mhtml),
        // Word writes files without a type.
        _ if has_extension(name, &["mht", "mhtml"]) && mhtml::page(bytes).is_ok() => {
            Some(Kind::Mhtml)
        }
        _ => None,
    }
}

fn is_wxr(start: &[u8]) -> bool {
    let mark = wordpress::NAME_SPACE.as_bytes();
    start.windows(mark.len()).any(|window| window == mark)
}

/// Returns the kind of a zip archive by what is in it.
fn archive(mut archive: Archive<&[u8]>) -> Option<Kind> {
    let names: Vec<String> = archive.names().map(str::to_owned).collect();
    let all = || names.iter().map(String::as_str);
    if all().any(|name| FOREIGN.contains(&name)) {
        return None;
    }
    let has_post = all().any(|name| file_name(folder(name)) == "posts");
    if has_post && all().any(|name| file_name(name) == substack::LIST) {
        return Some(Kind::Substack);
    }
    if all().any(|name| name.split('/').any(|part| part == obsidian::SETTINGS)) {
        return Some(Kind::Obsidian);
    }
    if notion::is_export(all()) {
        return Some(Kind::Notion);
    }
    let mut start_of =
        |name: &str| archive.read_start(name, START_BYTES as u64).unwrap_or_default();
    let mut exports = all().filter(|name| file_name(name) == telegram::FILE).take(MAX_FILES);
    if exports.any(|name| TELEGRAM.is_match(&start_of(name))) {
        return Some(Kind::TelegramExport);
    }
    let mut files = all().filter(|name| has_extension(name, &["xml"])).take(MAX_FILES);
    if files.any(|name| is_wxr(&start_of(name))) {
        return Some(Kind::WordPress);
    }
    let has_wikilink = |text: &[u8]| text.windows(2).any(|pair| pair == b"[[");
    let mut notes = all().filter(|name| has_extension(name, &["md"])).take(MAX_FILES);
    if notes.any(|name| has_wikilink(&start_of(name))) {
        return Some(Kind::Obsidian);
    }
    all().any(super::folder::is_text).then_some(Kind::Folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::archive::tests::zip;

    #[test]
    fn kind_of_an_input_is_recognized() {
        let check = |name: &str, bytes: &[u8], expected: Option<Kind>| {
            assert_eq!(recognize(name, bytes), expected, "{name}");
        };
        let chat = b"\xef\xbb\xbf{\n \"name\": \"Sea\",\n \"type\": \"public_channel\",\n \"id\": 1,\n \"messages\": [\n";
        check("result.json", chat, Some(Kind::TelegramExport));
        check(
            "a.json",
            b"{\"about\": \"x\", \"chats\": {\"list\": []}}",
            Some(Kind::TelegramExport),
        );
        check("a.json", b"{\"type\": \"public\", \"messages\": []}", None);
        let wxr = b"<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">";
        check("a.xml", wxr, Some(Kind::WordPress));
        check("a.xml", b"<?xml version=\"1.0\"?><rss><channel>", None);
        let mhtml =
            b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n";
        check("a.mhtml", mhtml, Some(Kind::Mhtml));
        check("a.html", b"<html>", None);
        check("a.md", b"# Title: a\n", None);
        check("a", b"", None);
        check("a.zip", b"PK\x03\x04", Some(Kind::Folder));
        check("a.docx", b"PK\x03\x04", None);
    }

    #[test]
    fn kind_of_an_archive_is_that_of_its_files() {
        let check = |files: &[(&str, &[u8])], expected: Option<Kind>| {
            assert_eq!(recognize("a.zip", &zip(files)), expected, "{files:?}");
        };
        check(&[("posts.csv", b""), ("posts/1.a.html", b"")], Some(Kind::Substack));
        check(&[("a/.obsidian/app.json", b"{}"), ("a/b.md", b"")], Some(Kind::Obsidian));
        check(&[("a.md", b"x"), ("b.md", b"see [[a]]")], Some(Kind::Obsidian));
        let page = "Tides 0123456789abcdef0123456789abcdef.md";
        check(&[(page, b""), ("index.html", b"")], Some(Kind::Notion));
        check(&[("Export-1-Part-1.zip", b"")], Some(Kind::Notion));
        check(&[("x.zip", b"")], None);
        let chat = b"{\"type\": \"private_channel\", \"messages\": [";
        check(&[("ChatExport/result.json", chat)], Some(Kind::TelegramExport));
        check(
            &[("a.xml", b"<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">")],
            Some(Kind::WordPress),
        );
        check(&[("a.md", b"x"), ("b.html", b"")], Some(Kind::Folder));
        check(&[("mimetype", b"application/epub+zip"), ("a.html", b"")], None);
        check(&[("[Content_Types].xml", b""), ("word/document.xml", b"")], None);
        check(&[("a.png", b"")], None);
    }
}
