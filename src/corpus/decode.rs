//! Decoding of files to text: UTF-8, UTF-16 and older encodings. Pure.
//!
//! A quote is a byte range of the file, so each byte of the text has its position in the file. An
//! encoding other than UTF-8 and UTF-16 is a guess, and a doubtful guess is an error.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::article::{Article, Origin, Span};

/// The text of a file.
#[derive(Debug)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    /// Positions in the file. `None` if they are those of the text.
    pub positions: Option<Positions>,
}

/// The position in the file of each character of a text.
#[derive(Debug)]
pub struct Positions {
    /// Start of each character in the text and in the file, and the end of both.
    starts: Vec<(usize, usize)>,
}

/// The reason why a file cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub enum Undecodable {
    /// It is not a text.
    Binary,
    /// It is UTF-8 with mistakes, in these lines, from 1.
    Damaged(Vec<usize>),
    /// It is probably in this encoding.
    Doubtful(&'static str),
}

/// Minimum number of letters beyond ASCII by which an encoding without Latin letters is certain.
const MIN_LETTERS: usize = 12;

/// Maximum number of blocks of 256 characters that a text is made of: the letters of a script or
/// two, and the signs.
const MAX_BLOCKS: usize = 4;

/// Decodes the bytes of a file.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Undecodable> {
    if let Some((encoding, mark)) = bom(bytes) {
        return decode_as(encoding, bytes, mark).ok_or(Undecodable::Doubtful(encoding.name()));
    }
    if bytes.contains(&0) {
        let encoding = utf_16_without_mark(bytes).ok_or(Undecodable::Binary)?;
        let decoded = decode_as(encoding, bytes, 0);
        return decoded.filter(|decoded| is_utf_16(&decoded.text)).ok_or(Undecodable::Binary);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Decoded { text: Cow::Borrowed(text), positions: None });
    }
    if let Some(lines) = damaged_lines(bytes) {
        return Err(Undecodable::Damaged(lines));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let decoded = decode_as(encoding, bytes, 0).ok_or(Undecodable::Binary)?;
    match is_certain(encoding, &decoded.text) {
        true => Ok(decoded),
        false if is_text(&decoded.text) => Err(Undecodable::Doubtful(encoding.name())),
        false => Err(Undecodable::Binary),
    }
}

/// Returns the encoding of a byte order mark of UTF-16, and the length of the mark.
fn bom(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding != UTF_8)
}

/// Returns the byte order of UTF-16 without a mark: line ends, spaces and digits have a zero in
/// one half.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let (units, rest) = bytes.as_chunks::<2>();
    let high = |at: usize| units.iter().filter(|unit| unit[at] == 0 && unit[1 - at] != 0).count();
    let (big, little) = (high(0), high(1));
    let most = big.max(little);
    // Text of any script has a space or a line end among twenty characters.
    let is_text = rest.is_empty() && most * 20 >= units.len() && big.min(little) * 10 <= most;
    is_text.then_some(if big > little { UTF_16BE } else { UTF_16LE })
}

/// Returns whether a text that was decoded as UTF-16 is one: nearly all characters are of a few
/// blocks of Unicode, or Chinese, Japanese or Korean.
fn is_utf_16(text: &str) -> bool {
    let mut blocks = std::collections::BTreeMap::<u32, usize>::new();
    let (mut all, mut usual) = (0, 0);
    for c in text.chars() {
        all += 1;
        match u32::from(c) {
            0x3000..=0x9fff | 0xac00..=0xd7a3 | 0xff00..=0xffef | 0x1_0000.. => usual += 1,
            other => *blocks.entry(other >> 8).or_default() += 1,
        }
    }
    let mut counts: Vec<_> = blocks.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    usual += counts.iter().take(MAX_BLOCKS).sum::<usize>();
    is_text(text) && usual * 20 >= all * 19
}

