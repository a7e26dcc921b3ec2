//! Archives and exports of other programs: recognition by the content, and conversion to
//! documents. Pure.
//!
//! No network and no files. No input makes a converter fail other than by a `Failure`, and a part
//! that cannot be read costs that part.

mod date;
mod elements;
mod escape;
mod folder;
mod front_matter;
pub mod mhtml;
mod notion;
mod obsidian;
mod paths;
mod patterns;
mod prose;
mod recognition;
mod substack;
pub mod telegram;
#[cfg(test)]
mod tests;
mod text;
mod wordpress;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::archive::Archive;
use super::document::{Converted, Failure};
pub use folder::{TextKind, text_file};
pub use recognition::recognize;

/// Characters of a key that are encoded in an address: all but the unreserved ones and `/`.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

const REFUSED: &str = "entries of the archive that are links or lead out of it";

/// A kind of archive or export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Zip archive of Markdown, plain text and web pages.
    Folder,
    /// Web page in one file.
    Mhtml,
    Notion,
    Obsidian,
    Substack,
    /// `result.json` of Telegram Desktop.
    TelegramExport,
    /// WXR file, or a zip archive of several ones.
    WordPress,
}

impl Kind {
    /// Returns whether the HTML of the documents of this kind is a whole web page, in which the
    /// article is yet to be found. Otherwise all of the HTML is the article.
    pub fn has_whole_pages(self) -> bool {
        match self {
            Self::Folder | Self::Mhtml => true,
            Self::Notion
            | Self::Obsidian
            | Self::Substack
            | Self::TelegramExport
            | Self::WordPress => false,
        }
    }
}

/// Converts an archive or an export. Fails if it is damaged as a whole, or has no document.
pub fn convert(kind: Kind, bytes: Vec<u8>) -> Result<Converted, Failure> {
    let converted = match kind {
        Kind::Folder => folder::convert(bytes),
        Kind::Mhtml => mhtml::convert(&bytes),
        Kind::Notion => notion::convert(bytes),
        Kind::Obsidian => obsidian::convert(bytes),
        Kind::Substack => substack::convert(bytes),
        Kind::TelegramExport => telegram::convert(bytes),
        Kind::WordPress => wordpress::convert(bytes),
    }?;
    if !converted.documents.is_empty() {
        return Ok(converted);
    }
    if let Some((_, failure)) = converted.failed.into_iter().next() {
        return Err(failure);
    }
    let reasons: Vec<String> =
        converted.left_out.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let hint = match reasons.is_empty() {
        true => "export it again with all of its content".to_owned(),
        false => format!("it has only what is left out: {}", reasons.join(", ")),
    };
    Err(Failure { what: "it has no article".to_owned(), hint })
}

/// Counts the entries of an archive that are refused as left out.
fn count_refused(archive: &Archive, converted: &mut Converted) {
    if archive.refused() > 0 {
        *converted.left_out.entry(REFUSED.to_owned()).or_default() += archive.refused();
    }
}

/// Returns the address of a link to another document of the source.
fn article_address(key: &str) -> String {
    format!("article:{}", utf8_percent_encode(key, ENCODED))
}
