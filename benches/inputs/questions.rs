//! What people ask, by how they ask it.

use fastrand::Rng;
use verbatim::corpus;
use verbatim::corpus::article::Article;
use verbatim::index::analyzer::{Language, words};
use verbatim::search::word_frequency::information_content;

use super::Archive;
use super::words::name;

/// How a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Two to four words.
    Keywords,
    /// A sentence of up to twenty words.
    Long,
    /// Keywords of which one has two letters swapped.
    Mistyped,
    /// Nothing answers it.
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
    of: [Vec<String>; 4],
}

const SEED: u64 = 2014;
/// So many of each kind are drawn for an archive.
const OF_A_KIND: usize = 250;
/// Names from here on stand in no archive.
const STRANGERS: usize = 4_000_000;
/// Less telling words nobody looks for.
const TELLING: f32 = 0.5;
const LONG: usize = 18;

impl Questions {
    /// Those of one kind, in the order in which they are to be asked.
    pub fn of(&self, kind: Kind) -> &[String] {
        &self.of[kind as usize]
    }

    /// Real questions about the real article.
    pub fn real() -> Questions {
        let all =
            |questions: &[&str]| questions.iter().map(|question| (*question).into()).collect();
        Questions {
            of: [
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

    /// Questions about passages of an archive.
    pub fn about(archive: &Archive) -> Questions {
        let mut rng = Rng::with_seed(SEED);
        let (files, _) = corpus::scan(&(&archive.corpus).into());
        let mut of: [Vec<String>; 4] = Default::default();
        while of[0].len() < OF_A_KIND {
            let file = rng.choice(&files).expect("an archive has files");
            let (article, _) =
                corpus::read(&(&archive.corpus).into(), &file.path).expect("it is whole");
            let Some(telling) = telling(&article, &mut rng) else { continue };
            of[Kind::Keywords as usize].push(telling.join(" "));
            of[Kind::Mistyped as usize].push(mistyped(&telling));
            of[Kind::Long as usize].push(long(&article, &mut rng));
            let strange = (0..3).map(|_| name(STRANGERS + rng.usize(..STRANGERS)));
            let strange: Vec<_> = strange.chain(telling.first().cloned()).collect();
            of[Kind::Refused as usize].push(strange.join(" "));
        }
        Questions { of }
    }
}

/// Two to four words of one passage that tell something.
fn telling(article: &Article, rng: &mut Rng) -> Option<Vec<String>> {
    let passage = rng.choice(&article.passages)?;
    let english = [Language::of_code("en")];
    let words = words(&passage.text).into_iter().map(|word| word.folded);
    let mut telling: Vec<_> = words
        .filter(|word| word.len() > 4 && information_content(word, true, &english) > TELLING)
        .collect();
    rng.shuffle(&mut telling);
    telling.truncate(rng.usize(2..5));
    (telling.len() > 1).then_some(telling)
}

fn mistyped(words: &[String]) -> String {
    let mut words = words.to_vec();
    let mut letters: Vec<char> = words[0].chars().collect();
    letters.swap(2, 3);
    words[0] = letters.into_iter().collect();
    words.join(" ")
}

fn long(article: &Article, rng: &mut Rng) -> String {
    let passage = rng.choice(&article.passages).expect("an article has passages");
    let sentence = rng.choice(&passage.sentences).expect("a passage has sentences");
    let words: Vec<_> = passage.text[sentence.clone()].trim_end_matches('.').split(' ').collect();
    format!("Why is it that {}?", words[..words.len().min(LONG)].join(" "))
}
