//! Inline queries: `@bot words` in any chat offers quotes while the user types.
//!
//! Every few keystrokes are a query, and only the newest query of a user is answered. Inline
//! queries are not journalled, since the next keystroke replaces a query that was not answered.

use crate::bot::send::single_attempt;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::answer::{AnswerCursor, Excerpt};
use crate::bot::api::inline::{InlineAnswer, InlineResult, StartButton};
use crate::bot::context::{Audience, BotContext, ReaderContext};
use crate::bot::deep_link_data;
use crate::bot::receive::update::InlineQuery;
use crate::bot::update_kind::UpdateKind;
use crate::dialogue;
use crate::ids::UserId;
use crate::library::{LibraryError, View};
use crate::render::telegram::{self, Effect, Message, RenderContext, StartPayload, Surface};

/// Inline queries in progress.
pub struct InlineQueries {
    ctx: Arc<BotContext>,
    newest: Arc<NewestQuery>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Number of the last query, and of the newest query of each user.
#[derive(Default)]
struct NewestQuery(Mutex<(u64, HashMap<UserId, u64>)>);

/// One page of results.
struct Page {
    results: Vec<InlineResult>,
    /// Offset of the next page.
    next: Option<usize>,
}

/// Time in seconds for which Telegram may repeat an answer to the same inline query of the same
/// user. It is short, so that an edit of an article is visible soon.
const INLINE_CACHE_SECONDS: u32 = 300;
/// Number of results on a page. Telegram allows 50.
const RESULTS_PER_PAGE: usize = 10;
/// Maximum length of a title, in UTF-16 code units.
const TITLE_UNITS: usize = 100;
/// Maximum length of a description, in UTF-16 code units.
const DESCRIPTION_UNITS: usize = 160;

impl InlineQueries {
    pub fn new(ctx: Arc<BotContext>, stop: CancellationToken) -> InlineQueries {
        InlineQueries { ctx, newest: Arc::default(), tasks: TaskTracker::new(), stop }
    }

    /// Answers a query, unless a newer query of the same user arrives first.
    pub fn add(&self, query: InlineQuery) {
        let (number, arrived) = (self.newest.note(query.user), Instant::now());
        let (ctx, newest, stop) = (self.ctx.clone(), self.newest.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            // The queries of the same batch are added before this one begins.
            tokio::task::yield_now().await;
            if newest.is_newest(query.user, number) {
                tokio::select! {
                    () = answer_inline_query(&ctx, &query, arrived, || newest.is_newest(query.user, number)) => {}
                    () = stop.cancelled() => {}
                }
            }
            newest.forget(query.user, number);
        });
    }

    /// Waits for the tasks, which end when the bot stops.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl NewestQuery {
    fn note(&self, user: UserId) -> u64 {
        let mut known = self.0.lock();
        known.0 += 1;
        let number = known.0;
        known.1.insert(user, number);
        number
    }

    fn is_newest(&self, user: UserId, number: u64) -> bool {
        self.0.lock().1.get(&user) == Some(&number)
    }

    fn forget(&self, user: UserId, number: u64) {
        let mut known = self.0.lock();
        if known.1.get(&user) == Some(&number) {
            known.1.remove(&user);
        }
    }
}

