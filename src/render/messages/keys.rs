//! Every message of the message files, as a function. Which arguments each takes, a test holds against
//! the files.

use fluent_bundle::FluentValue;

use super::Messages;

/// Declares a function for each message, and the list of all of them.
macro_rules! sentences {
    ($($name:ident = $id:literal ($($argument:ident: $kind:ty),*);)*) => {
        impl Messages {
            $(
                #[doc = concat!("`", $id, "` of the message files.")]
                pub fn $name(&self, $($argument: $kind),*) -> String {
                    self.text($id, &[$((stringify!($argument), FluentValue::from($argument))),*])
                }
            )*
        }

        /// Every message with its arguments.
        #[cfg(test)]
        pub(super) const SENTENCES: &[(&str, &[&str])] = &[$(($id, &[$(stringify!($argument)),*])),*];
    };
}

sentences! {
    start = "start"();
    try_one = "try-one"();
    help_reading = "help-reading"();
    help_group = "help-group"(bot: &str);
    help_inline = "help-inline"(bot: &str);
    ask_what = "ask-what"(bot: &str);
    greeting = "greeting"();
    thanks = "thanks"();
    farewell = "farewell"();
    nothing_to_search = "nothing-to-search"();
    only_text = "only-text"();
    unknown_command = "unknown-command"();
    text_has_changed = "text-has-changed"();
    withdrawn = "withdrawn"();
    sorry = "sorry"();
    reading_again = "reading-again"();
    about = "about"(articles: usize, sections: usize);
    found_nothing = "found-nothing"(articles: usize);
    found_nothing_about = "found-nothing-about"(words: &str, articles: usize);
    enumeration = "enumeration"(before: &str, next: &str);
    enumeration_all = "enumeration-all"(before: &str, last: &str);
    enumeration_end = "enumeration-end"(before: &str, last: &str);
    quoted_word = "quoted-word"(word: &str);
    closest_sections = "closest-sections"();
    found_nothing_for = "found-nothing-for"(questions: &str);
    searched_for = "searched-for"(words: &str);
    opening = "opening"();
    by_authors = "by-authors"(authors: &str);
    articles_to_read = "articles-to-read"(articles: usize);
    empty_section = "empty-section"();
    button_more = "button-more"(left: usize);
    button_back = "button-back"();
    button_context = "button-context"();
    button_quote = "button-quote"();
    button_read = "button-read"();
    button_answer = "button-answer"();
    button_copy = "button-copy"();
    button_citation = "button-citation"();
    button_share = "button-share"();
    button_good = "button-good"();
    button_bad = "button-bad"();
    button_contents = "button-contents"();
    button_previous = "button-previous"();
    button_next = "button-next"();
    button_examples = "button-examples"();
    button_ask_here = "button-ask-here"();
    button_brief_rest = "button-brief-rest"(left: usize);
    button_other_articles = "button-other-articles"();
    vote_good = "vote-good"();
    vote_bad = "vote-bad"();
    welcome = "welcome"();
    welcome_privacy = "welcome-privacy"(bot: &str);
    not_allowed = "not-allowed"();
    chat_not_let_in = "chat-not-let-in"();
    slower = "slower"();
    only_administrators = "only-administrators"();
    only_operator = "only-operator"();
    choose_language = "choose-language"();
    language_set = "language-set"();
    privacy_private = "privacy-private"();
    privacy_group = "privacy-group"();
    privacy_records = "privacy-records"();
    privacy_forget = "privacy-forget"();
    privacy_forget_group = "privacy-forget-group"();
    forgotten = "forgotten"();
    forget_group_ask = "forget-group-ask"();
    button_forget_group = "button-forget-group"();
    group_forgotten = "group-forgotten"();
    gaps_off = "gaps-off"();
    gaps_none = "gaps-none"();
    gaps_counts = "gaps-counts"(answered: u64, refused: u64, good: u64, bad: u64);
    gaps_title = "gaps-title"();
    gaps_export = "gaps-export"();
    gaps_clear = "gaps-clear"();
    gaps_cleared = "gaps-cleared"();
    upload_would_become = "upload-would-become"(file: &str);
    upload_counts = "upload-counts"(sections: usize, passages: usize);
    upload_replaces = "upload-replaces"(title: &str);
    upload_problems = "upload-problems"(file: &str);
    upload_failed = "upload-failed"();
    upload_put = "upload-put"(file: &str);
    upload_dropped = "upload-dropped"();
    upload_gone = "upload-gone"();
    button_add = "button-add"();
    button_replace = "button-replace"();
    button_cancel = "button-cancel"();
    button_remove = "button-remove"();
    removal_choose = "removal-choose"();
    removal_ask = "removal-ask"(title: &str, file: &str);
    removal_done = "removal-done"(title: &str);
    removal_last = "removal-last"();
    file_trouble = "file-trouble"();
    problem_kept = "problem-kept"();
    problem_left_out = "problem-left-out"();
    zone_ask = "zone-ask"();
    zone_is = "zone-is"(zone: &str);
    zone_write = "zone-write"();
    schedule_made = "schedule-made"();
    schedule_known = "schedule-known"();
    schedule_full = "schedule-full"(most: usize);
    schedule_none = "schedule-none"();
    schedule_ended = "schedule-ended"();
    schedule_not_there = "schedule-not-there"();
    rule_daily = "rule-daily"(time: &str, zone: &str);
    rule_weekdays = "rule-weekdays"(time: &str, zone: &str);
    rule_weekly = "rule-weekly"(day: &str, time: &str, zone: &str);
    day_monday = "day-monday"();
    day_tuesday = "day-tuesday"();
    day_wednesday = "day-wednesday"();
    day_thursday = "day-thursday"();
    day_friday = "day-friday"();
    day_saturday = "day-saturday"();
    day_sunday = "day-sunday"();
    schedule_about = "schedule-about"(rule: &str, topic: &str);
    schedule_always = "schedule-always"();
    schedule_silent = "schedule-silent"();
    schedule_next = "schedule-next"(time: &str);
    last_none = "last-none"();
    last_under_way = "last-under-way"();
    last_sent = "last-sent"(time: &str);
    last_nothing_new = "last-nothing-new"(time: &str);
    last_refused = "last-refused"(time: &str);
    last_missed = "last-missed"(time: &str);
    last_unsure = "last-unsure"(time: &str);
    button_end = "button-end"(number: u32);
    button_silent = "button-silent"(number: u32);
    button_loud = "button-loud"(number: u32);
    button_always = "button-always"(number: u32);
    button_only_news = "button-only-news"(number: u32);
    schedule_bad_time = "schedule-bad-time"(typed: &str);
    schedule_bad_day = "schedule-bad-day"(typed: &str);
    schedule_bad_zone = "schedule-bad-zone"(typed: &str);
    schedule_no_time = "schedule-no-time"();
    schedule_no_day = "schedule-no-day"();
    topic_too_long = "topic-too-long"();
    watch_made = "watch-made"();
    watch_known = "watch-known"();
    watch_full = "watch-full"(most: usize);
    watch_none = "watch-none"();
    watch_list = "watch-list"();
    watch_ended = "watch-ended"();
    watch_nothing = "watch-nothing"();
    watch_hit = "watch-hit"(topic: &str);
    watch_more = "watch-more"(articles: usize, topic: &str);
    news_heading = "news-heading"();
    news_since = "news-since"(time: &str);
    news_new = "news-new"();
    news_changed = "news-changed"();
    news_shorter = "news-shorter"();
    news_more = "news-more"(articles: usize);
    news_gone = "news-gone"(titles: &str);
    news_none = "news-none"();
    unsure = "unsure"();
    button_send_again = "button-send-again"();
    help_briefings = "help-briefings"();
    menu_ask = "menu-ask"();
    menu_brief = "menu-brief"();
    menu_sections = "menu-sections"();
    menu_about = "menu-about"();
    menu_help = "menu-help"();
    menu_language = "menu-language"();
    menu_privacy = "menu-privacy"();
    menu_forget = "menu-forget"();
    menu_gaps = "menu-gaps"();
    menu_remove = "menu-remove"();
    menu_watch = "menu-watch"();
    description = "description"(titles: &str);
    description_untitled = "description-untitled"();
    short_description = "short-description"(titles: &str);
    short_description_untitled = "short-description-untitled"();
    example_person = "example-person"(topic: &str);
    example_topic = "example-topic"(topic: &str);
    example_year = "example-year"(topic: &str);
}
