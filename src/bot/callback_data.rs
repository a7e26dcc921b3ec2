//! Callback data of the buttons: encoding and decoding.
//!
//! The data has everything that its button needs, so that a button works after a restart, and for
//! years. The first letter names the kind of action. Data with an unknown letter is of another
//! version, or forged.

use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;

use crate::answer::AnswerCursor;
use crate::corpus::article::{ArticleId, PassageId, SectionId};
use crate::ids::MessageId;
use crate::render::messages::Locale;
use crate::render::telegram::{Action, SharedPage, Vote};
use crate::suggest::ExampleKind;

/// Error for data that was forged, was cut, or is of another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPayload;

/// Length of an encoded id in bytes.
const ID_BYTES: usize = 11;

/// Encodes an action as callback data of at most 64 bytes.
pub fn encode(action: Action) -> String {
    match action {
        Action::Quote(cursor) => format!("q{}", BASE64URL_NOPAD.encode(&cursor.to_bytes())),
        Action::Context(cursor) => format!("x{}", BASE64URL_NOPAD.encode(&cursor.to_bytes())),
        Action::Cite(cursor) => format!("k{}", BASE64URL_NOPAD.encode(&cursor.to_bytes())),
        Action::Section(id, page) => format!("s{id}{page}"),
        Action::Article(id, page) => format!("a{id}{page}"),
        Action::Brief(id, page) => format!("b{id}{page}"),
        Action::Briefs(page) => format!("n{page}"),
        Action::Contents(page) => format!("c{page}"),
        Action::Vote(Vote::Good) => "v+".into(),
        Action::Vote(Vote::Bad) => "v-".into(),
        Action::Example(passage, kind) => format!("e{passage}{}", letter_of(kind)),
        Action::Start => "h".into(),
        Action::AllHelp => "H".into(),
        Action::Menu(cursor) => format!("m{}", BASE64URL_NOPAD.encode(&cursor.to_bytes())),
        Action::CloseMenu(cursor) => format!("M{}", BASE64URL_NOPAD.encode(&cursor.to_bytes())),
        Action::ShowEveryone(SharedPage::Quote, answer) => format!("Eq{}", answer.get()),
        Action::ShowEveryone(SharedPage::Context, answer) => format!("Ex{}", answer.get()),
        Action::ShowEveryone(SharedPage::Section(id, page), answer) => {
            format!("Es{id}{page}.{}", answer.get())
        }
        Action::AskPerson => "p".into(),
        Action::SetPrivate(true) => "P+".into(),
        Action::SetPrivate(false) => "P-".into(),
        Action::Language(locale) => format!("l{}", locale.code()),
        Action::ForgetGroup => "fg".into(),
        Action::ExportGaps => "ge".into(),
        Action::ClearGaps => "gc".into(),
        Action::AddUpload(id) => format!("u+{id}"),
        Action::ReplaceByUpload(id) => format!("u={id}"),
        Action::DiscardUpload(id) => format!("u-{id}"),
        Action::Removals(page) => format!("r{page}"),
        Action::AskRemoval(id) => format!("r?{id}"),
        Action::Remove(id) => format!("r!{id}"),
        Action::Zone(zone) => format!("z{zone}"),
        Action::Zones(region, page) => format!("Z.{region}.{page}"),
        Action::AllZones => "Z*".into(),
        Action::EndSchedule(id) => format!("d-{id}"),
        Action::SetSilent(id, true) => format!("ds{id}"),
        Action::SetSilent(id, false) => format!("dl{id}"),
        Action::SetSendAlways(id, true) => format!("da{id}"),
        Action::SetSendAlways(id, false) => format!("dn{id}"),
        Action::SendAgain(id, due) => format!("d?{id}.{due}"),
        Action::EndWatch(id) => format!("w-{id}"),
        Action::QuoteAgain(id, article) => format!("w?{id}.{article}"),
    }
}

/// Returns whether callback data only chooses the content of its message.
pub fn is_view(payload: &str) -> bool {
    parse(payload).is_ok_and(Action::is_view)
}

