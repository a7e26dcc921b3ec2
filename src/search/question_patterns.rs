//! Questions in Chinese, Japanese and Thai: the parts that ask, which are no search words. Pure.
//!
//! These scripts have no spaces, so that a question word is cut into n-grams with its neighbours.

use crate::index::analyzer::Word;
use crate::index::script;

/// Parts that ask.
const PATTERNS: &str = "\
    とは何でしょうか とは何ですか とは何か とはなんですか とは何 とはどういう意味ですか とは誰ですか とは \
    について教えてください について教えて について説明して について知りたい について \
    を教えてください を教えて は何ですか はなんですか は何か は誰ですか は誰 はどこですか はどこ \
    はいつですか はいつ はどう はなぜ の使い方 のやり方 の方法 の意味 何ですか ですか でしょうか \
    ますか ましたか どうやって どのように どうすれば なぜ いつ どこ だれ 誰が 誰 どんな どの いくつ \
    いくら 何が 何を 何 \
    是什么意思 是什么时候 是什么 什么是 什么时候 什么地方 什么叫 为什么 怎么样 怎么办 怎么 怎样 如何 \
    请问 请介绍一下 介绍一下 告诉我 请告诉我 有哪些 有什么 哪些 哪里 哪个 哪儿 哪年 多少 几个 是谁 谁是 \
    由谁 谁 什么 吗 呢 是不是 有没有 能不能 可以 关于 \
    是什麼意思 是什麼 什麼是 什麼時候 為什麼 為何 怎麼樣 怎麼 請問 請介紹 哪裡 多少 是誰 誰是 由誰 誰 什麼 嗎 關於 \
    คืออะไร อะไรคือ คือใคร ใครคือ ทำไม อย่างไร ยังไง เมื่อไหร่ เมื่อไร ที่ไหน เท่าไหร่ เท่าไร \
    กี่ ใคร อะไร ไหม หรือไม่ คืออะไรบ้าง";

/// Removes the n-grams that have a letter of a part that asks, unless no other word is left.
pub fn without_patterns(question: &str, words: Vec<Word>) -> Vec<Word> {
    if !words.iter().any(|word| script::ngram_size(&word.folded).is_some()) {
        return words;
    }
    let is_asking = asking_bytes(question);
    let asks = |word: &Word| {
        script::ngram_size(&word.folded).is_some()
            && is_asking[word.range.clone()].iter().any(|is_asking| *is_asking)
    };
    let left: Vec<_> = words.iter().filter(|word| !asks(word)).cloned().collect();
    if left.is_empty() { words } else { left }
}

/// Returns for each byte of a question whether it belongs to a part that asks.
fn asking_bytes(question: &str) -> Vec<bool> {
    let mut is_asking = vec![false; question.len()];
    for pattern in PATTERNS.split_whitespace() {
        for (start, part) in question.match_indices(pattern) {
            is_asking[start..start + part.len()].fill(true);
        }
    }
    is_asking
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analyzer;

    #[test]
    fn question_patterns_are_no_search_words() {
        let check = |question: &str, expected: &[&str]| {
            let left = without_patterns(question, analyzer::words(question));
            let left: Vec<_> = left.into_iter().map(|word| word.folded).collect();
            assert_eq!(left, expected, "{question}");
        };
        check("useBuoyとは何ですか？", &["usebuoy"]);
        check("useMemoの使い方", &["usememo"]);
        check("什么是浮标？", &["浮标"]);
        check("新港由谁管理？", &["新港", "管理"]);
        check("灯台はいつ建てられましたか", &["灯台", "建て", "てら", "られ"]);
        check("何ですか", &["何て", "てす", "すか"]);
        check("what is it", &["what", "is", "it"]);
    }
}
