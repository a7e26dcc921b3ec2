//! Random words with the frequencies of a language.

use fastrand::Rng;

/// A common English word.
struct Common {
    word: &'static str,
    /// The cumulative share of all words up to this one.
    until: f64,
}

/// A source of random words: common English words, and invented names.
pub struct Words {
    common: Vec<Common>,
}

/// Number of names. The frequency of a name is inversely proportional to its number.
const NAMES: f64 = 2e6;
/// Minimum share of names among all words.
const NAME_SHARE: f64 = 0.04;
const SYLLABLES: [&str; 64] = [
    "ba", "bel", "bo", "cha", "dan", "de", "dor", "du", "el", "en", "fa", "fir", "go", "gul", "ha",
    "hel", "hir", "ib", "ir", "ja", "jor", "ka", "kel", "khi", "kor", "la", "lem", "lo", "lur",
    "ma", "mir", "mo", "na", "ner", "nim", "o", "pa", "per", "qa", "qom", "ra", "rez", "ro", "sa",
    "sen", "shi", "sor", "ta", "tem", "to", "tur", "u", "va", "vek", "vo", "wa", "xan", "ya",
    "yel", "yun", "za", "zer", "zi", "zul",
];

impl Words {
    pub fn new() -> Words {
        let lines = include_str!("../../src/search/english/common.txt").lines();
        let mut sum = 0.0;
        let mut common = Vec::new();
        for line in lines.filter(|line| !line.starts_with('#')) {
            let (nats, words) = line.split_once(' ').expect("each line starts with a number");
            let share = (-nats.parse::<f64>().expect("each line starts with a number")).exp();
            for word in words.split(' ') {
                sum += share;
                common.push(Common { word, until: sum });
            }
        }
        common.iter_mut().for_each(|word| word.until *= (1.0 - NAME_SHARE) / sum);
        Words { common }
    }

    /// Returns a random word.
    pub fn next(&self, rng: &mut Rng) -> String {
        let at = rng.f64();
        match self.common.get(self.common.partition_point(|word| word.until <= at)) {
            Some(common) => common.word.to_owned(),
            // By Zipf's law with exponent 1, the logarithm of the rank is uniformly distributed.
            None => nth_name(NAMES.powf(rng.f64()) as usize),
        }
    }
}

/// Returns the name with this number. Names are unique up to 16 million.
pub fn nth_name(number: usize) -> String {
    // The odd factor is invertible modulo a power of two, so numbers stay unique. Neighbours get
    // different names.
    let mut left = number.wrapping_mul(0x9e_3779) % (1 << 24);
    let mut name = String::new();
    for _ in 0..4 {
        name.push_str(SYLLABLES[left % 64]);
        left /= 64;
    }
    name
}
