//! Questions about the real article and about archives, by kind.

use fastrand::Rng;
use verbatim::corpus;
use verbatim::corpus::article::Article;
use verbatim::index::analyzer::words;
use verbatim::index::language::Language;
use verbatim::search::word_frequency::information_content;

use super::Archive;
use super::words::nth_name;

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Two to four words.
    Keywords,
    /// A sentence of up to twenty words.
    Long,
    /// Keywords, one with two letters swapped.
    Mistyped,
    /// Words that no passage has.
    Refused,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Keywords, Kind::Long, Kind::Mistyped, Kind::Refused];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Keywords => "keywords",
            Kind::Long => "long",
            Kind::Mistyped => "mistyped",
            Kind::Refused => "refused",
        }
    }
}

/// Questions of each kind.
pub struct Questions {
    /// In the order of [`Kind`].
    by_kind: [Vec<String>; 4],
}

const SEED: u64 = 2014;
/// Number of questions of each kind about an archive.
const PER_KIND: usize = 250;
/// Number of the first name that is in no archive.
const UNUSED_NAMES: usize = 4_000_000;
/// Minimum information content of a keyword.
const MIN_INFORMATION: f32 = 0.5;
/// Number of words of a long question that are from the passage.
const LONG: usize = 18;

impl Questions {
    /// Returns the questions of one kind.
    pub fn of(&self, kind: Kind) -> &[String] {
        &self.by_kind[kind as usize]
    }

    /// Returns real questions about the real article.
    pub fn real() -> Questions {
        let all =
            |questions: &[&str]| questions.iter().map(|question| (*question).into()).collect();
        Questions {
            by_kind: [
                all(&[
                    "helmand river treaty",
                    "ISKP attacks",
                    "hazaras persecution",
                    "drug trafficking border",
                    "russia recognition",
                    "water scarcity",
                    "afghan refugees iran",
                    "1998 mazar diplomats",
                ]),
                all(&[
                    "Why would Tehran rather have quiet cooperation with the Taliban than recognise them?",
                    "What does the treaty of 1973 say about how much water of the Helmand River Iran gets?",
                    "How has the Taliban's return to power changed the security of Iran's eastern border?",
                    "What did Russia's recognition of the Islamic Emirate mean for other states close to Moscow?",
                    "How many drug addicts are there in Iran and where does the opium come from?",
                    "Which group claimed that it was behind the bombing of the concert hall in Moscow?",
                ]),
                all(&[
                    "helmnad river",
                    "talban recognition",
                    "hazaars minority",
                    "narcotcis transit",
                    "afghansitan refugees",
                    "terorrism khorasan",
                ]),
                all(&[
                    "best sourdough bread recipe",
                    "how do I reset my password",
                    "champions league final score",
                    "who won the chess olympiad in Budapest?",
                    "cheap flights to Lisbon",
                    "javascript closure example",
                ]),
            ],
        }
    }

    /// Generates questions about passages of an archive.
    pub fn about(archive: &Archive) -> Questions {
        let mut rng = Rng::with_seed(SEED);
        let (files, _) = corpus::scan(&(&archive.corpus).into());
        let mut by_kind: [Vec<String>; 4] = Default::default();
        while by_kind[0].len() < PER_KIND {
            let file = rng.choice(&files).expect("an archive has files");
            let (article, _) = corpus::read(&(&archive.corpus).into(), &file.path)
                .expect("the file has no problem");
            let Some(keywords) = keywords(&article, &mut rng) else { continue };
            by_kind[Kind::Keywords as usize].push(keywords.join(" "));
            by_kind[Kind::Mistyped as usize].push(mistyped(&keywords));
            by_kind[Kind::Long as usize].push(long(&article, &mut rng));
            let unused = (0..3).map(|_| nth_name(UNUSED_NAMES + rng.usize(..UNUSED_NAMES)));
            let refused: Vec<_> = unused.chain(keywords.first().cloned()).collect();
            by_kind[Kind::Refused as usize].push(refused.join(" "));
        }
        Questions { by_kind }
    }
}

/// Returns two to four informative words of one passage.
fn keywords(article: &Article, rng: &mut Rng) -> Option<Vec<String>> {
    let passage = rng.choice(&article.passages)?;
    let english = [Language::of_code("en")];
    let words = words(&passage.text).into_iter().map(|word| word.folded);
    let mut keywords: Vec<_> = words
        .filter(|word| {
            word.len() > 4 && information_content(word, true, &english) > MIN_INFORMATION
        })
        .collect();
    rng.shuffle(&mut keywords);
    keywords.truncate(rng.usize(2..5));
    (keywords.len() > 1).then_some(keywords)
}

/// Returns the keywords as a question, with two letters of the first one swapped.
fn mistyped(words: &[String]) -> String {
    let mut words = words.to_vec();
    let mut letters: Vec<char> = words[0].chars().collect();
    letters.swap(2, 3);
    words[0] = letters.into_iter().collect();
    words.join(" ")
}

/// Returns a question with the words of a sentence.
fn long(article: &Article, rng: &mut Rng) -> String {
    let passage = rng.choice(&article.passages).expect("an article has passages");
    let sentence = rng.choice(&passage.sentences).expect("a passage has sentences");
    let words: Vec<_> = passage.text[sentence.clone()].trim_end_matches('.').split(' ').collect();
    format!("Why is it that {}?", words[..words.len().min(LONG)].join(" "))
}
