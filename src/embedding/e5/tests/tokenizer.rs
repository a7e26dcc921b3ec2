//! Tests of the tokenizer against the `tokenizers` crate with the same vocabulary and the same
//! normalization rules.

use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::{Precompiled, Replace, Sequence};
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::tokenizer::Tokenizer as ReferenceTokenizer;

use unicode_normalization::UnicodeNormalization;

use super::super::charsmap;
use super::super::format::WeightFile;
use super::Tokenizer;
use crate::embedding::tests::real_weight_file;

/// Texts in many scripts, and texts that are hard to normalize.
const TEXTS: &[&str] = &[
    "",
    " ",
    "  \t\n ",
    "a",
    "The tide turns every six hours.",
    "Größe, naïve façade, čeština, žluťoučký kůň, İstanbul, ŁÓDŹ",
    "Thủy triều thay đổi; decomposed: e\u{301} a\u{323}\u{302} o\u{302}\u{323} u\u{31b}\u{301}",
    "Приливы и отливы — ёлка, й decomposed: и\u{306}",
    "Η παλίρροια αλλάζει κάθε έξι ώρες· ᾧ ὦ",
    "يتغير المد والجزر كل ست ساعات تقريبًا ﷺ ﻻ",
    "کتاب\u{200c}ها را می\u{200c}خوانم، ۱۲۳",
    "הגאות והשפל מתחלפים שָׁלוֹם",
    "ज्वार-भाटा लगभग हर छह घंटे में क्ष क\u{93c} क़",
    "জোয়ার-ভাটা প্রায় প্রতি ছয় ঘণ্টায় য়",
    "น้ำขึ้นน้ำลงเปลี่ยนทุกๆ หกชั่วโมง ทำ",
    "潮汐大约每六个小时变化一次。㍿ ㎏ ①",
    "潮の満ち引きは、ﾃｽﾄ ｶﾞ ガ カ\u{3099} ～ 〜 ｆｕｌｌ　ｗｉｄｔｈ",
    "조수는 바뀝니다 \u{1100}\u{1161}\u{11a8} ㄱㅏ",
    "😀👍🏽👨‍👩‍👧‍👦 🇩🇪🇫🇷 ❤️ ☎︎",
    "soft\u{ad}hyphen zero\u{200b}width \u{feff}bom a\u{200d}b x\u{2060}y",
    "tabs\tand\nlines\r\nand\r\n\r\nmore   spaces  ",
    "control \u{1}\u{7f}\u{9f} \u{fffd} ▁mark▁ ▁",
    "¨ ´ ½ ² ª\u{301} ﬁ ﬀ ǆ ™ … ‥ Å K Ω",
    "<s> </s> <unk> <mask> <pad>",
    "\u{301}start \u{301}\u{301}\u{301} z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}",
    "x̂ᚠᛇ 𒀀𒀁 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🈀 \u{10ffff} \u{e000}unknown\u{e001}\u{e002} ok",
];

/// Opens the file of the real model.
fn weight_file() -> Option<WeightFile> {
    Some(WeightFile::open(&real_weight_file()?).expect("the model is sound"))
}

/// Returns the rules of SentencePiece's `nmt_nfkc` that matter to the `tokenizers` crate: those of
/// single characters, which the weight file has, and the pairs of a letter and a mark that compose.
fn rules(file: &WeightFile) -> Vec<u8> {
    let all = || (0..0x30000).filter_map(char::from_u32);
    let single = all().filter_map(|c| Some((c.to_string(), file.replacement(c)?)));
    let composed = all().filter(|c| {
        let parts = std::iter::once(*c).nfd();
        parts.clone().count() == 2 && parts.nfc().eq([*c])
    });
    let pairs: Vec<(String, String)> = composed
        .flat_map(|c| {
            let mut parts = std::iter::once(c).nfd();
            let (letter, mark) = (parts.next(), parts.next().map(String::from));
            // Some marks are replaced by another mark.
            let marks = (0x300..0x370).filter_map(char::from_u32);
            let marks = marks.filter(|other| file.replacement(*other) == mark.as_deref());
            let marks = marks.map(String::from).chain(mark.clone()).collect::<Vec<_>>();
            marks
                .into_iter()
                .map(move |mark| (letter.into_iter().chain(mark.chars()).collect(), c.to_string()))
        })
        .collect();
    let pairs = pairs.iter().map(|(parts, c)| (parts.clone(), c.as_str()));
    charsmap::tests::compile(single.chain(pairs))
}

