//! Articles that the operator sends or removes.
//!
//! A file that was sent is kept in the store until it is confirmed; an article goes only after its file
//! is back in the operator's chat. The corpus is written by [`corpus::shelf`] alone.

use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, IncomingFile, MessageRef};
use crate::bot::send::single_attempt;
use crate::corpus::article::{Article, ArticleId, Outline};
use crate::corpus::{self, CorpusDir, MAX_FILE_BYTES, Problem, files};
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Message};
use crate::store::{StoreError, UploadId};

/// How a file is put into the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// If no other has its name.
    Refuse,
    /// In place of the one that has.
    Replace,
}

/// What a file would become.
struct Inspected {
    article: Article,
    /// What is there in its place now: the title, or the file's name.
    replaced: Option<String>,
}

fn inspect(
    library: &Library,
    dir: &CorpusDir,
    name: &str,
    bytes: &[u8],
) -> Result<Result<Inspected, Vec<Problem>>, LibraryError> {
    let article = match files::preview(dir, name, bytes) {
        Ok(article) => article,
        Err(problems) => return Ok(Err(problems)),
    };
    let known = library.article(article.outline.id)?.map(|known| known.title.clone());
    let is_there = files::content(dir, name).is_ok();
    let replaced = known.or_else(|| is_there.then(|| name.to_owned()));
    Ok(Ok(Inspected { article, replaced }))
}

/// Shows what a file that the operator sent would become.
pub async fn receive_file(
    ctx: &BotContext,
    update: i64,
    admin: i64,
    setting: ReaderContext,
    sent: &IncomingFile,
) -> Result<Message, StoreError> {
    let words = setting.messages();
    let name =
        files::name_for(&sent.name).and_then(|name| files::fits(&name, sent.size).map(|()| name));
    let name = match name {
        Ok(name) => name,
        Err(problem) => {
            return Ok(telegram::uploads::problems(&sent.name, &[problem], words));
        }
    };
    let Some(content) = single_attempt::download(&ctx.sender, &sent.id, MAX_FILE_BYTES).await
    else {
        return Ok(telegram::plain(&words.upload_failed()));
    };
    let text = String::from_utf8_lossy(&content).into_owned();
    let (dir, file) = (ctx.corpus.clone(), name.clone());
    let looked_at = ctx
        .with_library(update, setting, move |library, _| inspect(library, &dir, &file, &content));
    Ok(match looked_at.await {
        None => telegram::plain(&words.sorry()),
        Some(Err(problems)) => telegram::uploads::problems(&name, &problems, words),
        Some(Ok(looked_at)) => {
            let upload = ctx.store.add_upload(admin, &name, &text, ctx.now())?.to_i64();
            let replaced = looked_at.replaced.as_deref();
            telegram::uploads::preview(&looked_at.article, replaced, upload, words)
        }
    })
}

/// Puts a file that was confirmed into the corpus, whose changes are taken over by themselves. It is kept
/// for a day all the same: the button may be pressed again, or the bot be killed in between.
pub async fn confirm_upload(
    ctx: &BotContext,
    update: i64,
    setting: ReaderContext,
    id: i64,
    put: Overwrite,
) -> Result<Message, StoreError> {
    let Some(upload) = ctx.store.upload(UploadId::from_i64(id))? else {
        return Ok(telegram::plain(&setting.messages().upload_gone()));
    };
    let dir = ctx.corpus.clone();
    let done = ctx.render_or_apologise(update, setting, move |library, frame| {
        let (name, bytes, words) = (&upload.name, upload.text.as_bytes(), frame.messages);
        let is_there = files::content(&dir, name).is_ok_and(|there| there == bytes);
        let done = || telegram::plain(&words.upload_put(name));
        if is_there {
            return Ok(done());
        }
        Ok(match inspect(library, &dir, name, bytes)? {
            // What was to be added has come to be there meanwhile: that is to be asked anew.
            Ok(Inspected { article, replaced: Some(replaced) }) if put == Overwrite::Refuse => {
                telegram::uploads::preview(&article, Some(&replaced), id, words)
            }
            Ok(_) => match files::put(&dir, name, bytes) {
                Ok(()) => done(),
                Err(problem) => telegram::uploads::trouble(&problem, words),
            },
            Err(problems) => telegram::uploads::problems(name, &problems, words),
        })
    });
    Ok(done.await)
}

pub fn drop_upload(
    ctx: &BotContext,
    setting: ReaderContext,
    upload: i64,
) -> Result<Message, StoreError> {
    ctx.store.remove_upload(UploadId::from_i64(upload))?;
    Ok(telegram::plain(&setting.messages().upload_dropped()))
}

/// Sends an article's file back, then takes it out of the corpus.
pub async fn remove_article(
    ctx: &BotContext,
    update: i64,
    press: &CallbackQuery,
    setting: ReaderContext,
    article: ArticleId,
) -> Message {
    let words = setting.messages();
    let MessageRef::Chat { chat, .. } = press.message else {
        return telegram::plain(&words.sorry());
    };
    let dir = ctx.corpus.clone();
    let found = ctx.with_library(update, setting, move |library, _| {
        let Some(outline) = library.article(article)? else { return Ok(None) };
        // The library may not know yet of what was removed a moment ago.
        let is_last = library.article_count() == 1 || corpus::scan(&dir).0.len() <= 1;
        let content = (!is_last).then(|| files::content(&dir, &outline.file));
        Ok(Some((content, outline)))
    });
    let (content, outline) = match found.await {
        None => return telegram::plain(&words.sorry()),
        Some(None) => return telegram::plain(&words.text_has_changed()),
        Some(Some((None, _))) => return telegram::plain(&words.removal_last()),
        Some(Some((Some(Err(problem)), _))) => {
            return telegram::uploads::trouble(&problem, words);
        }
        Some(Some((Some(Ok(content)), outline))) => (content, outline),
    };
    let name = outline.file.rsplit('/').next().unwrap_or(&outline.file);
    if !single_attempt::send_file(&ctx.sender, chat, name, content).await {
        return telegram::uploads::removal(&outline, words).under(&words.sorry());
    }
    remove_file(ctx, update, setting, &outline).await
}

async fn remove_file(
    ctx: &BotContext,
    update: i64,
    setting: ReaderContext,
    outline: &Outline,
) -> Message {
    let (dir, file, title) = (ctx.corpus.clone(), outline.file.clone(), outline.title.clone());
    ctx.render_or_apologise(update, setting, move |_, frame| {
        Ok(match files::remove(&dir, &file) {
            Ok(()) => telegram::plain(&frame.messages.removal_done(&title)),
            Err(problem) => telegram::uploads::trouble(&problem, frame.messages),
        })
    })
    .await
}
