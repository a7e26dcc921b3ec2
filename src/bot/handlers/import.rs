//! Imports in the chat: an administrator sends a link, or a file that is not an article yet.
//!
//! The source is converted at once and kept in the store. Its articles are written when the
//! administrator presses the button below their preview.

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::IncomingFile;
use crate::bot::send::single_attempt;
use crate::corpus::Problem;
use crate::ids::UserId;
use crate::import::document::Failure;
use crate::import::preview::{self, Pending, Preview, PreviewedArticle};
use crate::import::target::{Mode, Status};
use crate::import::{Importer, Original, Settings};
use crate::render::messages::Messages;
use crate::render::telegram::imports::{self, ImportPreview};
use crate::render::telegram::{self, Message};
use crate::store::{self, StoreError, Upload};

/// Maximum size of a file that Telegram gives to bots, in bytes.
const MAX_TELEGRAM_BYTES: u64 = 20 << 20;
/// Name of a file without a name.
const NAMELESS: &str = "file";

/// Converts a file that an administrator sent, and shows the articles that it would become.
pub async fn receive_file(
    ctx: &BotContext,
    operator: UserId,
    reader: ReaderContext,
    sent: &IncomingFile,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    let name = sent.name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let name = if name.is_empty() { NAMELESS } else { name }.to_owned();
    if sent.size > MAX_TELEGRAM_BYTES {
        let command = format!("verbatim import {name}");
        return Ok(telegram::plain(&messages.upload_too_large(&name, &command)));
    }
    let content = single_attempt::download(&ctx.sender, &sent.id, MAX_TELEGRAM_BYTES).await;
    let Some(content) = content else {
        return Ok(telegram::plain(&messages.upload_failed()));
    };
    let source = Source::File(name.clone(), content);
    show(ctx, operator, messages, &name, source).await
}

/// Fetches what is at an address, and shows the articles that it would become.
pub async fn receive_link(
    ctx: &BotContext,
    operator: UserId,
    reader: ReaderContext,
    address: &str,
) -> Result<Message, StoreError> {
    show(ctx, operator, reader.messages(), address, Source::Address(address.to_owned())).await
}

/// Source of an import.
enum Source {
    File(String, Vec<u8>),
    Address(String),
}

async fn show(
    ctx: &BotContext,
    operator: UserId,
    messages: &Messages,
    name: &str,
    source: Source,
) -> Result<Message, StoreError> {
    let converted = with_importer(ctx, Mode::DryRun, move |mut importer| {
        Handle::current().block_on(async {
            match source {
                Source::File(name, content) => {
                    preview::of_file(&mut importer, &name, content).await
                }
                Source::Address(address) => preview::of_address(&mut importer, &address).await,
            }
        })
    });
    let Preview { pending, original_name, original, articles, failed } = match converted.await {
        Ok(preview) => preview,
        Err(failure) => return Ok(refusal(name, &failure, messages)),
    };
    let Ok(text) = serde_json::to_string(&pending) else {
        return Ok(telegram::plain(&messages.internal_error()));
    };
    let original = store::Original { name: original_name, content: original };
    let upload = Upload { admin: operator, name: name.to_owned(), text, original: Some(original) };
    let upload = ctx.store.add_upload(&upload, ctx.now())?.to_i64();
    let notes = articles.iter().flat_map(|article| &article.prepared.warnings).cloned();
    let shown = articles
        .iter()
        .map(|PreviewedArticle { prepared, is_known }| (&prepared.article, *is_known));
    let shown = ImportPreview {
        articles: shown.collect(),
        notes: notes.collect(),
        failed: failed.iter().map(|(name, failure)| format!("{name}: {failure}")).collect(),
    };
    Ok(imports::preview(&shown, upload, messages))
}

fn refusal(name: &str, failure: &Failure, messages: &Messages) -> Message {
    let problem = Problem::new(name, None, &failure.what, &failure.hint);
    telegram::uploads::upload_problems(name, &[problem], messages)
}

/// Writes the articles of an import that was confirmed.
pub async fn confirm(ctx: &BotContext, reader: ReaderContext, upload: Upload) -> Message {
    let messages = reader.messages();
    let Upload { name, text, original, .. } = upload;
    let (Some(original), Ok(pending)) = (original, serde_json::from_str::<Pending>(&text)) else {
        return telegram::plain(&messages.upload_expired());
    };
    let written = with_importer(ctx, Mode::Write, move |mut importer| {
        let original = Original { name: &original.name, content: &original.content };
        preview::write(&mut importer, pending, &original)
    });
    let report = match written.await {
        Ok(report) => report,
        Err(failure) => return refusal(&name, &failure, messages),
    };
    let kept = report.files.iter().filter(|file| matches!(file.status, Status::Edited(_)));
    let kept: Vec<_> = kept.map(|file| file.file.clone()).collect();
    let failed = report.failed.iter().map(|(name, failure)| format!("{name}: {failure}"));
    let failed: Vec<_> = failed.collect();
    imports::imported(report.files.len() - kept.len(), &kept, &failed, messages)
}

/// Runs a step of an import, on a thread for blocking work.
async fn with_importer<T: Send + 'static>(
    ctx: &BotContext,
    mode: Mode,
    step: impl FnOnce(Importer) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let fetcher = ctx.imports.fetcher()?;
    let settings = Settings {
        import: ctx.imports.sources.import.clone(),
        into: None,
        limit: 0,
        mode,
        data: ctx.installation.data.clone(),
    };
    let (dir, converter) = (ctx.corpus.clone(), ctx.imports.converter.clone());
    let run = move || step(Importer::new(&dir, settings, converter, fetcher));
    spawn_blocking(run).await.unwrap_or_else(|_| {
        tracing::error!("an import panicked");
        Err(Failure::new("the import failed", "the log of the bot has more"))
    })
}