/// Returns the tokenizer of XLM-RoBERTa without its special tokens.
fn reference(file: &WeightFile) -> ReferenceTokenizer {
    let pieces = (0..file.piece_count()).map(|id| {
        let piece = String::from_utf8(file.piece(id).to_vec()).expect("pieces are UTF-8");
        let score = file.score(id);
        // No text contains the special pieces.
        (if score < 0.0 { piece } else { format!("\0\0{piece}") }, f64::from(score))
    });
    let unknown = Some(file.special.unknown as usize);
    let model = Unigram::from(pieces.collect(), unknown, false).expect("the vocabulary is sound");
    let mut reference = ReferenceTokenizer::new(model);
    let spaces = tokenizers::normalizers::replace::ReplacePattern::Regex(" {2,}".to_owned());
    let normalized = reference.with_normalizer(Some(Sequence::new(vec![
        Precompiled::from(&rules(file)).expect("the rules are sound").into(),
        Replace::new(spaces, " ").expect("the pattern is valid").into(),
    ])));
    normalized.expect("no pieces were added");
    reference.with_pre_tokenizer(Some(Metaspace::new('▁', PrependScheme::Always, true)));
    reference
}

/// Returns numbers that look random, and are the same in each run.
fn random_numbers(seed: u64) -> impl Iterator<Item = u32> {
    let next = |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    std::iter::successors(Some(seed), next).map(|state| (state >> 33) as u32)
}

/// Returns texts of characters from all planes, many of them spaces, marks and joiners.
fn random_texts(count: usize) -> Vec<String> {
    const RANGES: [(u32, u32); 12] = [
        (0x20, 0x5f),
        (0, 0x180),
        (0x300, 0x40),
        (0x370, 0x300),
        (0x600, 0x100),
        (0x900, 0x700),
        (0x1100, 0x100),
        (0x1e00, 0x300),
        (0x2000, 0x500),
        (0x3000, 0x400),
        (0xfb00, 0x4f0),
        (0x1f000, 0xc00),
    ];
    let mut numbers = random_numbers(1);
    let mut next = |below: u32| numbers.next().expect("the numbers do not end") % below;
    let mut text = || {
        let length = next(24);
        let range = next(RANGES.len() as u32);
        let character = |next: &mut dyn FnMut(u32) -> u32| match next(8) {
            0 => ' ',
            1 => char::from_u32(0x300 + next(0x30)).unwrap_or(' '),
            2 => char::from_u32(next(0x11_0000)).unwrap_or(' '),
            _ => {
                let (start, length) = RANGES[range as usize];
                char::from_u32(start + next(length)).unwrap_or(' ')
            }
        };
        (0..length).map(|_| character(&mut next)).collect()
    };
    (0..count).map(|_| text()).collect()
}

#[test]
fn tokens_are_those_of_the_reference_implementation() {
    let Some(file) = weight_file() else { return };
    let tokenizer = Tokenizer::new(&file);
    let reference = reference(&file);
    let texts = TEXTS.iter().map(|text| (*text).to_owned()).chain(random_texts(2_000));
    for text in texts {
        for text in [text.clone(), format!("query: {text}")] {
            let expected = reference.encode(text.as_str(), false).expect("texts can be split");
            let ids = tokenizer.ids(&file, &text, usize::MAX);
            assert_eq!(ids, expected.get_ids(), "{text:?}");
        }
    }
}

#[test]
fn whole_graphemes_are_replaced_like_in_the_reference_implementation() {
    let Some(file) = weight_file() else { return };
    let tokenizer = Tokenizer::new(&file);
    let reference = reference(&file);
    // Pairs of a letter and a mark that can be a grapheme of less than 6 bytes.
    let bases = (0x20..0x2000).step_by(7).filter_map(char::from_u32);
    for base in bases {
        let mut text = String::new();
        for mark in (0x300..0x370).chain(0x483..0x488).chain(0x591..0x5c8).chain(0x610..0x660) {
            text.extend([' ', base]);
            text.extend(char::from_u32(mark));
        }
        let expected = reference.encode(text.as_str(), false).expect("texts can be split");
        let ids = tokenizer.ids(&file, &text, usize::MAX);
        assert_eq!(ids, expected.get_ids(), "{base:?}");
    }
}

#[test]
fn long_texts_without_spaces_are_split_in_linear_time() {
    let Some(file) = weight_file() else { return };
    let tokenizer = Tokenizer::new(&file);
    for unit in ["a", "\u{301}", "🇩", "潮", "👩\u{200d}", "\u{e000}", "a\u{200d}"] {
        let text = unit.repeat(100_000 / unit.len());
        assert!(tokenizer.ids(&file, &text, 510).len() <= 510);
    }
}