/// Returns the lines that are not UTF-8, from 1, if the file is UTF-8 for the most part.
fn damaged_lines(bytes: &[u8]) -> Option<Vec<usize>> {
    let is_wrong = |line: &[u8]| std::str::from_utf8(line).is_err();
    let (mut valid, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    (valid > invalid).then(|| lines.filter(|(_, line)| is_wrong(line)).map(|(at, _)| at).collect())
}

/// Decodes bytes after a mark of `mark` bytes, character by character. Returns `None` if a byte
/// sequence is invalid.
fn decode_as(encoding: &'static Encoding, bytes: &[u8], mark: usize) -> Option<Decoded<'static>> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len());
    let mut starts = Vec::new();
    let mut start = mark;
    let mut shown = [0; 16];
    for at in mark..=bytes.len() {
        let is_last = at == bytes.len();
        let next = if is_last { &[][..] } else { &bytes[at..at + 1] };
        let (result, _, written) =
            decoder.decode_to_utf8_without_replacement(next, &mut shown, is_last);
        if matches!(result, DecoderResult::Malformed(..)) {
            return None;
        }
        let part = std::str::from_utf8(&shown[..written]).ok()?;
        if part.is_empty() {
            continue;
        }
        let end = (at + 1).min(bytes.len());
        starts.push((text.len(), start));
        text.push_str(part);
        start = end;
    }
    starts.push((text.len(), bytes.len()));
    Some(Decoded { text: Cow::Owned(text), positions: Some(Positions { starts }) })
}

/// Returns whether a text has no character that no text has.
fn is_text(text: &str) -> bool {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    let is_private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}');
    !text.contains(is_control) && !text.contains(is_private)
}

