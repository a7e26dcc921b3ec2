//! Messages made of any article: Telegram accepts them, and a quote is the quote.

use std::sync::Arc;

use verbatim::answer::{AnswerCursor, Bylines, Correction, Excerpt, Found, NothingFound, Place};
use verbatim::bot::{callback_data, deep_link_data};
use verbatim::brief::{self, TopicBrief};
use verbatim::corpus::ContentHash;
use verbatim::corpus::article::{Article, Outline, Passage};
use verbatim::index::analyzer;
use verbatim::index::language_detection;
use verbatim::index::{ArticleSummary, Articles};
use verbatim::library::{FullSection, NewQuotes};
use verbatim::render::messages::Locale;
use verbatim::render::telegram::{
    self, Changes, Effect, Message, RenderContext, StartPayload, Surface,
};

use super::super::html;
use super::markdown;

/// Telegram's limits: UTF-16 units of a text, entities, bytes of a button, characters to copy.
const MAX_UNITS: usize = 4096;
const MAX_ENTITIES: usize = 100;
const MAX_DATA_BYTES: usize = 64;
const MAX_COPIED_CHARS: usize = 256;
/// A longer quote may be cut.
const MAX_QUOTE_UNITS: usize = 3500;
/// Only so many of each kind are looked at, so that an input takes little time.
const MAX_LOOKED_AT: usize = 6;

/// An article as the bot has it.
struct Shelf {
    outline: Arc<Outline>,
    passages: Vec<Arc<Passage>>,
}

/// The first line is what was asked, the rest an article.
pub fn check(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let asked = String::from_utf8_lossy(&bytes[..end]);
    let rest = &bytes[end..];
    let text = rest.strip_prefix(b"\n").unwrap_or(rest);
    let Some((article, _)) = markdown::article(text) else {
        return check_problems(text, &asked);
    };
    if article.passages.is_empty() {
        return;
    }
    check_preview(&article);
    let passages = article.passages.into_iter().map(Arc::new).collect();
    let shelf = Shelf { outline: Arc::new(article.outline), passages };
    for (locale, surface, articles) in
        [(Locale::English, Surface::Chat, 1), (Locale::Persian, Surface::Inline, 3)]
    {
        let link = |place: StartPayload| deep_link_data::deep_link("verbatim_bot", &place);
        let frame = RenderContext {
            messages: locale.messages(),
            surface,
            article_count: articles,
            shelf: None,
            link: &link,
        };
        shelf.check_quotes(&asked, &frame);
        shelf.check_reading(&frame);
        shelf.check_briefs(&asked, &frame);
    }
}

fn check_problems(text: &[u8], asked: &str) {
    let words = Locale::English.messages();
    if let Err(problems) = verbatim::corpus::parse("a.md", asked, text) {
        check_message(&telegram::uploads::upload_problems(asked, &problems, words));
    }
}

fn check_preview(article: &Article) {
    let words = Locale::Arabic.messages();
    let outline = &article.outline;
    check_message(&telegram::uploads::preview(article, Some(&outline.title), i64::MAX, words));
    check_message(&telegram::uploads::confirm_removal(outline, words));
    check_message(&telegram::uploads::removals(&[listed(outline)].into_iter().collect(), 0, words));
}

fn listed(outline: &Outline) -> Arc<ArticleSummary> {
    Arc::new(ArticleSummary {
        id: outline.id,
        file: outline.file.clone(),
        hash: ContentHash::of(b""),
        modified: 0,
        title: outline.title.clone(),
        title_stems: Vec::new(),
        published: outline.published.clone(),
        authors: outline.authors.clone(),
        tags: Vec::new(),
        sections: outline.sections.len(),
    })
}

impl Shelf {
    /// The sentences that share a word with what was asked, marked; the first without.
    fn excerpts(&self, asked: &str) -> Vec<Excerpt> {
        let wanted: Vec<_> = analyzer::words(asked).into_iter().map(|word| word.folded).collect();
        let mut found = Vec::new();
        for passage in &self.passages {
            let words = analyzer::words(&passage.text).into_iter();
            let marks: Vec<_> = words
                .filter(|word| wanted.is_empty() || wanted.contains(&word.folded))
                .map(|word| word.range)
                .collect();
            for sentence in &passage.sentences {
                let has = marks
                    .iter()
                    .any(|mark| sentence.start <= mark.start && mark.end <= sentence.end);
                if has || found.is_empty() {
                    let (outline, passage) = (Arc::clone(&self.outline), Arc::clone(passage));
                    found.extend(Excerpt::new(outline, passage, sentence.clone(), &marks));
                }
                if found.len() == MAX_LOOKED_AT {
                    return found;
                }
            }
        }
        found
    }

    fn reading(&self, section: usize) -> FullSection {
        let passages = self.outline.sections[section].passages.clone();
        FullSection {
            place: Place { article: Arc::clone(&self.outline), section },
            passages: self.passages[passages].to_vec(),
        }
    }

