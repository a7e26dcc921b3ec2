//! Buttons and deep links to bytes and back. Pure.
//!
//! Everything that a button needs is in its bytes, so that it works after a restart, for years. The
//! first incoming tells the kind; one that is not known is a payload of another version.

use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;

use crate::answer::AnswerCursor;
use crate::corpus::article::{ArticleId, PassageId, SectionId};
use crate::render::messages::Locale;
use crate::render::telegram::{Action, StartPayload, Vote};
use crate::suggest::ExampleKind;

/// A payload that was forged, cut, or made by another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPayload;

const ID_BYTES: usize = 11;
/// What fits into 63 digits of base 64.
const MAX_QUESTION_BYTES: usize = 47;

/// The address that opens the chat with the bot at this place.
pub fn deep_link(bot: &str, payload: &StartPayload) -> String {
    format!("https://t.me/{bot}?start={}", start(payload))
}

/// At most 64 of `[A-Za-z0-9_-]`; a longer question is cut.
pub fn start(payload: &StartPayload) -> String {
    match payload {
        StartPayload::Section(section) => format!("s{section}"),
        StartPayload::Passage(section, passage) => format!("p{section}{passage}"),
        StartPayload::Question(text) => {
            let text = &text[..text.floor_char_boundary(MAX_QUESTION_BYTES)];
            format!("q{}", BASE64URL_NOPAD.encode(text.as_bytes()))
        }
    }
}

pub fn parse_start(payload: &str) -> Result<StartPayload, UnknownPayload> {
    let (kind, rest) = split(payload)?;
    match kind {
        's' => Ok(StartPayload::Section(rest.parse().map_err(|_| UnknownPayload)?)),
        'p' => {
            let (section, passage) = rest.split_at_checked(ID_BYTES).ok_or(UnknownPayload)?;
            let section = section.parse().map_err(|_| UnknownPayload)?;
            Ok(StartPayload::Passage(section, passage.parse().map_err(|_| UnknownPayload)?))
        }
        'q' => {
            let bytes = BASE64URL_NOPAD.decode(rest.as_bytes()).map_err(|_| UnknownPayload)?;
            let text = String::from_utf8(bytes).map_err(|_| UnknownPayload)?;
            Ok(StartPayload::Question(text))
        }
        _ => Err(UnknownPayload),
    }
}

/// At most 64 bytes.
pub fn button(action: Action) -> String {
    match action {
        Action::Quote(trail) => format!("q{}", BASE64URL_NOPAD.encode(&trail.to_bytes())),
        Action::Context(trail) => format!("x{}", BASE64URL_NOPAD.encode(&trail.to_bytes())),
        Action::Cite(trail) => format!("k{}", BASE64URL_NOPAD.encode(&trail.to_bytes())),
        Action::Section(id, page) => format!("s{id}{page}"),
        Action::Article(id, page) => format!("a{id}{page}"),
        Action::Brief(id, page) => format!("b{id}{page}"),
        Action::Briefs(page) => format!("n{page}"),
        Action::Contents(page) => format!("c{page}"),
        Action::Vote(Vote::Good) => "v+".into(),
        Action::Vote(Vote::Bad) => "v-".into(),
        Action::Example(passage, kind) => format!("e{passage}{}", incoming(kind)),
        Action::Start => "h".into(),
        Action::Language(locale) => format!("l{}", locale.code()),
        Action::ForgetGroup => "fg".into(),
        Action::ExportGaps => "ge".into(),
        Action::ClearGaps => "gc".into(),
        Action::PutUpload(id) => format!("u+{id}"),
        Action::ReplaceByUpload(id) => format!("u={id}"),
        Action::DropUpload(id) => format!("u-{id}"),
        Action::Removals(page) => format!("r{page}"),
        Action::AskRemoval(id) => format!("r?{id}"),
        Action::Remove(id) => format!("r!{id}"),
        Action::Zone(zone) => format!("z{zone}"),
        Action::Zones(region, page) => format!("Z.{region}.{page}"),
        Action::AllZones => "Z*".into(),
        Action::EndSchedule(id) => format!("d-{id}"),
        Action::Silence(id, true) => format!("ds{id}"),
        Action::Silence(id, false) => format!("dl{id}"),
        Action::SendAlways(id, true) => format!("da{id}"),
        Action::SendAlways(id, false) => format!("dn{id}"),
        Action::SendAgain(id, due) => format!("d?{id}.{due}"),
        Action::EndWatch(id) => format!("w-{id}"),
        Action::QuoteAgain(id, article) => format!("w?{id}.{article}"),
    }
}

