//! Whether a question asks who wrote the text, in the languages that the bot speaks. Pure.
//!
//! Such a question is about the article itself: it is complete without a question before it.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::stopwords;
use crate::index::analyzer::{self, Language, Word};

type Set = LazyLock<HashSet<String>>;

/// A question may be asked in any of these, whatever the articles are written in.
static LANGUAGES: LazyLock<Vec<Language>> =
    LazyLock::new(|| ["en", "ru", "fa", "ar", "de", "fr", "es"].map(Language::of_code).into());

/// Those who write.
static AUTHORS: Set = LazyLock::new(|| {
    folded(
        "author authors byline writer writers автор авторы автора авторов \
         نویسنده نویسندگان نویسنده‌اش مؤلف مؤلفان كاتب الكاتب كاتبة الكاتبة مؤلف المؤلف \
         المؤلفون المؤلفين autor autorin autoren autorinnen verfasser verfasserin auteur auteure \
         auteurs autrice autrices autora autores autoras",
    )
});
/// What they have done.
static WROTE: Set = LazyLock::new(|| {
    folded(
        "wrote written написал написала написали نوشت نوشته نوشتند نوشته‌اند كتب كتبت كتبه كتبها \
         geschrieben schrieb schrieben verfasst verfasste écrit écrite rédigé escribió escribieron \
         escrito escribe",
    )
});
/// Who asks for a person.
static WHO: Set = LazyLock::new(|| {
    folded("who whom whose кто кем کی کسی کسانی کیست من wer wem qui quién quiénes")
});
/// Who asks for something else, where no person is asked for.
static OTHERWISE: Set = LazyLock::new(|| {
    folded(
        "what which when where why how что когда где почему как какой какая какие چرا کجا چگونه چه \
         کدام ما ماذا أي هل لماذا متى أين كيف was welche welcher welches wann wo warum wie quoi \
         quel quelle que quand où pourquoi comment qué cuál cuándo dónde por cómo",
    )
});
static NAMES: Set =
    LazyLock::new(|| folded("name names имя имена نام اسم name namen nom noms nombre nombres"));
/// What a reader calls the text itself.
static TEXTS: Set = LazyLock::new(|| {
    folded(
        "article articles text texts piece story essay report post page paper статья статьи статью \
         статей текст текста مقاله مقالهٔ متن المقال المقالة المقالات النص artikel artikels text beitrag \
         texte artículo artículos texto",
    )
});

/// Whether these words ask for an author.
pub fn asks(words: &[Word]) -> bool {
    let has = |set: &Set| words.iter().any(|word| set.contains(&word.folded));
    match has(&AUTHORS) {
        true => has(&WHO) || has(&NAMES) || !has(&OTHERWISE),
        false => has(&WHO) && has(&WROTE),
    }
}

/// Whether a text of these words speaks of writing, as an answer to such a question must.
pub fn states_author(words: &[Word]) -> bool {
    words.iter().any(|word| [&AUTHORS, &WROTE].iter().any(|set| set.contains(&word.folded)))
}

/// The words, folded, that say whose author is asked for; none in "who wrote this?".
pub fn subject(words: &[Word]) -> Vec<&str> {
    let is_asking = |folded: &str| {
        [&AUTHORS, &WROTE, &WHO, &NAMES, &TEXTS].iter().any(|set| set.contains(folded))
    };
    let folded = words.iter().map(|word| word.folded.as_str());
    folded.filter(|word| !is_asking(word) && !stopwords::is_stopword(word, &LANGUAGES)).collect()
}

/// Whether a folded word is a name for the text itself: "this article" points nowhere else.
pub fn names_text(folded: &str) -> bool {
    TEXTS.contains(folded)
}

fn folded(list: &str) -> HashSet<String> {
    analyzer::words(list).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_it_is_asked_in_many_ways() {
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
            assert!(asks(&analyzer::words(question)), "{question}");
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
            assert!(!asks(&analyzer::words(other)), "{other}");
        }
    }
}
