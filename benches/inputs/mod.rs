//! What is measured: the real article, and archives that are made of nothing but a seed.
//!
//! An archive has words as common as those of English, and behind these names as Zipf (1949) spreads them;
//! its sentences, paragraphs and sections are as long as those of the real article. The same seed always
//! makes the same files.

#![allow(dead_code, reason = "each benchmark needs a part of it")]

mod questions;
mod words;

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use verbatim::corpus::article::Article;
use verbatim::corpus::load;

pub use questions::{Kind, Questions};
use words::Words;

/// The folder with the real article.
pub const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
const SEED: u64 = 1973;
/// To be raised when the same seed makes something else.
const EDITION: u32 = 1;
/// A paragraph of an archive is in an article with as many others, about as in a newspaper's.
const PASSAGES: std::ops::Range<usize> = 10..41;
/// How many files a folder of an archive has.
const FOLDER: usize = 1_000;

/// Where archives and indexes are kept from run to run.
pub fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// An archive on disk.
#[derive(Clone)]
pub struct Archive {
    pub corpus: PathBuf,
    pub articles: usize,
    pub bytes: u64,
}

impl Archive {
    /// The archive with this many passages, made if it is not there yet.
    pub fn of(passages: usize) -> Archive {
        Archive::named(&passages.to_string(), passages, PASSAGES)
    }

    /// Returns the archive with this many articles of this many passages each, made if it is not there yet.
    pub fn even(articles: usize, passages: usize) -> Archive {
        let each = passages..passages + 1;
        Archive::named(&format!("{articles}x{passages}"), articles * passages, each)
    }

    fn named(name: &str, passages: usize, each: std::ops::Range<usize>) -> Archive {
        let dir = place(&format!("archive-{EDITION}-{name}"));
        let corpus = dir.join("corpus");
        let made = dir.join("made");
        let known = fs::read_to_string(&made).ok().and_then(|made| {
            let (articles, bytes) = made.split_once(' ')?;
            Some((articles.parse().ok()?, bytes.parse().ok()?))
        });
        let (articles, bytes) = known.unwrap_or_else(|| {
            let size = make(&corpus, passages, each).expect("the target directory can be written");
            fs::write(&made, format!("{} {}", size.0, size.1)).expect("so can a file in it");
            size
        });
        Archive { corpus, articles, bytes }
    }
}

/// Writes an archive; gives the number of its articles and that of their bytes.
fn make(corpus: &Path, passages: usize, each: std::ops::Range<usize>) -> io::Result<(usize, u64)> {
    let _ = fs::remove_dir_all(corpus);
    let mut writer = Writer::new();
    let (mut left, mut articles, mut bytes) = (passages, 0, 0);
    while left > 0 {
        let own = writer.rng.usize(each.clone()).min(left);
        left -= own;
        let text = writer.article(own);
        bytes += text.len() as u64;
        let folder = corpus.join(format!("{:04}", articles / FOLDER));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{articles:06}.md")), text)?;
        articles += 1;
    }
    Ok((articles, bytes))
}

/// Writes articles.
struct Writer {
    rng: Rng,
    words: Words,
    real: Lengths,
}

impl Writer {
    fn new() -> Writer {
        Writer { rng: Rng::with_seed(SEED), words: Words::new(), real: Lengths::of(&real()) }
    }

    fn article(&mut self, passages: usize) -> String {
        let mut text = format!("---\ntitle: \"{}\"\n---\n", self.heading());
        let mut until_heading = 0;
        for _ in 0..passages {
            if until_heading == 0 {
                let _ = write!(text, "\n## {}\n", self.heading());
                until_heading = *self.rng.choice(&self.real.sections).unwrap_or(&1);
            }
            until_heading -= 1;
            text.push('\n');
            for sentence in 0..*self.rng.choice(&self.real.passages).unwrap_or(&1) {
                if sentence > 0 {
                    text.push(' ');
                }
                let words = *self.rng.choice(&self.real.sentences).unwrap_or(&1);
                self.sentence(words, &mut text);
            }
            text.push('\n');
        }
        text
    }

    fn sentence(&mut self, words: usize, text: &mut String) {
        for word in 0..words {
            let next = self.words.next(&mut self.rng);
            match word {
                0 => text.push_str(&capitalised(&next)),
                _ => {
                    text.push(' ');
                    text.push_str(&next);
                }
            }
        }
        text.push('.');
    }

    fn heading(&mut self) -> String {
        let words = self.rng.usize(3..8);
        let words: Vec<_> =
            (0..words).map(|_| capitalised(&self.words.next(&mut self.rng))).collect();
        words.join(" ")
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How long the parts of an article are: those that it has, each as often as it has it.
struct Lengths {
    /// In passages.
    sections: Vec<usize>,
    /// In sentences.
    passages: Vec<usize>,
    /// In words.
    sentences: Vec<usize>,
}

impl Lengths {
    fn of(article: &Article) -> Lengths {
        let passages = &article.passages;
        let in_section =
            |at: usize| passages.iter().filter(|passage| passage.section == at).count();
        let sections = (0..article.outline.sections.len()).map(in_section);
        let sentences = passages.iter().flat_map(|passage| {
            let of =
                |range: &std::ops::Range<usize>| passage.text[range.clone()].split(' ').count();
            passage.sentences.iter().map(of).collect::<Vec<_>>()
        });
        Lengths {
            sections: sections.filter(|passages| *passages > 0).collect(),
            passages: passages.iter().map(|passage| passage.sentences.len()).collect(),
            sentences: sentences.collect(),
        }
    }
}

/// The real article.
pub fn real() -> Article {
    let (articles, _) = load(&Path::new(REAL).into());
    articles.into_iter().next().expect("the repository has an article")
}
