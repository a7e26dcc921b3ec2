//! Inputs of the benchmarks: the real article, and archives that are generated from a seed.
//!
//! The words of an archive have the frequencies of English words. The rest are names with
//! frequencies by Zipf's law (1949). The sentences, paragraphs and sections have the lengths of
//! those in the real article. A seed always generates identical files.

#![allow(dead_code, reason = "each benchmark uses a part of this module")]

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

/// Directory of the real article.
pub const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
const SEED: u64 = 1973;
/// Version of the generated files, to be raised with every change of the generator.
const VERSION: u32 = 1;
/// Number of passages of a generated article, as in a newspaper.
const PASSAGES: std::ops::Range<usize> = 10..41;
/// Number of files in each directory of an archive.
const FILES_PER_DIR: usize = 1_000;

/// Returns the path of an archive or an index that is kept from run to run.
pub fn kept_path(name: &str) -> PathBuf {
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
    /// Returns the archive with this many passages, generated if it does not exist.
    pub fn of(passages: usize) -> Archive {
        Archive::named(&passages.to_string(), passages, PASSAGES)
    }

    /// Returns the archive with this many articles of this many passages each, generated if it does
    /// not exist.
    pub fn even(articles: usize, passages: usize) -> Archive {
        let each = passages..passages + 1;
        Archive::named(&format!("{articles}x{passages}"), articles * passages, each)
    }

    fn named(name: &str, passages: usize, each: std::ops::Range<usize>) -> Archive {
        let dir = kept_path(&format!("archive-{VERSION}-{name}"));
        let corpus = dir.join("corpus");
        // This file is written last, so it marks a complete archive.
        let size_file = dir.join("made");
        let known = fs::read_to_string(&size_file).ok().and_then(|size| {
            let (articles, bytes) = size.split_once(' ')?;
            Some((articles.parse().ok()?, bytes.parse().ok()?))
        });
        let (articles, bytes) = known.unwrap_or_else(|| {
            let size = generate(&corpus, passages, each).expect("the target directory is writable");
            fs::write(&size_file, format!("{} {}", size.0, size.1))
                .expect("the target directory is writable");
            size
        });
        Archive { corpus, articles, bytes }
    }
}

/// Writes an archive. Returns the number of its articles and of their bytes.
fn generate(
    corpus: &Path,
    passages: usize,
    each: std::ops::Range<usize>,
) -> io::Result<(usize, u64)> {
    let _ = fs::remove_dir_all(corpus);
    let mut generator = Generator::new();
    let (mut left, mut articles, mut bytes) = (passages, 0, 0);
    while left > 0 {
        let count = generator.rng.usize(each.clone()).min(left);
        left -= count;
        let text = generator.article(count);
        bytes += text.len() as u64;
        let folder = corpus.join(format!("{:04}", articles / FILES_PER_DIR));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{articles:06}.md")), text)?;
        articles += 1;
    }
    Ok((articles, bytes))
}

/// A generator of articles.
struct Generator {
    rng: Rng,
    words: Words,
    real: Lengths,
}

impl Generator {
    fn new() -> Generator {
        Generator { rng: Rng::with_seed(SEED), words: Words::new(), real: Lengths::of(&real()) }
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

/// Lengths of the parts of an article, each as often as it occurs.
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

/// Reads the real article.
pub fn real() -> Article {
    let (articles, _) = load(&Path::new(REAL).into());
    articles.into_iter().next().expect("the corpus of the repository has an article")
}