pub fn parse_button(payload: &str) -> Result<Action, UnknownPayload> {
    let (kind, rest) = split(payload)?;
    match (kind, rest) {
        ('q', trail) => Ok(Action::Quote(parse_trail(trail)?)),
        ('x', trail) => Ok(Action::Context(parse_trail(trail)?)),
        ('k', trail) => Ok(Action::Cite(parse_trail(trail)?)),
        ('c', page) => Ok(Action::Contents(parse_number(page)?)),
        ('n', page) => Ok(Action::Briefs(parse_number(page)?)),
        ('v', "+") => Ok(Action::Vote(Vote::Good)),
        ('v', "-") => Ok(Action::Vote(Vote::Bad)),
        ('h', "") => Ok(Action::Start),
        ('l', code) => Locale::of_code(code).map(Action::Language).ok_or(UnknownPayload),
        ('f', "g") => Ok(Action::ForgetGroup),
        ('g', "e") => Ok(Action::ExportGaps),
        ('g', "c") => Ok(Action::ClearGaps),
        ('z', name) => name.parse().map(Action::Zone).map_err(|_| UnknownPayload),
        ('u' | 'r' | 'd' | 'w' | 'Z', rest) => parse_setting(kind, rest),
        ('s' | 'a' | 'b' | 'e', rest) => {
            let (id, rest) = rest.split_at_checked(ID_BYTES).ok_or(UnknownPayload)?;
            parse_place(kind, id, rest)
        }
        _ => Err(UnknownPayload),
    }
}

/// What an operator or a group's administrators set.
fn parse_setting(kind: char, rest: &str) -> Result<Action, UnknownPayload> {
    let sign = rest.chars().next().filter(char::is_ascii).ok_or(UnknownPayload)?;
    let id = &rest[1..];
    let two = || id.split_once('.').ok_or(UnknownPayload);
    Ok(match (kind, sign) {
        ('u', '+') => Action::PutUpload(parse_number(id)?),
        ('u', '=') => Action::ReplaceByUpload(parse_number(id)?),
        ('u', '-') => Action::DropUpload(parse_number(id)?),
        ('r', '?') => Action::AskRemoval(parse_number(id)?),
        ('r', '!') => Action::Remove(parse_number(id)?),
        ('r', '0'..='9') => Action::Removals(parse_number(rest)?),
        ('d', '-') => Action::EndSchedule(parse_number(id)?),
        ('d', 's') => Action::Silence(parse_number(id)?, true),
        ('d', 'l') => Action::Silence(parse_number(id)?, false),
        ('d', 'a') => Action::SendAlways(parse_number(id)?, true),
        ('d', 'n') => Action::SendAlways(parse_number(id)?, false),
        ('d', '?') => {
            let (id, due) = two()?;
            Action::SendAgain(parse_number(id)?, parse_number(due)?)
        }
        ('w', '-') => Action::EndWatch(parse_number(id)?),
        ('w', '?') => {
            let (id, article) = two()?;
            Action::QuoteAgain(parse_number(id)?, parse_number(article)?)
        }
        ('Z', '*') => Action::AllZones,
        ('Z', '.') => {
            let (region, page) = two()?;
            Action::Zones(parse_number(region)?, parse_number(page)?)
        }
        _ => return Err(UnknownPayload),
    })
}

fn parse_place(kind: char, id: &str, rest: &str) -> Result<Action, UnknownPayload> {
    match kind {
        's' => {
            let id = id.parse::<SectionId>().map_err(|_| UnknownPayload)?;
            Ok(Action::Section(id, parse_number(rest)?))
        }
        'a' => {
            let id = id.parse::<ArticleId>().map_err(|_| UnknownPayload)?;
            Ok(Action::Article(id, parse_number(rest)?))
        }
        'b' => {
            let id = id.parse::<ArticleId>().map_err(|_| UnknownPayload)?;
            Ok(Action::Brief(id, parse_number(rest)?))
        }
        _ => {
            let id = id.parse::<PassageId>().map_err(|_| UnknownPayload)?;
            let kinds = [ExampleKind::Person, ExampleKind::Year, ExampleKind::Topic];
            let kind = kinds.into_iter().find(|kind| incoming(*kind) == rest);
            Ok(Action::Example(id, kind.ok_or(UnknownPayload)?))
        }
    }
}

/// A number or an id.
fn parse_number<T: FromStr>(text: &str) -> Result<T, UnknownPayload> {
    text.parse().map_err(|_| UnknownPayload)
}

fn parse_trail(text: &str) -> Result<AnswerCursor, UnknownPayload> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| UnknownPayload)?;
    AnswerCursor::from_bytes(&bytes).ok_or(UnknownPayload)
}

fn incoming(kind: ExampleKind) -> &'static str {
    match kind {
        ExampleKind::Person => "p",
        ExampleKind::Year => "y",
        ExampleKind::Topic => "t",
    }
}

