//! Briefings: the newest article, or a topic, in key sentences.

use crate::answer::Answer;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::pages;
use crate::brief::OnTopic;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Message, RenderContext};

/// The briefing on these words; without any, that of the newest article.
pub async fn brief(
    ctx: &BotContext,
    update: i64,
    setting: ReaderContext,
    words: String,
) -> Message {
    ctx.render_or_apologise(update, setting, move |library, frame| match words.trim() {
        "" => newest(library, frame),
        topic => Ok(match library.brief_on(topic)? {
            OnTopic::Found(found) => telegram::topic_brief(topic, &found, frame),
            OnTopic::Otherwise(answer) => pages::answer_message(&answer, frame),
        }),
    })
    .await
}

/// The same where nobody has asked: `None` if there is nothing on these words.
pub fn standing_briefing(
    library: &Library,
    frame: &RenderContext<'_>,
    words: &str,
) -> Result<Option<Message>, LibraryError> {
    if words.is_empty() {
        return newest(library, frame).map(Some);
    }
    Ok(match library.brief_on(words)? {
        OnTopic::Found(found) => Some(telegram::topic_brief(words, &found, frame)),
        OnTopic::Otherwise(answer @ Answer::Found(_)) => {
            Some(pages::answer_message(&answer, frame))
        }
        OnTopic::Otherwise(_) => None,
    })
}

fn newest(library: &Library, frame: &RenderContext<'_>) -> Result<Message, LibraryError> {
    let newest = library.newest();
    let shown = newest.first().map(|article| pages::brief(library, frame, article.id, 0));
    shown.transpose()?.flatten().map_or_else(|| pages::contents(library, frame, 0), Ok)
}
