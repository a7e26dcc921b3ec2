//! Briefings: the newest article, or a topic, in key sentences.

use super::ask;
use super::react::{Reactor, Setting};
use super::views;
use crate::answer::Answer;
use crate::brief::OnTopic;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Frame, Message};

impl Reactor {
    /// The briefing on these words; without any, that of the newest article.
    pub(super) async fn brief(&self, update: i64, setting: Setting, words: String) -> Message {
        self.show(update, setting, move |library, frame| match words.trim() {
            "" => newest(library, frame),
            topic => Ok(match library.brief_on(topic)? {
                OnTopic::Found(found) => telegram::topic_brief(topic, &found, frame),
                OnTopic::Otherwise(answer) => ask::message(&answer, frame),
            }),
        })
        .await
    }
}

/// The same where nobody has asked: `None` if there is nothing on these words.
pub(super) fn standing(
    library: &Library,
    frame: &Frame<'_>,
    words: &str,
) -> Result<Option<Message>, LibraryError> {
    if words.is_empty() {
        return newest(library, frame).map(Some);
    }
    Ok(match library.brief_on(words)? {
        OnTopic::Found(found) => Some(telegram::topic_brief(words, &found, frame)),
        OnTopic::Otherwise(answer @ Answer::Found(_)) => Some(ask::message(&answer, frame)),
        OnTopic::Otherwise(_) => None,
    })
}

fn newest(library: &Library, frame: &Frame<'_>) -> Result<Message, LibraryError> {
    let newest = library.newest();
    let shown = newest.first().map(|article| views::brief(library, frame, article.id, 0));
    shown.transpose()?.flatten().map_or_else(|| views::contents(library, frame, 0), Ok)
}
