//! Uploads: article files that the operator sends, confirms or removes.
//!
//! A file is kept in the store until it is confirmed. An article is removed only after its file was
//! sent to the operator's chat. Only [`corpus::files`] writes into the corpus.

use super::import;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, IncomingFile, MessageRef};
use crate::bot::send::single_attempt;
use crate::corpus::article::{Article, ArticleId, Outline};
use crate::corpus::{self, CorpusDir, MAX_FILE_BYTES, Problem, files};
use crate::ids::{UpdateId, UserId};
use crate::library::{LibraryError, View};
use crate::render::telegram::{self, Message};
use crate::store::{StoreError, Upload, UploadId};

/// Behaviour if the corpus already has a file of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// The upload is not put into the corpus.
    Refuse,
    /// The upload replaces the file.
    Replace,
}

/// Article that an upload would become.
struct Inspected {
    article: Article,
    /// Title or file name of what the article would replace.
    replaced: Option<String>,
}

fn inspect(
    library: &View<'_>,
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

/// Handles a file that the operator sent: keeps it and shows the article that it would become.
pub async fn receive_file(
    ctx: &BotContext,
    update: UpdateId,
    operator: UserId,
    reader: ReaderContext,
    sent: &IncomingFile,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    if !files::is_article_name(&sent.name) {
        return import::receive_file(ctx, operator, reader, sent).await;
    }
    let name = files::safe_file_name(&sent.name)
        .and_then(|name| files::check_size(&name, sent.size).map(|()| name));
    let name = match name {
        Ok(name) => name,
        Err(problem) => {
            return Ok(telegram::uploads::upload_problems(&sent.name, &[problem], messages));
        }
    };
    let Some(content) = single_attempt::download(&ctx.sender, &sent.id, MAX_FILE_BYTES).await
    else {
        return Ok(telegram::plain(&messages.upload_failed()));
    };
    let text = files::as_utf8(&content);
    let (dir, file) = (ctx.corpus.clone(), name.clone());
    let inspected = ctx.with_library(Some(update), reader, move |library, _| {
        inspect(library, &dir, &file, &content)
    });
    Ok(match inspected.await {
        None => telegram::plain(&messages.internal_error()),
        Some(Err(problems)) => telegram::uploads::upload_problems(&name, &problems, messages),
        Some(Ok(inspected)) => {
            let upload = Upload::article(operator, &name, &text);
            let upload = ctx.store.add_upload(&upload, ctx.now())?.to_i64();
            let replaced = inspected.replaced.as_deref();
            telegram::uploads::preview(&inspected.article, replaced, upload, messages)
        }
    })
}

/// Puts a confirmed upload into the corpus. The upload is kept for a day nevertheless, since the
/// button may be pressed again, or the process may be killed in between.
pub async fn confirm_upload(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    id: i64,
    overwrite: Overwrite,
) -> Result<Message, StoreError> {
    let Some(upload) = ctx.store.upload(UploadId::from_i64(id))? else {
        return Ok(telegram::plain(&reader.messages().upload_expired()));
    };
    if upload.original.is_some() {
        return Ok(import::confirm(ctx, reader, upload).await);
    }
    let dir = ctx.corpus.clone();
    let done = ctx.render_or_apologise(update, reader, move |library, context| {
        let (name, bytes, messages) = (&upload.name, upload.text.as_bytes(), context.messages);
        let is_there = files::content(&dir, name).is_ok_and(|there| there == bytes);
        let done = || telegram::plain(&messages.upload_added(name));
        if is_there {
            return Ok(done());
        }
        Ok(match inspect(library, &dir, name, bytes)? {
            // The corpus has got such an article since the preview, so the operator is asked again.
            Ok(Inspected { article, replaced: Some(replaced) })
                if overwrite == Overwrite::Refuse =>
            {
                telegram::uploads::preview(&article, Some(&replaced), id, messages)
            }
            Ok(_) => match files::put(&dir, name, bytes) {
                Ok(()) => done(),
                Err(problem) => telegram::uploads::file_problem(&problem, messages),
            },
            Err(problems) => telegram::uploads::upload_problems(name, &problems, messages),
        })
    });
    Ok(done.await)
}

pub fn drop_upload(
    ctx: &BotContext,
    reader: ReaderContext,
    upload: i64,
) -> Result<Message, StoreError> {
    ctx.store.remove_upload(UploadId::from_i64(upload))?;
    Ok(telegram::plain(&reader.messages().upload_discarded()))
}

/// Sends the file of an article to the operator, then removes it from the corpus.
pub async fn remove_article(
    ctx: &BotContext,
    update: UpdateId,
    query: &CallbackQuery,
    reader: ReaderContext,
    article: ArticleId,
) -> Message {
    let messages = reader.messages();
    let MessageRef::Chat { chat, .. } = query.message else {
        return telegram::plain(&messages.internal_error());
    };
    let (dir, articles) = (ctx.corpus.clone(), ctx.library.article_count());
    let found = ctx.with_library(Some(update), reader, move |library, _| {
        let Some(outline) = library.article(article)? else { return Ok(None) };
        // The library may not know yet of a file that was removed a moment ago.
        let is_last = articles == 1 || corpus::scan(&dir).0.len() <= 1;
        let content = (!is_last).then(|| files::content(&dir, &outline.file));
        Ok(Some((content, outline)))
    });
    let (content, outline) = match found.await {
        None => return telegram::plain(&messages.internal_error()),
        Some(None) => return telegram::plain(&messages.text_changed()),
        Some(Some((None, _))) => return telegram::plain(&messages.removal_last()),
        Some(Some((Some(Err(problem)), _))) => {
            return telegram::uploads::file_problem(&problem, messages);
        }
        Some(Some((Some(Ok(content)), outline))) => (content, outline),
    };
    let name = outline.file.rsplit('/').next().unwrap_or(&outline.file);
    if !single_attempt::send_file(&ctx.sender, chat, name, content).await {
        return telegram::uploads::confirm_removal(&outline, messages)
            .under(&messages.internal_error());
    }
    remove_file(ctx, update, reader, &outline).await
}

async fn remove_file(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    outline: &Outline,
) -> Message {
    let (dir, file, title) = (ctx.corpus.clone(), outline.file.clone(), outline.title.clone());
    ctx.render_or_apologise(update, reader, move |_, context| {
        Ok(match files::remove(&dir, &file) {
            Ok(()) => telegram::plain(&context.messages.removal_done(&title)),
            Err(problem) => telegram::uploads::file_problem(&problem, context.messages),
        })
    })
    .await
}
