//! Answers to inline queries.

use std::time::Duration;

use serde::Serialize;
use serde::de::IgnoredAny;
use teloxide::requests::Payload;

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::api::keyboard::{InputText, Keyboard};
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
#[derive(Debug, Clone, Serialize)]
pub struct StartButton {
    pub text: String,
    /// The payload of the `/start` command that the button sends.
    pub start_parameter: String,
}

/// Timeout of an answer. Telegram accepts no later answer.
const TIMEOUT: Duration = Duration::from_secs(8);

/// The payload of `answerInlineQuery` with our own keyboards.
#[derive(Debug, Clone, Serialize)]
struct AnswerInlineQuery {
    inline_query_id: String,
    results: Vec<Article>,
    cache_time: u32,
    is_personal: bool,
    next_offset: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    button: Option<StartButton>,
}

impl Payload for AnswerInlineQuery {
    type Output = IgnoredAny;
    const NAME: &'static str = "AnswerInlineQuery";
}

/// A result of the type `article`.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "article")]
pub struct Article {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    input_message_content: InputText,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<Keyboard>,
}

impl From<InlineResult> for Article {
    fn from(result: InlineResult) -> Article {
        Article {
            id: result.id,
            title: result.title,
            description: result.description,
            reply_markup: Keyboard::of_new(&result.message),
            input_message_content: InputText::new(result.message.html),
        }
    }
}

/// Answers the inline query with this id.
pub async fn answer_inline_query(
    client: &ApiClient,
    id: &str,
    answer: InlineAnswer,
) -> Result<(), ApiError> {
    let request = AnswerInlineQuery {
        inline_query_id: id.to_owned(),
        results: answer.results.into_iter().map(Article::from).collect(),
        cache_time: answer.cache_seconds,
        // Readers with different languages get different answers.
        is_personal: true,
        next_offset: answer.next_offset,
        button: answer.button,
    };
    client.call::<_, IgnoredAny>(&request, TIMEOUT).await.map(drop)
}
