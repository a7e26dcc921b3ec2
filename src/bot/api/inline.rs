//! Answers to inline queries.

use std::time::Duration;

use serde::de::IgnoredAny;
use teloxide::payloads::{AnswerInlineQuery, AnswerInlineQuerySetters};
use teloxide::types::{
    InlineQueryId, InlineQueryResult, InlineQueryResultArticle, InlineQueryResultsButton,
    InlineQueryResultsButtonKind, InputMessageContent, InputMessageContentText, ParseMode,
};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::api::methods::{keyboard, no_preview};
use crate::render::telegram::Message;

/// The answer to an inline query: one page of results.
#[derive(Default)]
pub struct InlineAnswer {
    pub results: Vec<InlineResult>,
    /// The offset of the next page. Empty after the last page.
    pub next_offset: String,
    pub button: Option<StartButton>,
    /// Time for which Telegram may repeat the answer to the same user, in seconds.
    pub cache_seconds: u32,
}

/// A result, whose message the user sends by a tap.
#[derive(Clone)]
pub struct InlineResult {
    pub id: String,
    pub title: String,
    pub description: String,
    pub message: Message,
}

/// A button above the results, which opens the private chat with the bot.
pub struct StartButton {
    pub text: String,
    /// The payload of the `/start` command that the button sends.
    pub start_parameter: String,
}

/// Timeout of an answer. Telegram accepts no later answer.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Answers the inline query with this id.
pub async fn answer_inline_query(
    client: &ApiClient,
    id: &str,
    answer: InlineAnswer,
) -> Result<(), ApiError> {
    let results: Vec<_> = answer.results.into_iter().map(article).collect();
    let mut request = AnswerInlineQuery::new(InlineQueryId(id.to_owned()), results)
        .cache_time(answer.cache_seconds)
        // Readers with different languages get different answers.
        .is_personal(true)
        .next_offset(answer.next_offset);
    if let Some(StartButton { text, start_parameter }) = answer.button {
        let kind = InlineQueryResultsButtonKind::StartParameter(start_parameter);
        request = request.button(InlineQueryResultsButton { text, kind });
    }
    client.call::<_, IgnoredAny>(&request, TIMEOUT).await.map(drop)
}

/// Returns a result as Telegram's type.
pub fn article(result: InlineResult) -> InlineQueryResult {
    let keyboard = keyboard(&result.message);
    let text = InputMessageContentText::new(result.message.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview());
    let content = InputMessageContent::Text(text);
    let article = InlineQueryResultArticle::new(result.id, result.title, content)
        .description(result.description)
        .reply_markup(keyboard);
    InlineQueryResult::Article(article)
}