fn split(payload: &str) -> Result<(char, &str), UnknownPayload> {
    let kind = payload.chars().next().ok_or(UnknownPayload)?;
    Ok((kind, &payload[kind.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One action of each kind, most with the longest that they carry.
    fn actions() -> Vec<Action> {
        let (section, passage) = (SectionId::from_u64(u64::MAX), PassageId::from_u64(0));
        let mut longest = [255; AnswerCursor::MAX_BYTES];
        longest[0] = 1;
        let trail = AnswerCursor::from_bytes(&longest).unwrap();
        vec![
            Action::Quote(trail),
            Action::Context(trail),
            Action::Cite(trail),
            Action::Section(section, usize::MAX),
            Action::Article(ArticleId::from_u64(1 << 63), 0),
            Action::Brief(ArticleId::from_u64(u64::MAX), 12),
            Action::Briefs(2),
            Action::Contents(3),
            Action::Vote(Vote::Good),
            Action::Vote(Vote::Bad),
            Action::ForgetGroup,
            Action::Example(passage, ExampleKind::Year),
            Action::Start,
            Action::Language(Locale::Persian),
            Action::ExportGaps,
            Action::ClearGaps,
            Action::PutUpload(i64::MAX),
            Action::ReplaceByUpload(2),
            Action::DropUpload(1),
            Action::Removals(2),
            Action::AskRemoval(ArticleId::from_u64(7)),
            Action::Remove(ArticleId::from_u64(u64::MAX)),
            Action::Zone("America/Argentina/ComodRivadavia".parse().unwrap()),
            Action::Zones(8, 12),
            Action::AllZones,
            Action::EndSchedule(1),
            Action::Silence(2, true),
            Action::Silence(2, false),
            Action::SendAlways(3, true),
            Action::SendAlways(3, false),
            Action::SendAgain(i64::MAX, i64::MIN),
            Action::EndWatch(4),
            Action::QuoteAgain(5, ArticleId::from_u64(6)),
        ]
    }

    /// Buttons and links that were sent years ago must work: a change of these lines breaks them.
    #[test]
    fn callback_data_and_deep_links_keep_their_form() {
        let (section, passage) = (SectionId::from_u64(7), PassageId::from_u64(8));
        let links = [
            StartPayload::Section(section),
            StartPayload::Passage(section, passage),
            StartPayload::Question("tide?".into()),
        ];
        let all = actions().into_iter().map(button).chain(links.iter().map(start));
        let all: Vec<_> = all.collect();
        insta::assert_snapshot!(all.join("\n"), @r"
        qAf___________________________________________________________w
        xAf___________________________________________________________w
        kAf___________________________________________________________w
        sP__________18446744073709551615
        aIAAAAAAAAAA0
        bP__________12
        n2
        c3
        v+
        v-
        fg
        eAAAAAAAAAAAy
        h
        lfa
        ge
        gc
        u+9223372036854775807
        u=2
        u-1
        r2
        r?AAAAAAAAAAH
        r!P__________
        zAmerica/Argentina/ComodRivadavia
        Z.8.12
        Z*
        d-1
        ds2
        dl2
        da3
        dn3
        d?9223372036854775807.-9223372036854775808
        w-4
        w?5.AAAAAAAAAAG
        sAAAAAAAAAAH
        pAAAAAAAAAAHAAAAAAAAAAI
        qdGlkZT8
        ");
    }

    #[test]
    fn contract_letters_of_examples_and_languages_in_callback_data() {
        let id = PassageId::from_u64(0);
        let kinds = [ExampleKind::Person, ExampleKind::Year, ExampleKind::Topic];
        let examples = kinds.map(|kind| button(Action::Example(id, kind)));
        assert_eq!(examples, ["eAAAAAAAAAAAp", "eAAAAAAAAAAAy", "eAAAAAAAAAAAt"]);
        let languages = Locale::ALL.map(|locale| button(Action::Language(locale)));
        assert_eq!(languages, ["len", "lru", "lfa", "lar", "lde", "lfr", "les"]);
    }

    #[test]
    fn a_payload_is_read_as_it_was_written_and_fits() {
        let (section, passage) = (SectionId::from_u64(u64::MAX), PassageId::from_u64(0));
        let question = StartPayload::Question("Wie heißt der Fluß, um den es hier ge".into());
        let places = [StartPayload::Section(section), StartPayload::Passage(section, passage)];
        for payload in places.into_iter().chain([question]) {
            let text = start(&payload);
            assert_eq!(parse_start(&text), Ok(payload));
            let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
            assert!(text.len() <= 64 && text.bytes().all(is_allowed));
        }
        for action in actions() {
            let text = button(action);
            assert_eq!(parse_button(&text), Ok(action));
            assert!(text.len() <= 64, "{text}");
        }
        for forged in [
            "",
            "s",
            "sé",
            "p12345678901",
            "x",
            "qAAAA",
            "q!",
            "sAAAAAAAAAAA-1",
            "c-1",
            "n",
            "bAAAAAAAAAAA",
            "é",
            "s🙂🙂🙂🙂🙂🙂",
            "v",
            "lxx",
            "u",
            "ué",
            "r?short",
            "d-",
            "d?1",
            "z",
            "zEurope/Nowhere",
            "Z.1",
        ] {
            assert_eq!(parse_button(forged), Err(UnknownPayload), "{forged}");
        }
        assert_eq!(parse_start("pAAAAAAAAAAA"), Err(UnknownPayload));
    }
}
