//! `@bot words` in any chat: quotes to choose from while typing.
//!
//! Every keystroke is a query, and only the newest of a person is worked on. Nothing is journalled:
//! a query that was not answered is replaced by the next keystroke.

use crate::bot::send::single_attempt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use teloxide::types::{
    InlineQueryResult, InlineQueryResultArticle, InlineQueryResultsButton,
    InlineQueryResultsButtonKind, InputMessageContent, InputMessageContentText, ParseMode,
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::answer::{AnswerCursor, Excerpt};
use crate::bot::api::methods::{keyboard, no_preview};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::deep_link;
use crate::bot::receive::journal::INLINE_QUERY;
use crate::bot::receive::update::InlineQuery;
use crate::bot::send::single_attempt::INLINE_CACHE_SECONDS;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Effect, Message, RenderContext, StartPayload, Surface};

/// The queries that are being worked on.
pub struct InlineQueries {
    ctx: Arc<BotContext>,
    newest: Arc<NewestQuery>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Of each person who types, the number of their newest query.
#[derive(Default)]
struct NewestQuery(Mutex<(u64, HashMap<i64, u64>)>);

/// What a tap posts.
struct InlineResult {
    id: String,
    title: String,
    description: String,
    message: Message,
}

/// One page of what there is to choose from.
struct Page {
    posts: Vec<InlineResult>,
    /// Where the next page begins.
    next: Option<usize>,
}

/// An answer that does not hold for the next time.
const NOT_CACHED: u32 = 0;
const RESULTS_PER_PAGE: usize = 10;
const TITLE_UNITS: usize = 100;
const DESCRIPTION_UNITS: usize = 160;

impl InlineQueries {
    pub fn new(ctx: Arc<BotContext>, stop: CancellationToken) -> InlineQueries {
        InlineQueries { ctx, newest: Arc::default(), tasks: TaskTracker::new(), stop }
    }

    /// Answers a query, unless a newer one of the same person comes first.
    pub fn add(&self, query: InlineQuery) {
        let (number, arrived) = (self.newest.note(query.sender.id), Instant::now());
        let (ctx, newest, stop) = (self.ctx.clone(), self.newest.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            // Queries of the same batch are noted before this one begins.
            tokio::task::yield_now().await;
            if newest.is_newest(query.sender.id, number) {
                tokio::select! {
                    () = answer_inline_query(&ctx, &query, arrived, || newest.is_newest(query.sender.id, number)) => {}
                    () = stop.cancelled() => {}
                }
            }
            newest.forget(query.sender.id, number);
        });
    }

    /// Waits for the tasks, which end by themselves once the bot stops.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl NewestQuery {
    fn note(&self, person: i64) -> u64 {
        let mut known = self.lock();
        known.0 += 1;
        let number = known.0;
        known.1.insert(person, number);
        number
    }

    fn is_newest(&self, person: i64, number: u64) -> bool {
        self.lock().1.get(&person) == Some(&number)
    }

    fn forget(&self, person: i64, number: u64) {
        let mut known = self.lock();
        if known.1.get(&person) == Some(&number) {
            known.1.remove(&person);
        }
    }

