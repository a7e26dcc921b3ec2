//! Detection of questions about the author of a text, in the languages of the interface. Pure.
//!
//! Such a question is about an article itself, so that it never follows up a previous question.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::stopwords;
use crate::index::analyzer::{self, Word};
use crate::index::language::Language;

type Set = LazyLock<HashSet<String>>;

/// Languages of the questions, whatever the language of the articles.
static LANGUAGES: LazyLock<Vec<Language>> =
    LazyLock::new(|| ["en", "ru", "fa", "ar", "de", "fr", "es"].map(Language::of_code).into());

/// Nouns for an author.
static AUTHORS: Set = LazyLock::new(|| {
    folded(
        "author authors byline writer writers автор авторы автора авторов \
         نویسنده نویسندگان نویسنده‌اش مؤلف مؤلفان كاتب الكاتب كاتبة الكاتبة مؤلف المؤلف \
         المؤلفون المؤلفين autor autorin autoren autorinnen verfasser verfasserin auteur auteure \
         auteurs autrice autrices autora autores autoras",
    )
});
/// Verbs for writing.
static WROTE: Set = LazyLock::new(|| {
    folded(
        "wrote written написал написала написали نوشت نوشته نوشتند نوشته‌اند كتب كتبت كتبه كتبها \
         geschrieben schrieb schrieben verfasst verfasste écrit écrite rédigé escribió escribieron \
         escrito escribe",
    )
});
/// Interrogatives that ask for a person.
static WHO: Set = LazyLock::new(|| {
    folded("who whom whose кто кем کی کسی کسانی کیست من wer wem qui quién quiénes")
});
/// Interrogatives that ask for something else.
static OTHER_INTERROGATIVES: Set = LazyLock::new(|| {
    folded(
        "what which when where why how что когда где почему как какой какая какие چرا کجا چگونه چه \
         کدام ما ماذا أي هل لماذا متى أين كيف was welche welcher welches wann wo warum wie quoi \
         quel quelle que quand où pourquoi comment qué cuál cuándo dónde por cómo",
    )
});
/// Nouns for a name, as in "the author's name".
static NAMES: Set =
    LazyLock::new(|| folded("name names имя имена نام اسم name namen nom noms nombre nombres"));
/// Nouns for a text.
static TEXTS: Set = LazyLock::new(|| {
    folded(
        "article articles text texts piece story essay report post page paper статья статьи \
         статью статей текст текста مقاله مقالهٔ متن المقال المقالة المقالات النص artikel artikels \
         text beitrag texte artículo artículos texto",
    )
});

/// Returns whether a question asks for an author.
pub fn asks_for_author(words: &[Word]) -> bool {
    let has = |set: &Set| words.iter().any(|word| set.contains(&word.folded));
    match has(&AUTHORS) {
        true => has(&WHO) || has(&NAMES) || !has(&OTHER_INTERROGATIVES),
        false => has(&WHO) && has(&WROTE),
    }
}

/// Returns whether a text mentions writing or an author, as a sentence about authorship must.
pub fn states_author(words: &[Word]) -> bool {
    words.iter().any(|word| [&AUTHORS, &WROTE].iter().any(|set| set.contains(&word.folded)))
}

/// Returns the folded words that name the text whose author is asked for.
///
/// "Who wrote this?" has none.
pub fn subject_words(words: &[Word]) -> Vec<&str> {
    let is_question_part = |folded: &str| {
        [&AUTHORS, &WROTE, &WHO, &NAMES, &TEXTS].iter().any(|set| set.contains(folded))
    };
    let folded = words.iter().map(|word| word.folded.as_str());
    folded
        .filter(|word| !is_question_part(word) && !stopwords::is_stopword(word, &LANGUAGES))
        .collect()
}

/// Returns whether a folded word is a noun for a text. "This article" is not an anaphora.
pub fn is_text_noun(folded: &str) -> bool {
    TEXTS.contains(folded)
}

fn folded(list: &str) -> HashSet<String> {
    analyzer::words(list).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorship_questions_are_detected_in_all_languages() {
        for question in [
            "Who wrote this?",
            "who is the author",
            "who are the authors of this article?",
            "author",
            "What is the author's name?",
            "By whom was this written?",
            "tell me about the author",
            "Кто это написал?",
            "Кто авторы статьи?",
            "چه کسی این را نوشته است؟",
            "نویسنده کیست؟",
            "من كتب هذا المقال؟",
            "من هو الكاتب؟",
            "Wer hat das geschrieben?",
            "Wer ist der Autor?",
            "Qui a écrit cet article ?",
            "Qui est l’auteur ?",
            "¿Quién escribió esto?",
            "¿Quiénes son los autores?",
        ] {
            assert!(asks_for_author(&analyzer::words(question)), "{question}");
        }
        for other in [
            "Who leads ISKP?",
            "When was the treaty written?",
            "What does the author say about Iran?",
            "Why did the authors leave?",
            "written law",
            "Who said this?",
            "",
        ] {
            assert!(!asks_for_author(&analyzer::words(other)), "{other}");
        }
    }
}