/// Decodes callback data.
pub fn parse(payload: &str) -> Result<Action, UnknownPayload> {
    let (kind, rest) = split_kind(payload)?;
    match (kind, rest) {
        ('q', cursor) => Ok(Action::Quote(parse_cursor(cursor)?)),
        ('x', cursor) => Ok(Action::Context(parse_cursor(cursor)?)),
        ('k', cursor) => Ok(Action::Cite(parse_cursor(cursor)?)),
        ('c', page) => Ok(Action::Contents(parse_number(page)?)),
        ('n', page) => Ok(Action::Briefs(parse_number(page)?)),
        ('v', "+") => Ok(Action::Vote(Vote::Good)),
        ('v', "-") => Ok(Action::Vote(Vote::Bad)),
        ('h', "") => Ok(Action::Start),
        ('H', "") => Ok(Action::AllHelp),
        ('m', cursor) => Ok(Action::Menu(parse_cursor(cursor)?)),
        ('M', cursor) => Ok(Action::CloseMenu(parse_cursor(cursor)?)),
        ('p', "") => Ok(Action::AskPerson),
        ('P', "+") => Ok(Action::SetPrivate(true)),
        ('P', "-") => Ok(Action::SetPrivate(false)),
        ('E', page) => parse_shared_page(page),
        ('l', code) => Locale::from_tag(code).map(Action::Language).ok_or(UnknownPayload),
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

/// Decodes a button of the operator or of a group's administrators.
fn parse_setting(kind: char, rest: &str) -> Result<Action, UnknownPayload> {
    let sign = rest.chars().next().filter(char::is_ascii).ok_or(UnknownPayload)?;
    let id = &rest[1..];
    let two = || id.split_once('.').ok_or(UnknownPayload);
    Ok(match (kind, sign) {
        ('u', '+') => Action::AddUpload(parse_number(id)?),
        ('u', '=') => Action::ReplaceByUpload(parse_number(id)?),
        ('u', '-') => Action::DiscardUpload(parse_number(id)?),
        ('r', '?') => Action::AskRemoval(parse_number(id)?),
        ('r', '!') => Action::Remove(parse_number(id)?),
        ('r', '0'..='9') => Action::Removals(parse_number(rest)?),
        ('d', '-') => Action::EndSchedule(parse_number(id)?),
        ('d', 's') => Action::SetSilent(parse_number(id)?, true),
        ('d', 'l') => Action::SetSilent(parse_number(id)?, false),
        ('d', 'a') => Action::SetSendAlways(parse_number(id)?, true),
        ('d', 'n') => Action::SetSendAlways(parse_number(id)?, false),
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
            let kind = kinds.into_iter().find(|kind| letter_of(*kind) == rest);
            Ok(Action::Example(id, kind.ok_or(UnknownPayload)?))
        }
    }
}

fn parse_shared_page(text: &str) -> Result<Action, UnknownPayload> {
    let (kind, rest) = split_kind(text)?;
    let (page, answer) = match kind {
        'q' => (SharedPage::Quote, rest),
        'x' => (SharedPage::Context, rest),
        's' => {
            let (id, rest) = rest.split_at_checked(ID_BYTES).ok_or(UnknownPayload)?;
            let (page, answer) = rest.split_once('.').ok_or(UnknownPayload)?;
            let id = id.parse::<SectionId>().map_err(|_| UnknownPayload)?;
            (SharedPage::Section(id, parse_number(page)?), answer)
        }
        _ => return Err(UnknownPayload),
    };
    Ok(Action::ShowEveryone(page, MessageId::new(parse_number(answer)?)))
}

fn parse_number<T: FromStr>(text: &str) -> Result<T, UnknownPayload> {
    text.parse().map_err(|_| UnknownPayload)
}

fn parse_cursor(text: &str) -> Result<AnswerCursor, UnknownPayload> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| UnknownPayload)?;
    AnswerCursor::from_bytes(&bytes).ok_or(UnknownPayload)
}

fn letter_of(kind: ExampleKind) -> &'static str {
    match kind {
        ExampleKind::Person => "p",
        ExampleKind::Year => "y",
        ExampleKind::Topic => "t",
    }
}

