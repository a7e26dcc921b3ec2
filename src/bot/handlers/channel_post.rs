//! Posts of the channels that are an archive: each becomes an article.

use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::bot::backoff::{RetryPolicy, sleep_or_stop};
use crate::bot::context::BotContext;
use crate::bot::receive::update::ChannelPost;
use crate::bot::reply::Reply;
use crate::ids::UpdateId;
use crate::import::channel::{self, Format, LivePost};
use crate::import::target::Status;

/// Delays between the attempts to write a post, such as while the disk is full.
const RETRIES: RetryPolicy =
    RetryPolicy::exponential(Duration::from_secs(1), Duration::from_secs(300));

/// Writes a post of a configured channel as an article. Posts of other channels are ignored. A post
/// that cannot be written is tried again until it is, or until the bot stops.
pub async fn handle_post(ctx: &BotContext, update: UpdateId, post: ChannelPost) -> Reply {
    let source = ctx.imports.sources.channels.iter().find(|source| source.id == post.chat.get());
    let Some(source) = source else {
        tracing::debug!(
            channel = post.chat.get(),
            "a post of a channel that `[[channels]]` does not name is ignored"
        );
        return Reply::Nothing;
    };
    if post.text.trim().chars().count() < source.min_chars {
        return Reply::Nothing;
    }
    let title = post.title.clone();
    let post = live_post(post);
    let mut failures = 0;
    while !ctx.stop.is_cancelled() {
        let (dir, post, title) = (ctx.corpus.clone(), post.clone(), title.clone());
        let folder = source.folder.clone();
        let write = move || channel::write_post(&dir, &post, folder.as_ref(), title.as_deref());
        let failure = match spawn_blocking(write).await {
            Ok(Ok(imported)) => {
                if let Some(imported) = imported
                    && let Status::Edited(new_version) = &imported.status
                {
                    let file = imported.file;
                    tracing::warn!(%file, %new_version, "an edited post does not replace the article of its channel, since the file was edited");
                }
                return Reply::Nothing;
            }
            Ok(Err(failure)) => failure,
            Err(_) => {
                tracing::error!(update = update.get(), "writing a post of a channel panicked");
                return Reply::Nothing;
            }
        };
        let update = update.get();
        tracing::error!(update, error = %failure, hint = failure.hint, "a post of a channel could not be written; it is tried again");
        sleep_or_stop(RETRIES.delay(failures), &ctx.stop).await;
        failures += 1;
    }
    Reply::Unfinished
}

fn live_post(post: ChannelPost) -> LivePost {
    let formats = post.entities.into_iter().map(|entity| Format {
        kind: entity.kind,
        offset: entity.offset,
        length: entity.length,
        url: entity.url,
        language: entity.language,
    });
    LivePost {
        id: i64::from(post.id.get()),
        username: post.username,
        chat: post.chat.get(),
        author: post.signature,
        date: post.date,
        edited: post.edited,
        text: post.text,
        formats: formats.collect(),
    }
}
