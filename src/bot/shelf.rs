//! Articles that the operator sends or removes.
//!
//! A file that was sent is kept in the store until it is confirmed; an article goes only after its file
//! is back in the operator's chat. The corpus is written by [`corpus::shelf`] alone.

use super::incoming::{Press, SentFile, Spot};
use super::react::{Reactor, Setting};
use crate::corpus::article::{Article, ArticleId, Outline};
use crate::corpus::{self, CorpusDir, MAX_FILE_BYTES, Problem, shelf};
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Message};
use crate::store::{StoreError, UploadId};

/// How a file is put into the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// If no other has its name.
    New,
    /// In place of the one that has.
    Instead,
}

/// What a file would become.
struct LookedAt {
    article: Article,
    /// What is there in its place now: the title, or the file's name.
    replaced: Option<String>,
}

fn look_at(
    library: &Library,
    dir: &CorpusDir,
    name: &str,
    bytes: &[u8],
) -> Result<Result<LookedAt, Vec<Problem>>, LibraryError> {
    let article = match shelf::preview(dir, name, bytes) {
        Ok(article) => article,
        Err(problems) => return Ok(Err(problems)),
    };
    let known = library.article(article.outline.id)?.map(|known| known.title.clone());
    let is_there = shelf::content(dir, name).is_ok();
    let replaced = known.or_else(|| is_there.then(|| name.to_owned()));
    Ok(Ok(LookedAt { article, replaced }))
}

impl Reactor {
    /// Shows what a file that the operator sent would become.
    pub(super) async fn receive_file(
        &self,
        update: i64,
        admin: i64,
        setting: Setting,
        sent: &SentFile,
    ) -> Result<Message, StoreError> {
        let words = setting.words();
        let name = shelf::name_for(&sent.name)
            .and_then(|name| shelf::fits(&name, sent.size).map(|()| name));
        let name = match name {
            Ok(name) => name,
            Err(problem) => {
                return Ok(telegram::shelf::problems(&sent.name, &[problem], words));
            }
        };
        let Some(content) = self.sender.fetch(&sent.id, MAX_FILE_BYTES).await else {
            return Ok(telegram::plain(&words.upload_failed()));
        };
        let text = String::from_utf8_lossy(&content).into_owned();
        let (dir, file) = (self.corpus.clone(), name.clone());
        let looked_at =
            self.read(update, setting, move |library, _| look_at(library, &dir, &file, &content));
        Ok(match looked_at.await {
            None => telegram::plain(&words.sorry()),
            Some(Err(problems)) => telegram::shelf::problems(&name, &problems, words),
            Some(Ok(looked_at)) => {
                let upload = self.store.add_upload(admin, &name, &text, self.now())?.to_i64();
                let replaced = looked_at.replaced.as_deref();
                telegram::shelf::preview(&looked_at.article, replaced, upload, words)
            }
        })
    }

    /// Puts a file that was confirmed into the corpus, whose changes are taken over by themselves. It is kept
    /// for a day all the same: the button may be pressed again, or the bot be killed in between.
    pub(super) async fn put_upload(
        &self,
        update: i64,
        setting: Setting,
        id: i64,
        put: Put,
    ) -> Result<Message, StoreError> {
        let Some(upload) = self.store.upload(UploadId::from_i64(id))? else {
            return Ok(telegram::plain(&setting.words().upload_gone()));
        };
        let dir = self.corpus.clone();
        let done = self.show(update, setting, move |library, frame| {
            let (name, bytes, words) = (&upload.name, upload.text.as_bytes(), frame.words);
            let is_there = shelf::content(&dir, name).is_ok_and(|there| there == bytes);
            let done = || telegram::plain(&words.upload_put(name));
            if is_there {
                return Ok(done());
            }
            Ok(match look_at(library, &dir, name, bytes)? {
                // What was to be added has come to be there meanwhile: that is to be asked anew.
                Ok(LookedAt { article, replaced: Some(replaced) }) if put == Put::New => {
                    telegram::shelf::preview(&article, Some(&replaced), id, words)
                }
                Ok(_) => match shelf::put(&dir, name, bytes) {
                    Ok(()) => done(),
                    Err(problem) => telegram::shelf::trouble(&problem, words),
                },
                Err(problems) => telegram::shelf::problems(name, &problems, words),
            })
        });
        Ok(done.await)
    }

    pub(super) fn drop_upload(&self, setting: Setting, upload: i64) -> Result<Message, StoreError> {
        self.store.remove_upload(UploadId::from_i64(upload))?;
        Ok(telegram::plain(&setting.words().upload_dropped()))
    }

    /// Sends an article's file back, then takes it out of the corpus.
    pub(super) async fn remove_article(
        &self,
        update: i64,
        press: &Press,
        setting: Setting,
        article: ArticleId,
    ) -> Message {
        let words = setting.words();
        let Spot::Chat { chat, .. } = press.spot else { return telegram::plain(&words.sorry()) };
        let dir = self.corpus.clone();
        let found = self.read(update, setting, move |library, _| {
            let Some(outline) = library.article(article)? else { return Ok(None) };
            // The library may not know yet of what was removed a moment ago.
            let is_last = library.article_count() == 1 || corpus::scan(&dir).0.len() <= 1;
            let content = (!is_last).then(|| shelf::content(&dir, &outline.file));
            Ok(Some((content, outline)))
        });
        let (content, outline) = match found.await {
            None => return telegram::plain(&words.sorry()),
            Some(None) => return telegram::plain(&words.text_has_changed()),
            Some(Some((None, _))) => return telegram::plain(&words.removal_last()),
            Some(Some((Some(Err(problem)), _))) => {
                return telegram::shelf::trouble(&problem, words);
            }
            Some(Some((Some(Ok(content)), outline))) => (content, outline),
        };
        let name = outline.file.rsplit('/').next().unwrap_or(&outline.file);
        if !self.sender.send_file(chat, name, content).await {
            return telegram::shelf::removal(&outline, words).under(&words.sorry());
        }
        self.take_out(update, setting, &outline).await
    }

    async fn take_out(&self, update: i64, setting: Setting, outline: &Outline) -> Message {
        let (dir, file, title) = (self.corpus.clone(), outline.file.clone(), outline.title.clone());
        self.show(update, setting, move |_, frame| {
            Ok(match shelf::remove(&dir, &file) {
                Ok(()) => telegram::plain(&frame.words.removal_done(&title)),
                Err(problem) => telegram::shelf::trouble(&problem, frame.words),
            })
        })
        .await
    }
}