/// Splits off the letter that names the kind.
pub fn split_kind(payload: &str) -> Result<(char, &str), UnknownPayload> {
    let kind = payload.chars().next().ok_or(UnknownPayload)?;
    Ok((kind, &payload[kind.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a list of actions, one for each pattern. A pattern for each action is required:
    /// without it the compiler rejects the `match`.
    macro_rules! one_for_each {
        ($($pattern:pat => $action:expr,)*) => {{
            let check_exhaustive = |action: Action| match action { $($pattern => {})* };
            let actions = vec![$($action),*];
            $(assert!(actions.iter().any(|action| matches!(action, $pattern)));)*
            actions.iter().copied().for_each(check_exhaustive);
            actions
        }};
    }

    /// Returns an action of each kind, most of them with the longest data.
    fn actions() -> Vec<Action> {
        let (section, passage) = (SectionId::from_u64(u64::MAX), PassageId::from_u64(0));
        let mut longest = [255; AnswerCursor::MAX_BYTES];
        longest[0] = 1;
        let cursor = AnswerCursor::from_bytes(&longest).unwrap();
        one_for_each! {
            Action::Quote(_) => Action::Quote(cursor),
            Action::Context(_) => Action::Context(cursor),
            Action::Cite(_) => Action::Cite(cursor),
            Action::Section(..) => Action::Section(section, usize::MAX),
            Action::Article(..) => Action::Article(ArticleId::from_u64(1 << 63), 0),
            Action::Brief(..) => Action::Brief(ArticleId::from_u64(u64::MAX), 12),
            Action::Briefs(_) => Action::Briefs(2),
            Action::Contents(_) => Action::Contents(3),
            Action::Vote(Vote::Good) => Action::Vote(Vote::Good),
            Action::Vote(Vote::Bad) => Action::Vote(Vote::Bad),
            Action::ForgetGroup => Action::ForgetGroup,
            Action::Example(..) => Action::Example(passage, ExampleKind::Year),
            Action::Start => Action::Start,
            Action::AllHelp => Action::AllHelp,
            Action::Menu(_) => Action::Menu(cursor),
            Action::CloseMenu(_) => Action::CloseMenu(cursor),
            Action::ShowEveryone(SharedPage::Quote, _) => {
                Action::ShowEveryone(SharedPage::Quote, MessageId::new(7))
            },
            Action::ShowEveryone(SharedPage::Context, _) => {
                Action::ShowEveryone(SharedPage::Context, MessageId::new(i32::MAX))
            },
            Action::ShowEveryone(SharedPage::Section(..), _) => {
                let page = SharedPage::Section(section, usize::MAX);
                Action::ShowEveryone(page, MessageId::new(i32::MAX))
            },
            Action::AskPerson => Action::AskPerson,
            Action::SetPrivate(true) => Action::SetPrivate(true),
            Action::SetPrivate(false) => Action::SetPrivate(false),
            Action::Language(_) => Action::Language(Locale::Persian),
            Action::ExportGaps => Action::ExportGaps,
            Action::ClearGaps => Action::ClearGaps,
            Action::AddUpload(_) => Action::AddUpload(i64::MAX),
            Action::ReplaceByUpload(_) => Action::ReplaceByUpload(2),
            Action::DiscardUpload(_) => Action::DiscardUpload(1),
            Action::Removals(_) => Action::Removals(2),
            Action::AskRemoval(_) => Action::AskRemoval(ArticleId::from_u64(7)),
            Action::Remove(_) => Action::Remove(ArticleId::from_u64(u64::MAX)),
            Action::Zone(_) => Action::Zone("America/Argentina/ComodRivadavia".parse().unwrap()),
            Action::Zones(..) => Action::Zones(8, 12),
            Action::AllZones => Action::AllZones,
            Action::EndSchedule(_) => Action::EndSchedule(1),
            Action::SetSilent(_, true) => Action::SetSilent(2, true),
            Action::SetSilent(_, false) => Action::SetSilent(2, false),
            Action::SetSendAlways(_, true) => Action::SetSendAlways(3, true),
            Action::SetSendAlways(_, false) => Action::SetSendAlways(3, false),
            Action::SendAgain(..) => Action::SendAgain(i64::MAX, i64::MIN),
            Action::EndWatch(_) => Action::EndWatch(4),
            Action::QuoteAgain(..) => Action::QuoteAgain(5, ArticleId::from_u64(6)),
        }
    }

    /// Buttons that were sent years ago must work: a change of these lines breaks them.
    #[test]
    fn callback_data_keeps_its_form() {
        let all: Vec<_> = actions().into_iter().map(encode).collect();
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
        H
        mAf___________________________________________________________w
        MAf___________________________________________________________w
        Eq7
        Ex2147483647
        EsP__________18446744073709551615.2147483647
        p
        P+
        P-
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
        ");
    }

    #[test]
    fn callback_data_keeps_the_letters_of_examples_and_languages() {
        let id = PassageId::from_u64(0);
        let kinds = [ExampleKind::Person, ExampleKind::Year, ExampleKind::Topic];
        let examples = kinds.map(|kind| encode(Action::Example(id, kind)));
        assert_eq!(examples, ["eAAAAAAAAAAAp", "eAAAAAAAAAAAy", "eAAAAAAAAAAAt"]);
        let languages = Locale::ALL.map(|locale| encode(Action::Language(locale)));
        assert_eq!(languages, ["len", "lru", "lfa", "lar", "lde", "lfr", "les"]);
    }

    #[test]
    fn callback_data_is_decoded_as_it_was_encoded_and_fits() {
        for action in actions() {
            let text = encode(action);
            assert_eq!(parse(&text), Ok(action));
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
            assert_eq!(parse(forged), Err(UnknownPayload), "{forged}");
        }
    }
}
