//! Posts of Telegram: the export of Telegram Desktop and the web preview of a public channel. Pure.
//!
//! A post of at least 400 characters becomes an article. Posts that continue each other are joined
//! before they are measured.

mod export;
mod inlines;
mod live;
mod markdown;
mod post;
mod preview;
mod run;
#[cfg(test)]
mod tests;

use super::text::decode;
use crate::import::archive::{Archive, is_zip};
use crate::import::document::{Converted, Document, Failure};
pub use live::{Format, LivePost, live_document};
use post::{Chat, TOO_SHORT};

/// Name of the file of an export.
pub const FILE: &str = "result.json";

/// A page of the web preview of a channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChannelPage {
    pub documents: Vec<Document>,
    /// Address of the page of older posts, if there is one.
    pub older: Option<String>,
}

/// Converts an export: `result.json`, or a zip archive with it.
pub fn convert(bytes: Vec<u8>) -> Result<Converted, Failure> {
    let bytes = if is_zip(&bytes) { unpacked(bytes)? } else { bytes };
    // An export may be large, so that it is not copied without need.
    let json = String::from_utf8(bytes).unwrap_or_else(|error| decode(error.as_bytes(), None));
    let mut chats = export::parse(&json)?;
    drop(json);
    let mut converted = Converted::default();
    if let [only] = &mut chats[..] {
        converted.folder = only.chat.title.clone();
    }
    let is_account = converted.folder.is_none();
    for export::ChatPosts { chat, posts, left_out } in chats {
        let (documents, too_short) = post::documents(&chat, posts);
        for (reason, count) in left_out.into_iter().chain([(TOO_SHORT.to_owned(), too_short)]) {
            if count > 0 {
                *converted.left_out.entry(reason).or_default() += count;
            }
        }
        let folder = chat.title.filter(|_| is_account).map(|title| title.replace('/', " "));
        converted.documents.extend(documents.into_iter().map(|document| match &folder {
            Some(folder) => {
                let name = document.name.map(|name| format!("{folder}/{}", name.replace('/', " ")));
                Document { name, ..document }
            }
            None => document,
        }));
    }
    Ok(converted)
}

/// Returns the file of an export in a zip archive.
fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let mut archive = Archive::open(bytes)?;
    let is_export = |name: &&str| name.rsplit('/').next() == Some(FILE);
    let name = archive.names().find(is_export).unwrap_or(FILE).to_owned();
    archive.read(&name)
}

/// Reads the posts of a page of the web preview of a public channel, `https://t.me/s/CHANNEL`.
/// A text that continues on the next page is not joined.
pub fn channel_page(html: &str) -> Result<ChannelPage, Failure> {
    let preview = preview::parse(html);
    let Some(name) = preview.name else {
        return Err(Failure {
            what: "the page has no posts of a channel".to_owned(),
            hint: "only public channels with a preview can be read: https://t.me/s/CHANNEL"
                .to_owned(),
        });
    };
    let chat = Chat {
        title: preview.title,
        is_channel: true,
        address: Some(format!("https://t.me/{name}")),
        key_prefix: String::new(),
    };
    let (documents, _) = post::documents(&chat, preview.posts);
    let older = preview.before.filter(|id| *id > 1);
    let older = older.map(|id| format!("https://t.me/s/{name}?before={id}"));
    Ok(ChannelPage { documents, older })
}
