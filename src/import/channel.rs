//! Posts of a channel that the bot receives, as articles.

use crate::corpus::{CorpusDir, Folder};

use super::article_file::{Origin, digest};
use super::document::{Body, Failure};
use super::exports::telegram;
pub use super::exports::telegram::{Format, LivePost};
use super::file_name::slug;
use super::target::{ImportedFile, Mode, Target};

/// Name of the folder for the posts of a channel without a title.
const NAMELESS: &str = "channel";

/// Writes a post as an article. Its new version replaces the article, unless somebody has edited
/// the file. `title` is that of the channel, which gives its folder a name if the operator does
/// not.
///
/// Returns `None` if the post has no text that could be an article. Fails if the file cannot be
/// written.
pub fn write_post(
    dir: &CorpusDir,
    post: &LivePost,
    folder: Option<&Folder>,
    title: Option<&str>,
) -> Result<Option<ImportedFile>, Failure> {
    let document = telegram::live_document(post);
    let (Body::Markdown(text), Some(address)) = (&document.body, document.address.clone()) else {
        return Ok(None);
    };
    let own = || title.and_then(slug).unwrap_or_else(|| NAMELESS.to_owned());
    let folder = folder.map_or_else(own, |folder| folder.path().to_owned());
    let mut target = Target::open(dir, Mode::Write);
    let file = target.place(&address, &document, &folder);
    let origin = Origin { imported_from: address, source_digest: digest(text.as_bytes()) };
    match target.prepare(file, &document, text, origin) {
        Ok(prepared) => target.write(prepared).map(Some),
        Err(_) => Ok(None),
    }
}