    fn lock(&self) -> MutexGuard<'_, (u64, HashMap<i64, u64>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Offers quotes for a query, if it is still wanted when they are there.
async fn answer_inline_query(
    ctx: &BotContext,
    query: &InlineQuery,
    arrived: Instant,
    is_wanted: impl Fn() -> bool,
) {
    if !ctx.access.is_allowed(query.sender.id, None) {
        single_attempt::answer_inline(&ctx.sender, &query.id, Vec::new(), "", None, NOT_CACHED)
            .await;
        return;
    }
    let locale = ctx.locale(query.sender.id, &query.sender);
    let setting = ReaderContext { locale, surface: Surface::Inline };
    let ask_in_chat = |text: String| InlineQueryResultsButton {
        text,
        kind: InlineQueryResultsButtonKind::StartParameter(deep_link::encode(
            &StartPayload::Question(query.text.trim().to_owned()),
        )),
    };
    if !ctx.access.admits_query(query.sender.id) {
        let button = Some(ask_in_chat(setting.messages().slower()));
        single_attempt::answer_inline(&ctx.sender, &query.id, Vec::new(), "", button, NOT_CACHED)
            .await;
        return;
    }
    let (words, from) = (query.text.clone(), query.offset.parse().unwrap_or(0));
    let page = ctx.with_library(0, setting, move |library, frame| match words.trim().is_empty() {
        true => sections(library, frame, from),
        false => quotes(library, frame, &words, from),
    });
    let Some(page) = page.await.filter(|_| is_wanted()) else { return };
    let is_empty = page.posts.is_empty() && from == 0;
    let button = is_empty.then(|| ask_in_chat(setting.messages().button_ask_here()));
    let next = page.next.map(|next| next.to_string()).unwrap_or_default();
    let is_restricted = ctx.access.is_restricted();
    let results = page.posts.into_iter();
    let results =
        results.map(|post| result(if is_restricted { post.without_navigation() } else { post }));
    let (results, cached) = (results.collect(), INLINE_CACHE_SECONDS);
    if single_attempt::answer_inline(&ctx.sender, &query.id, results, &next, button, cached).await {
        ctx.health.metrics.replied(INLINE_QUERY, arrived.elapsed());
    }
}

impl InlineResult {
    /// Returns the post without the buttons that lead to more of the articles: who reads it may not be let in.
    fn without_navigation(mut self) -> InlineResult {
        for row in &mut self.message.buttons {
            row.retain(|button| matches!(button.effect, Effect::Copy(_)));
        }
        self.message.buttons.retain(|row| !row.is_empty());
        self
    }
}

fn quotes(
    library: &Library,
    frame: &RenderContext<'_>,
    words: &str,
    from: usize,
) -> Result<Page, LibraryError> {
    let found = library.suggest_quotes(words)?;
    let next = (from + RESULTS_PER_PAGE < found.len()).then_some(from + RESULTS_PER_PAGE);
    let posts = found.iter().skip(from).take(RESULTS_PER_PAGE);
    Ok(Page { posts: posts.map(|excerpt| post(excerpt, frame)).collect(), next })
}

/// The sections of all articles, to be read.
fn sections(
    library: &Library,
    frame: &RenderContext<'_>,
    from: usize,
) -> Result<Page, LibraryError> {
    let (mut sections, mut left_out) = (Vec::new(), from);
    for listed in library.articles().iter() {
        if left_out < listed.sections
            && let Some(article) = library.article(listed.id)?
        {
            sections.extend(article.sections.iter().skip(left_out).map(|section| section.id));
        }
        left_out = left_out.saturating_sub(listed.sections);
        if sections.len() > RESULTS_PER_PAGE {
            break;
        }
    }
    let next = (sections.len() > RESULTS_PER_PAGE).then_some(from + RESULTS_PER_PAGE);
    let mut posts = Vec::new();
    for id in sections.into_iter().take(RESULTS_PER_PAGE) {
        let Some(reading) = library.section(id)? else { continue };
        let first = reading.passages.first().and_then(|passage| {
            let article = reading.place.article.clone();
            Excerpt::new(article, passage.clone(), passage.sentences.first()?.clone(), &[])
        });
        posts.extend(first.map(|excerpt| InlineResult {
            id: format!("s{id}"),
            description:
                telegram::cut(&reading.place.article.title, DESCRIPTION_UNITS).into_owned(),
            ..post(&excerpt, frame)
        }));
    }
    Ok(Page { posts, next })
}

fn post(excerpt: &Excerpt, frame: &RenderContext<'_>) -> InlineResult {
    let trail = AnswerCursor::of(std::slice::from_ref(excerpt));
    let place = excerpt.place();
    let title = telegram::title(place.section(), frame.messages).into_owned();
    InlineResult {
        id: excerpt.passage().id.to_string(),
        // Telegram refuses the whole answer for one empty title.
        title: telegram::cut(
            if title.trim().is_empty() { &place.article.title } else { &title },
            TITLE_UNITS,
        )
        .into_owned(),
        description: telegram::cut(excerpt.quote(), DESCRIPTION_UNITS).into_owned(),
        message: telegram::quote(excerpt, trail, frame),
    }
}

fn result(post: InlineResult) -> InlineQueryResult {
    let text = InputMessageContentText::new(post.message.html.clone())
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview());
    let content = InputMessageContent::Text(text);
    let article = InlineQueryResultArticle::new(post.id, post.title, content)
        .description(post.description)
        .reply_markup(keyboard(&post.message));
    InlineQueryResult::Article(article)
}