/// Answers an inline query with quotes, if the query is still wanted once they are found.
async fn answer_inline_query(
    ctx: &BotContext,
    query: &InlineQuery,
    arrived: Instant,
    is_wanted: impl Fn() -> bool,
) {
    if !ctx.access.is_allowed(Some(query.user), None) {
        single_attempt::answer_inline(&ctx.sender, &query.id, InlineAnswer::default()).await;
        return;
    }
    let locale = ctx.locale(Some(query.user.private_chat()), &query.sender);
    // Only the user sees the results. A user who may see a bound folder may post from it.
    let audience = Audience::Chat(query.user.private_chat(), None);
    let reader = ReaderContext { locale, surface: Surface::Inline, audience };
    let ask_in_chat = |text: String| StartButton {
        text,
        start_parameter: deep_link_data::encode(&StartPayload::Question(
            query.text.trim().to_owned(),
        )),
    };
    if !ctx.access.admits_inline_query(query.user) {
        let button = Some(ask_in_chat(reader.messages().slow_down()));
        let answer = InlineAnswer { button, ..InlineAnswer::default() };
        single_attempt::answer_inline(&ctx.sender, &query.id, answer).await;
        return;
    }
    let (words, from) = (query.text.clone(), query.offset.parse().unwrap_or(0));
    let is_restricted = ctx.access.is_restricted();
    let public = ctx.access.border(None);
    let page = ctx.with_library(None, reader, move |library, context| {
        // The readers of a post may not be allowed to read more of the articles.
        let is_open = |excerpt: &Excerpt| {
            !is_restricted && public.passes_by_file(&excerpt.place().article.file)
        };
        let result = |excerpt: &Excerpt| {
            let result = inline_result(excerpt, context);
            match is_open(excerpt) {
                true => result,
                false => InlineResult { message: without_navigation(result.message), ..result },
            }
        };
        match asks_nothing(&words) {
            true => sections(library, &result, from),
            false => match library.narrowed_by(&words)?.checked() {
                // Filters alone list what passes.
                Ok(narrowed) if narrowed.text.trim().is_empty() => {
                    sections(&narrowed.view, &result, from)
                }
                Ok(_) | Err(_) => quotes(library, &result, &words, from),
            },
        }
    });
    let Some(page) = page.await.filter(|_| is_wanted()) else { return };
    let is_empty = page.results.is_empty() && from == 0;
    let button = is_empty.then(|| ask_in_chat(reader.messages().button_ask_here()));
    let answer = InlineAnswer {
        results: page.results,
        next_offset: page.next.map(|next| next.to_string()).unwrap_or_default(),
        button,
        cache_seconds: INLINE_CACHE_SECONDS,
    };
    if single_attempt::answer_inline(&ctx.sender, &query.id, answer).await {
        ctx.health.metrics.replied(UpdateKind::InlineQuery, arrived.elapsed());
    }
}

/// Returns a message without the buttons that lead to more of the articles, since the readers of
/// its chat may not be allowed to read these.
pub fn without_navigation(mut message: Message) -> Message {
    for row in &mut message.buttons {
        row.retain(|button| matches!(button.effect, Effect::CopyText(_)));
    }
    message.buttons.retain(|row| !row.is_empty());
    message
}

/// Returns whether a text has no question that quotes could answer, such as "help".
fn asks_nothing(text: &str) -> bool {
    let is_request = dialogue::request(text).is_some() || dialogue::small_talk(text).is_some();
    is_request || text.trim().is_empty()
}

fn quotes(
    library: &View<'_>,
    result: &dyn Fn(&Excerpt) -> InlineResult,
    words: &str,
    from: usize,
) -> Result<Page, LibraryError> {
    let found = library.suggest_quotes(words)?;
    let next = (from + RESULTS_PER_PAGE < found.len()).then_some(from + RESULTS_PER_PAGE);
    let results = found.iter().skip(from).take(RESULTS_PER_PAGE);
    Ok(Page { results: results.map(result).collect(), next })
}

/// Lists the sections of all articles.
fn sections(
    library: &View<'_>,
    result: &dyn Fn(&Excerpt) -> InlineResult,
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
    let mut results = Vec::new();
    for id in sections.into_iter().take(RESULTS_PER_PAGE) {
        let Some(reading) = library.section(id)? else { continue };
        let first = reading.passages.first().and_then(|passage| {
            let article = reading.place.article.clone();
            Excerpt::new(article, passage.clone(), passage.sentences.first()?.clone(), &[])
        });
        results.extend(first.map(|excerpt| InlineResult {
            id: format!("s{id}"),
            description:
                telegram::truncate(&reading.place.article.title, DESCRIPTION_UNITS).into_owned(),
            ..result(&excerpt)
        }));
    }
    Ok(Page { results, next })
}

fn inline_result(excerpt: &Excerpt, context: &RenderContext<'_>) -> InlineResult {
    let trail = AnswerCursor::of(std::slice::from_ref(excerpt));
    let place = excerpt.place();
    let title = telegram::section_title(place.section(), context.messages).into_owned();
    InlineResult {
        id: excerpt.passage().id.to_string(),
        // Telegram rejects the whole answer if one title is empty.
        title: telegram::truncate(
            if title.trim().is_empty() { &place.article.title } else { &title },
            TITLE_UNITS,
        )
        .into_owned(),
        description: telegram::truncate(excerpt.quote(), DESCRIPTION_UNITS).into_owned(),
        message: telegram::quote(excerpt, trail, context),
    }
}