    fn check_quotes(&self, asked: &str, frame: &RenderContext<'_>) {
        let excerpts = self.excerpts(asked);
        let asked = vec![asked.to_owned()];
        let corrected = vec![Correction { typed: asked[0].clone(), used: asked[0].clone() }; 3];
        let bylines = vec![Arc::clone(&self.outline); 3];
        for three in excerpts.chunks(3) {
            let found = Found {
                excerpts: three.to_vec(),
                questions: Vec::new(),
                corrected: corrected.clone(),
                languages: None,
                bylines: bylines.clone(),
                unanswered: asked.clone(),
                filters: Some(asked[0].clone()),
            };
            check_quote(&telegram::quotes(&found, frame), &three[0]);
            let trail = AnswerCursor::of(three);
            for excerpt in three {
                check_quote(&telegram::quote(excerpt, trail, frame), excerpt);
                if let Some(trail) = trail {
                    let reading = self.reading(excerpt.place().section);
                    check_message(&telegram::context(excerpt, trail, &reading, frame));
                }
            }
        }
        if let Some(watched) = telegram::watch_hit(&asked[0], &excerpts, 3, frame) {
            check_message(&watched);
        }
        let authors = Bylines { articles: bylines, unanswered: asked.clone(), filters: None };
        check_message(&telegram::authors(&authors, frame));
        let nearest = excerpts.iter().take(3).map(|excerpt| excerpt.place().clone()).collect();
        let nothing = NothingFound {
            missing: asked,
            nearest,
            corrected,
            languages: None,
            filters: None,
            unmatched: None,
        };
        check_message(&telegram::nothing_found(&nothing, frame));
    }

    fn check_reading(&self, frame: &RenderContext<'_>) {
        let articles: Articles =
            std::iter::repeat_n(listed(&self.outline), frame.article_count).collect();
        for page in 0..MAX_LOOKED_AT {
            check_message(&telegram::article(&self.outline, page, frame));
            check_message(&telegram::articles(&articles, page, frame));
            check_message(&telegram::briefs(&articles, page, frame));
        }
        for section in 0..self.outline.sections.len().min(MAX_LOOKED_AT) {
            let reading = self.reading(section);
            let marked = reading.passages.last().map(|passage| passage.id);
            let last = marked.map_or(0, |id| telegram::page_of(&reading, id));
            for page in (0..MAX_LOOKED_AT).chain([last, usize::MAX]) {
                check_message(&telegram::section(&reading, page, marked, frame));
            }
        }
    }

    fn check_briefs(&self, asked: &str, frame: &RenderContext<'_>) {
        let language = language_detection::of_text(self.outline.language.as_deref(), "");
        let brief = brief::brief(&self.outline, &self.passages, &language);
        for page in 0..MAX_LOOKED_AT {
            check_message(&telegram::brief(&brief, page, frame));
        }
        let excerpts: Vec<_> =
            brief.sections.into_iter().flat_map(|section| section.excerpts).take(8).collect();
        let on_topic =
            TopicBrief { excerpts: excerpts.clone(), corrected: Vec::new(), filters: None };
        check_message(&telegram::topic_brief(asked, &on_topic, frame));
        let fresh = NewQuotes { article: Arc::clone(&self.outline), excerpts };
        let news = Changes {
            more_articles: 7,
            topic: asked.to_owned(),
            since: Some("2025-07-14 08:00".to_owned()),
            articles: vec![
                (fresh.clone(), true),
                (NewQuotes { excerpts: Vec::new(), ..fresh }, false),
            ],
            removed: vec![self.outline.title.clone(); 12],
        };
        check_message(&telegram::changes(&news, frame));
    }
}

/// The message's first quotation is the quote, byte for byte, or a part of one that is too long.
fn check_quote(message: &Message, excerpt: &Excerpt) {
    check_message(message);
    let after = message.html.split_once("<blockquote>").map(|(_, after)| after);
    let shown = after.and_then(|after| after.split_once("</blockquote>"));
    let shown = unmarked(shown.expect("there is a quotation").0);
    if excerpt.quote().encode_utf16().count() <= MAX_QUOTE_UNITS {
        assert_eq!(shown, excerpt.quote());
    } else {
        assert!(excerpt.quote().contains(&shown) && !shown.is_empty());
    }
}

fn unmarked(html: &str) -> String {
    let bare = html.replace("<b>", "").replace("</b>", "");
    bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn check_message(message: &Message) {
    let (text, entities) = html::parse(&message.html).expect("Telegram reads it");
    let units = text.encode_utf16().count();
    assert!((1..=MAX_UNITS).contains(&units), "{units} units");
    assert!(entities.len() <= MAX_ENTITIES, "{} entities", entities.len());
    assert!(message.buttons.iter().map(Vec::len).sum::<usize>() <= 100);
    for button in message.buttons.iter().flatten() {
        assert!(!button.label.trim().is_empty(), "a button without a label");
        match &button.effect {
            Effect::Callback(action) => {
                assert!(callback_data::encode(*action).len() <= MAX_DATA_BYTES)
            }
            Effect::CopyText(text) => {
                assert!((1..=MAX_COPIED_CHARS).contains(&text.chars().count()))
            }
            Effect::Url(address) => {
                assert!(address.starts_with("https://") || address.starts_with("http://"));
            }
        }
    }
}
