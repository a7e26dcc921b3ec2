//! Composition of briefings and watch quotes.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::answer::Answer;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::pages;
use crate::brief::OnTopic;
use crate::ids::UpdateId;
use crate::library::{LibraryError, View};
use crate::render::telegram::{self, Changes, MAX_ARTICLES, Message, RenderContext};
use crate::schedule::Rule;
use crate::store::{ArticleChange, ChangeKind, Schedule, WatchQuote};

/// Briefing, and the change up to which it reports.
pub struct Draft {
    /// `None` if there is nothing to report.
    pub message: Option<Message>,
    pub up_to: i64,
}

/// Maximum number of changed articles that are matched with the topic of a briefing.
const MAX_MATCHED_ARTICLES: usize = 100;

/// Makes the briefing on a topic, or of the newest article if the topic is empty.
pub async fn brief(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    topic: String,
) -> Message {
    ctx.render_or_apologise(update, reader, move |library, context| match topic.trim() {
        "" => newest(library, context),
        topic => Ok(match library.brief_on(topic)? {
            OnTopic::Found(found) => telegram::topic_brief(topic, &found, context),
            OnTopic::Article(brief) => telegram::brief(&brief, 0, context),
            OnTopic::Fallback(answer) => {
                pages::answer_message(&answer.without_language_hint(), context)
            }
        }),
    })
    .await
}

/// Makes the briefing of a schedule: the changes after the last one that was reported, up to now.
/// `since` is the Unix time in seconds of the last report. Returns `None` after an error, which is
/// logged.
pub async fn compose_briefing(
    ctx: &BotContext,
    schedule: &Schedule,
    since: Option<i64>,
) -> Option<Draft> {
    let (up_to, changes) = changes_since(ctx, schedule.seen).await?;
    let zone = schedule.rule.parse::<Rule>().ok().map(|rule| rule.zone);
    let since = since.zip(zone).map(|(since, zone)| zone.local(since));
    let reader = ctx.background_reader(schedule.chat, schedule.topic);
    let (topic, is_always) = (schedule.subject.clone(), schedule.is_always);
    let message = ctx.with_library_background(reader, move |library, context| {
        let report = collect_changes(library, &changes, topic.clone(), since)?;
        Ok(match report.is_empty() {
            false => Some(telegram::changes(&report, context)),
            true if is_always => standing_briefing(library, context, &topic)?,
            true => None,
        })
    });
    Some(Draft { message: message.await?, up_to })
}

/// Makes the quote of an article that matches a watch. Returns `None` if the article no longer
/// matches, and after an error, which is logged.
pub async fn compose_watch_quote(
    ctx: &BotContext,
    reader: ReaderContext,
    quote: &WatchQuote,
) -> Option<Message> {
    let (topic, passage, more) = (quote.subject.clone(), quote.passage, quote.more);
    let message = ctx.with_library_background(reader, move |library, context| {
        let excerpts = library.quotes_within(&topic, &[passage])?;
        Ok(telegram::watch_hit(&topic, &excerpts, more, context))
    });
    message.await.flatten()
}

/// Returns the id of the last change, and the merged changes of the articles after the change
/// `seen`. Returns `None` after an error, which is logged.
async fn changes_since(ctx: &BotContext, seen: i64) -> Option<(i64, Arc<Vec<ArticleChange>>)> {
    let store = Arc::clone(&ctx.store);
    match spawn_blocking(move || store.article_changes_since(seen)).await {
        Ok(Ok(changes)) => Some(changes),
        Ok(Err(error)) => {
            tracing::error!(%error, "the changes of the articles could not be read");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the changes of the articles panicked");
            None
        }
    }
}

/// Collects a report of changes with quotes. At most [`MAX_ARTICLES`] articles are quoted; the
/// others are counted.
fn collect_changes(
    library: &View<'_>,
    changes: &[ArticleChange],
    topic: String,
    since: Option<String>,
) -> Result<Changes, LibraryError> {
    let mut report = Changes { topic, since, ..Changes::default() };
    let (removed, existing): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| change.kind == ChangeKind::Removed);
    let mut present = Vec::new();
    for change in existing {
        if library.lists(change.article)? {
            present.push(change);
        }
    }
    for (position, change) in present.iter().enumerate() {
        let is_full = report.articles.len() == MAX_ARTICLES;
        if is_full && report.topic.is_empty() {
            report.more_articles = present.len() - position;
            break;
        }
        if position == MAX_MATCHED_ARTICLES {
            break;
        }
        match library.new_quotes(change.article, &change.passages, &report.topic)? {
            Some(_) if is_full => report.more_articles += 1,
            Some(quotes) => report.articles.push((quotes, change.kind == ChangeKind::Added)),
            None => {}
        }
    }
    // Whether a removed article was on the topic is unknown.
    if report.topic.is_empty() {
        let removed = removed.into_iter().filter(|change| library.had(change.file.as_deref()));
        report.removed = removed.map(|change| change.title.clone()).collect();
    }
    Ok(report)
}

/// Makes the briefing of a schedule that has nothing new to report. Returns `None` if the corpus
/// has nothing on the topic.
fn standing_briefing(
    library: &View<'_>,
    context: &RenderContext<'_>,
    topic: &str,
) -> Result<Option<Message>, LibraryError> {
    if topic.is_empty() {
        return newest(library, context).map(Some);
    }
    Ok(match library.brief_on(topic)? {
        OnTopic::Found(found) => Some(telegram::topic_brief(topic, &found, context)),
        OnTopic::Article(brief) => Some(telegram::brief(&brief, 0, context)),
        OnTopic::Fallback(answer @ Answer::Found(_)) => {
            Some(pages::answer_message(&answer, context))
        }
        OnTopic::Fallback(_) => None,
    })
}

fn newest(library: &View<'_>, context: &RenderContext<'_>) -> Result<Message, LibraryError> {
    let newest = library.newest();
    let page = newest.first().map(|article| pages::brief(library, context, article.id, 0));
    page.transpose()?.flatten().map_or_else(|| pages::contents(library, context, 0), Ok)
}
