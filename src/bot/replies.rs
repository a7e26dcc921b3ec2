//! Every fixed sentence that the bot says, a function each. Pure; plain text, no markup.

/// What the bot is and how to ask it.
pub fn help(bot: &str) -> String {
    format!(
        "I answer questions in the words of the articles that I have, and say where they stand.\n\n\
         Write your question here. Reply to an answer to ask on.\n\
         /sections lists what there is to read, /about says what the articles are.\n\n\
         In a group, ask with /ask and your question, or reply to one of my answers; \
         a reply with /ask alone asks the message that it replies to. To every other message I stay silent. \
         A mention, @{bot}, reaches me only where I may read all messages: make me an administrator, \
         or turn privacy mode off in @BotFather."
    )
}

/// To `/ask` without a question.
pub fn ask_what(bot: &str) -> String {
    format!(
        "What would you like to know? For example: /ask@{bot} and your question, or /ask in reply to a message."
    )
}

pub fn greeting() -> String {
    "Hello! Ask me something about the articles; /sections shows what they cover.".into()
}

pub fn thanks() -> String {
    "You are welcome.".into()
}

pub fn farewell() -> String {
    "Goodbye!".into()
}

/// To a message with nothing to search.
pub fn nothing_to_search() -> String {
    "There is nothing in this that I could look for. Ask a question in a few words.".into()
}

/// To a sticker, a photo, a voice message.
pub fn only_text() -> String {
    "I can only read text. Ask me a question in words.".into()
}

pub fn unknown_command() -> String {
    "I do not know this command. /help says what I can do.".into()
}

/// To a link or a button whose passage or section is not there any more.
pub fn text_has_changed() -> String {
    "The text has changed since: this place is not there any more. This is what there is now."
        .into()
}

/// In the place of an answer whose question was taken back.
pub fn withdrawn() -> String {
    "The question was withdrawn.".into()
}

/// When something of ours failed; the operator's log says what.
pub fn sorry() -> String {
    "Something went wrong on my side. Please ask again in a moment.".into()
}

/// What the corpus is.
pub fn about(articles: usize, sections: usize) -> String {
    let plural = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    format!(
        "I answer from {} with {}, word for word. Every quote links to its place.",
        plural(articles, "article", "articles"),
        plural(sections, "section", "sections")
    )
}
