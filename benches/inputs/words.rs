//! Words by chance, each as often as in a language.

use fastrand::Rng;

/// A word of English and the share of all words up to and with it.
struct Common {
    word: &'static str,
    until: f64,
}

/// English words by how common they are, then names that nobody has.
pub struct Words {
    common: Vec<Common>,
}

/// How many names there are, of which each is as common as its number is small.
const NAMES: f64 = 2e6;
/// What share of all words they are at least.
const NAMED: f64 = 0.04;
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
            let (nats, words) = line.split_once(' ').expect("each line begins with a figure");
            let share = (-nats.parse::<f64>().expect("it is a number")).exp();
            for word in words.split(' ') {
                sum += share;
                common.push(Common { word, until: sum });
            }
        }
        common.iter_mut().for_each(|word| word.until *= (1.0 - NAMED) / sum);
        Words { common }
    }

    /// The next word of a text.
    pub fn next(&self, rng: &mut Rng) -> String {
        let at = rng.f64();
        match self.common.get(self.common.partition_point(|word| word.until <= at)) {
            Some(common) => common.word.to_owned(),
            // Zipf's law with the exponent 1: the logarithm of a rank is as likely as any other.
            None => name(NAMES.powf(rng.f64()) as usize),
        }
    }
}

/// The name with this number, one for each up to 16 million.
pub fn name(number: usize) -> String {
    // An odd factor leaves no two numbers the same, and those next to each other far apart.
    let mut left = number.wrapping_mul(0x9e_3779) % (1 << 24);
    let mut name = String::new();
    for _ in 0..4 {
        name.push_str(SYLLABLES[left % 64]);
        left /= 64;
    }
    name
}