/// Returns whether a text in a guessed encoding is plausible. In Latin script the words have
/// letters of ASCII, too; elsewhere most letters are of one script.
fn is_certain(encoding: &'static Encoding, text: &str) -> bool {
    if !is_text(text) {
        return false;
    }
    let chars: Vec<char> = text.chars().collect();
    let letters = chars.iter().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    let others = chars.iter().filter(|c| !c.is_ascii() && !c.is_alphabetic()).count();
    let is_sign = |c: &char| "‘’“”„‚–—…•€£©®™°§«»¡¿·\u{a0}×½¼¾".contains(*c);
    let signs = chars.iter().filter(|c| is_sign(c)).count();
    let latin = chars.iter().filter(|c| !c.is_ascii() && is_latin(**c)).count();
    if latin == letters {
        let words = text.split(|c: char| !c.is_alphabetic());
        let words: Vec<_> =
            words.filter(|word| !word.is_ascii() && word.chars().nth(1).is_some()).collect();
        let is_mixed = |word: &&&str| word.contains(|c: char| c.is_ascii());
        let mixed = words.iter().filter(is_mixed).count();
        let is_usual = mixed + signs > 0 && (encoding == WINDOWS_1252 || letters >= 3);
        return is_usual && mixed * 5 >= words.len() * 4 && signs * 10 >= others * 8;
    }
    (letters - latin) >= MIN_LETTERS
        && (letters - latin) * 10 >= letters * 9
        && has_usual_case(text)
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c, 'a'..='z' | 'A'..='Z' | '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Returns whether few words have a capital after a small letter, as Cyrillic text in a wrong
/// encoding has.
fn has_usual_case(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    let is_odd = |word: &&str| {
        let cases: Vec<_> = word.chars().map(char::is_uppercase).collect();
        cases.windows(2).any(|pair| !pair[0] && pair[1]) && word.chars().any(char::is_lowercase)
    };
    words.clone().filter(is_odd).count() * 5 <= words.count()
}

impl Positions {
    /// Moves the ranges of an article from positions of the text to positions of the file.
    pub fn apply(&self, article: &mut Article) {
        for passage in &mut article.passages {
            passage.origin = self.origin(&passage.origin, &passage.text);
        }
    }

    /// Returns the source map of a passage with positions of the file.
    fn origin(&self, origin: &Origin, text: &str) -> Origin {
        let mut runs = Vec::<Span>::new();
        for run in &origin.runs {
            if run.text.len() != run.file.len() {
                runs.push(Span { text: run.text.clone(), file: self.range(&run.file) });
                continue;
            }
            for (at, c) in text[run.text.clone()].char_indices() {
                let from = run.text.start + at;
                let file = run.file.start + at..run.file.start + at + c.len_utf8();
                let next = Span { text: from..from + c.len_utf8(), file: self.range(&file) };
                let is_literal = |span: &Span| span.text.len() == span.file.len();
                match runs.last_mut() {
                    Some(last)
                        if is_literal(last)
                            && is_literal(&next)
                            && last.file.end == next.file.start
                            && last.text.end == next.text.start =>
                    {
                        last.text.end = next.text.end;
                        last.file.end = next.file.end;
                    }
                    _ => runs.push(next),
                }
            }
        }
        let element = |span: &Span| Span { text: span.text.clone(), file: self.range(&span.file) };
        Origin { runs, elements: origin.elements.iter().map(element).collect() }
    }

    /// Returns the range of the file that shows as a range of the text.
    fn range(&self, text: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        let after = |at: usize| self.starts.partition_point(|(start, _)| *start < at);
        let file = |index: usize| {
            self.starts.get(index).or(self.starts.last()).map_or(0, |(_, file)| *file)
        };
        file(after(text.start))..file(after(text.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::parse;

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        match encoding {
            _ if encoding == UTF_16LE => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ if encoding == UTF_16BE => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => {
                let (bytes, _, has_errors) = encoding.encode(text);
                assert!(!has_errors, "{text}");
                bytes.into_owned()
            }
        }
    }

    const FRENCH: &str =
        "L’été, la mer est calme. Le café du port a fermé à neuf heures, où l’écluse s’ouvre.";
    const RUSSIAN: &str =
        "Прилив поднимается дважды в день. Луна и Солнце тянут воду под прямым углом.";
    const GREEK: &str = "Η παλίρροια ανεβαίνει δύο φορές την ημέρα και το λιμάνι γεμίζει νερό.";
    const JAPANESE: &str = "潮は一日に二度満ちます。月と太陽が海を引っ張るからです。港の鐘は古い。";
    const POLISH: &str =
        "Przypływ podnosi się dwa razy dziennie, a łódź czeka. Żółw płynie wzdłuż brzegu ścieżką.";

    #[test]
    fn text_in_other_encodings_is_quoted_by_bytes_of_its_file() {
        #[track_caller]
        fn check(text: &str, encoding: &'static Encoding, mark: &[u8]) {
            let text = format!("Port\n\n{text} A & B\n\nIt ebbs *twice* &amp; more.\n");
            let bytes = [mark, &encoded(&text, encoding)].concat();
            for file in ["a.txt", "a.md"] {
                let (article, _) = parse(file, file, &bytes)
                    .unwrap_or_else(|problems| panic!("{}: {problems:?}", encoding.name()));
                assert!(!article.passages.is_empty());
                for passage in &article.passages {
                    let mut at = 0;
                    for run in &passage.origin.runs {
                        assert_eq!(run.text.start, at);
                        at = run.text.end;
                        let source =
                            encoding.decode_without_bom_handling(&bytes[run.file.clone()]).0;
                        let shown = &passage.text[run.text.clone()];
                        assert!(source == shown || source == "&amp;", "{source} {shown}");
                    }
                    assert_eq!(at, passage.text.len());
                    for sentence in &passage.sentences {
                        let range = passage.origin.file_range(sentence.clone());
                        let source = encoding.decode_without_bom_handling(&bytes[range]).0;
                        let shown = &passage.text[sentence.clone()];
                        assert!(source == shown || file == "a.md", "{source} {shown}");
                    }
                }
            }
        }
        for text in [FRENCH, RUSSIAN, JAPANESE, "It rises 🌊 twice."] {
            check(text, UTF_16LE, b"\xff\xfe");
            check(text, UTF_16BE, b"\xfe\xff");
            check(text, UTF_16LE, b"");
            check(text, UTF_16BE, b"");
        }
        check(FRENCH, WINDOWS_1252, b"");
        check("Le café.", WINDOWS_1252, b"");
        check("“It rises,” she said – twice.", WINDOWS_1252, b"");
        check(RUSSIAN, encoding_rs::WINDOWS_1251, b"");
        check(RUSSIAN, encoding_rs::KOI8_R, b"");
        check(GREEK, encoding_rs::WINDOWS_1253, b"");
        check(POLISH, encoding_rs::WINDOWS_1250, b"");
        check(JAPANESE, encoding_rs::SHIFT_JIS, b"");
        check(JAPANESE, encoding_rs::EUC_JP, b"");
    }

    #[test]
    fn text_that_is_not_clear_is_not_decoded() {
        let check = |bytes: &[u8], expected: Undecodable| {
            assert_eq!(decode(bytes).err(), Some(expected), "{bytes:?}");
        };
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Undecodable::Binary);
        check(b"a\0b", Undecodable::Binary);
        check(
            "été à la mer, où\n\nl’\u{e9}t\u{e9}"
                .as_bytes()
                .iter()
                .copied()
                .chain(*b"\xe9x")
                .collect::<Vec<_>>()
                .as_slice(),
            Undecodable::Damaged(vec![3]),
        );
        check(b"fine\n\xff\xfe", Undecodable::Doubtful("windows-1254"));
        assert!(decode(b"plain").is_ok_and(|decoded| decoded.positions.is_none()));
        assert!(decode(b"").is_ok_and(|decoded| decoded.text.is_empty()));
    }
}
