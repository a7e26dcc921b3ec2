//! Articles that the operator sends or removes.
//!
//! A file that was sent is kept in the store until it is confirmed; an article goes only after its file
//! is back in the operator's chat. The corpus is written by [`corpus::shelf`](crate::corpus::shelf) alone.

use super::incoming::{Press, SentFile, Spot};
use super::now;
use super::react::{Reactor, Setting};
use crate::corpus::article::{ArticleId, Outline};
use crate::corpus::{self, MAX_FILE_BYTES, shelf};
use crate::render::telegram::{self, Message};
use crate::store::{StoreError, UploadId};

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
        let (dir, file, bytes) = (self.corpus.clone(), name.clone(), content.clone());
        let looked_at = self.read(update, setting, move |library, _| {
            let article = match shelf::preview(&dir, &file, &bytes) {
                Ok(article) => article,
                Err(problems) => return Ok(Err(problems)),
            };
            let replaced = library.article(article.outline.id)?;
            Ok(Ok((article, replaced)))
        });
        Ok(match looked_at.await {
            None => telegram::plain(&words.sorry()),
            Some(Err(problems)) => telegram::shelf::problems(&name, &problems, words),
            Some(Ok((article, replaced))) => {
                let text = String::from_utf8_lossy(&content);
                let upload = self.store.add_upload(admin, &name, &text, now())?;
                telegram::shelf::preview(&article, replaced.as_deref(), upload.to_i64(), words)
            }
        })
    }

    /// Puts a file that was confirmed into the corpus, whose changes are taken over by themselves.
    pub(super) async fn put_upload(
        &self,
        update: i64,
        setting: Setting,
        upload: i64,
    ) -> Result<Message, StoreError> {
        let words = setting.words();
        let id = UploadId::from_i64(upload);
        let Some(upload) = self.store.upload(id)? else {
            return Ok(telegram::plain(&words.upload_gone()));
        };
        let dir = self.corpus.clone();
        let put = self.read(update, setting, move |_, frame| {
            let bytes = upload.text.as_bytes();
            let put = shelf::preview(&dir, &upload.name, bytes).and_then(|_| {
                shelf::put(&dir, &upload.name, bytes).map_err(|problem| vec![problem])
            });
            Ok(match put {
                Ok(()) => (true, telegram::plain(&frame.words.upload_put(&upload.name))),
                Err(problems) => {
                    (false, telegram::shelf::problems(&upload.name, &problems, frame.words))
                }
            })
        });
        let Some((is_put, message)) = put.await else { return Ok(telegram::plain(&words.sorry())) };
        if is_put {
            self.store.remove_upload(id)?;
        }
        Ok(message)
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
            return telegram::plain(&words.sorry());
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
