//! Composition of briefings: the newest article, or a topic, in key sentences.

use crate::answer::Answer;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::pages;
use crate::brief::OnTopic;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Message, RenderContext};

/// Makes the briefing on a topic, or of the newest article if the topic is empty.
pub async fn brief(ctx: &BotContext, update: i64, reader: ReaderContext, words: String) -> Message {
    ctx.render_or_apologise(update, reader, move |library, context| match words.trim() {
        "" => newest(library, context),
        topic => Ok(match library.brief_on(topic)? {
            OnTopic::Found(found) => telegram::topic_brief(topic, &found, context),
            OnTopic::Fallback(answer) => pages::answer_message(&answer, context),
        }),
    })
    .await
}

/// Makes the briefing of a schedule whose topic has nothing new. Returns `None` if the corpus has nothing on the
/// topic.
pub fn standing_briefing(
    library: &Library,
    context: &RenderContext<'_>,
    words: &str,
) -> Result<Option<Message>, LibraryError> {
    if words.is_empty() {
        return newest(library, context).map(Some);
    }
    Ok(match library.brief_on(words)? {
        OnTopic::Found(found) => Some(telegram::topic_brief(words, &found, context)),
        OnTopic::Fallback(answer @ Answer::Found(_)) => {
            Some(pages::answer_message(&answer, context))
        }
        OnTopic::Fallback(_) => None,
    })
}

fn newest(library: &Library, context: &RenderContext<'_>) -> Result<Message, LibraryError> {
    let newest = library.newest();
    let shown = newest.first().map(|article| pages::brief(library, context, article.id, 0));
    shown.transpose()?.flatten().map_or_else(|| pages::contents(library, context, 0), Ok)
}
