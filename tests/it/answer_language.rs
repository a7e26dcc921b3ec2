//! Questions and watches in another language than the articles, without a sentence model.

use std::fs;

use insta::assert_snapshot;
use tempfile::TempDir;
use verbatim::answer::Answer;
use verbatim::index::no_progress;
use verbatim::library::{Library, Unmatchable};

use crate::cli::{err, out, run};
use crate::tester::Bot;

const RIVER: &str = "---\ntitle: River\nlanguage: en\n---\n\n\
    The Helmand River flows from Afghanistan to Iran. The treaty of 1973 shares its water.\n\n\
    Farmers grow poppies in the south, and the drought is severe this year.\n";

/// Returns a folder with articles, each a file name and its text.
fn folder(articles: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir(folder.path().join("corpus")).expect("a new directory");
    for (file, text) in articles {
        fs::write(folder.path().join("corpus").join(file), text).expect("a new file");
    }
    folder
}

fn open(folder: &TempDir) -> Library {
    let corpus = folder.path().join("corpus");
    Library::open(&corpus, &folder.path().join("data"), no_progress).expect("a corpus")
}

#[test]
fn refusal_names_only_names_and_numbers_of_a_question_in_another_language() {
    let folder = folder(&[("river.md", RIVER)]);
    let library = open(&folder);
    let refusal =
        |question: &str| match library.all().ask(question, None).expect("the index is whole") {
            Answer::NothingFound(nothing) => {
                let language =
                    nothing.languages.map(|languages| languages.question.code().to_owned());
                format!("{} [{}]", language.as_deref().unwrap_or("-"), nothing.missing.join(", "))
            }
            Answer::Found(found) => {
                let articles = found.languages.into_iter().flat_map(|languages| languages.articles);
                let codes: Vec<_> = articles.map(|language| language.code().to_owned()).collect();
                format!("a quote in {}", codes.join(" ")).trim_end().to_owned()
            }
            other => format!("{other:?}"),
        };
    let questions = [
        "Who bakes the sourdough bread?",
        "Где находится самая большая пекарня?",
        "Кто такой Ахмад Масуд?",
        "Сколько хлеба съели в 2024 году?",
        "چه کسی نان می‌پزد و چرا؟",
        "بزرگترین نانوایی کجاست؟",
        "من الذي يخبز الخبز في المدينة؟",
        "أين تقع أكبر مخبزة؟",
        "Wo ist die größte Bäckerei und wer backt das Brot?",
        "Warum gibt es 2024 kein Brot mehr?",
        "Où est la plus grande boulangerie de Kaboul ?",
        "Qui fait le pain et pourquoi ?",
        "¿Dónde está la panadería más grande de Kabul?",
        "¿Por qué no hay pan en las tiendas?",
        "En büyük fırın nerede ve ekmeği kim pişiriyor?",
        "Dov'è il forno più grande e chi fa il pane?",
        "Πού είναι ο μεγαλύτερος φούρνος;",
        "सबसे बड़ी बेकरी कहाँ है?",
        "最大的面包店在哪里？",
        "Wo Brot?",
        "Qui pain?",
        "река Гильменд",
        "Wem gehört das Wasser des Helmand?",
        "Кому принадлежит вода Helmand?",
    ];
    let refusals: Vec<_> =
        questions.iter().map(|question| format!("{question} => {}", refusal(question))).collect();
    assert_snapshot!(refusals.join("\n"), @"
    Who bakes the sourdough bread? => - [bakes, sourdough, bread]
    Где находится самая большая пекарня? => ru []
    Кто такой Ахмад Масуд? => ru [Ахмад, Масуд]
    Сколько хлеба съели в 2024 году? => ru [2024]
    چه کسی نان می‌پزد و چرا؟ => fa []
    بزرگترین نانوایی کجاست؟ => fa []
    من الذي يخبز الخبز في المدينة؟ => ar []
    أين تقع أكبر مخبزة؟ => ar []
    Wo ist die größte Bäckerei und wer backt das Brot? => de []
    Warum gibt es 2024 kein Brot mehr? => de [2024]
    Où est la plus grande boulangerie de Kaboul ? => fr [Kaboul]
    Qui fait le pain et pourquoi ? => fr []
    ¿Dónde está la panadería más grande de Kabul? => es [Kabul]
    ¿Por qué no hay pan en las tiendas? => es []
    En büyük fırın nerede ve ekmeği kim pişiriyor? => tr []
    Dov'è il forno più grande e chi fa il pane? => it []
    Πού είναι ο μεγαλύτερος φούρνος; => el []
    सबसे बड़ी बेकरी कहाँ है? => hi []
    最大的面包店在哪里？ => zh []
    Wo Brot? => - [Brot]
    Qui pain? => - [pain]
    река Гильменд => a quote in
    Wem gehört das Wasser des Helmand? => a quote in en
    Кому принадлежит вода Helmand? => a quote in en
    ");
}

#[test]
fn names_in_other_scripts_find_their_latin_spellings() {
    let folder = folder(&[("river.md", RIVER)]);
    let library = open(&folder);
    let quote = |question: &str| match library.all().ask(question, None).expect("it is whole") {
        Answer::Found(found) => Some(found.excerpts[0].quote().to_owned()),
        _ => None,
    };
    for question in [
        "Откуда течёт Гильменд?",
        "Что такое Хельманд?",
        "هلمند چیست؟",
        "ما هو نهر هلمند؟",
        "Τι είναι ο Χελμάντ;",
        "हेलमंद क्या है?",
        "מה זה הלמנד?",
    ] {
        let quote = quote(question).unwrap_or_default();
        assert!(quote.starts_with("The Helmand River flows"), "{question}: {quote}");
    }
    for question in ["Что такое Халман?", "هامون چیست؟", "Τι είναι ο Χόλμαν;"]
    {
        assert_eq!(quote(question), None, "{question}");
    }
}

#[test]
fn only_names_are_corrected_in_a_question_in_another_language() {
    let folder = folder(&[("river.md", RIVER)]);
    let library = open(&folder);
    let corrected = |question: &str| match library.all().ask(question, None).expect("it is whole") {
        Answer::Found(found) => found.corrected,
        Answer::NothingFound(nothing) => nothing.corrected,
        other => panic!("{other:?}"),
    };
    let used = |question: &str| -> Vec<_> {
        corrected(question).into_iter().map(|one| one.used).collect()
    };
    assert_eq!(used("Qui est le farmeur de la vallée du Helmandd ?"), ["Helmand"]);
    assert_eq!(used("Who is the farmeer of the Helmandd?"), ["farmer", "Helmand"]);
}

#[test]
fn watch_is_refused_only_for_words_that_no_article_can_have() {
    let folder = folder(&[("river.md", RIVER)]);
    let library = open(&folder);
    let watched = |words: &str| match library.all().unmatchable(words).expect("the index is whole")
    {
        None => "watched",
        Some(Unmatchable::NoContent) => "no content",
        Some(Unmatchable::OtherLanguage { .. }) => "other language",
        Some(Unmatchable::Filter(_)) => "filter",
    };
    let topics = [
        "water treaty",
        "sourdough",
        "Kabul",
        "1974",
        "war",
        "drought 2030",
        "sécheresse",
        "Hochwasser",
        "UN",
        "C++",
        "the of",
        "what is it",
        "и в на",
        "und",
        "der die das",
        "qui",
        "از به",
        "???",
        "من في",
        "le la les",
        "договор о воде",
        "Гильменд",
        "معاهده آب",
        "معاهدة المياه",
        "συνθήκη για το νερό",
        "水条约",
        "नदी",
        "agua para los ríos",
        "договор 1973",
        "договор Helmand",
        "Wasser für den Iran",
        "traité sur l'eau des rivières",
    ];
    let watched: Vec<_> =
        topics.iter().map(|topic| format!("{topic} => {}", watched(topic))).collect();
    assert_snapshot!(watched.join("\n"), @"
    water treaty => watched
    sourdough => watched
    Kabul => watched
    1974 => watched
    war => watched
    drought 2030 => watched
    sécheresse => watched
    Hochwasser => watched
    UN => watched
    C++ => watched
    the of => no content
    what is it => no content
    и в на => no content
    und => no content
    der die das => no content
    qui => no content
    از به => no content
    ??? => no content
    من في => no content
    le la les => no content
    договор о воде => other language
    Гильменд => watched
    معاهده آب => other language
    معاهدة المياه => other language
    συνθήκη για το νερό => other language
    水条约 => other language
    नदी => other language
    agua para los ríos => other language
    договор 1973 => watched
    договор Helmand => watched
    Wasser für den Iran => watched
    traité sur l'eau des rivières => other language
    ");
}

#[test]
fn watch_of_another_script_is_allowed_if_an_article_is_in_it() {
    let russian = "---\ntitle: Река\nlanguage: ru\n---\n\nРека течёт из Афганистана в Иран.\n";
    let folder = folder(&[("river.md", RIVER), ("река.md", russian)]);
    let library = open(&folder);
    let is_watched =
        |words: &str| library.all().unmatchable(words).expect("the index is whole").is_none();
    assert!(is_watched("договор о воде") && is_watched("хлеб") && is_watched("sourdough"));
    assert!(!is_watched("معاهده آب") && !is_watched("agua para los ríos"));
}

#[tokio::test(flavor = "multi_thread")]
async fn language_hint_is_given_once_in_a_chat() {
    let mut bot = Bot::start().article("river.md", RIVER).without_reader_limits().await;
    let asked = bot.private().post("Wer backt das Brot und wo?");
    assert_snapshot!(bot.reply_to(asked).await, @"
    (reply to “Wer backt das Brot und wo?”)
    I found nothing in the articles that answers this.

    Die Artikel sind auf Englisch; am besten finde ich Namen, so geschrieben wie in den Artikeln.

    Zum Beispiel:
    [What does the article say about Helmand River?]
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [Contents]
    ");
    assert_snapshot!(bot.private().send("Warum gibt es dort kein Brot?").await, @"
    (reply to “Warum gibt es dort kein Brot?”)
    I found nothing in the articles that answers this.
    [Contents]
    ");
    // An edited question keeps the hint, which is now in the new language.
    bot.private().edit(asked, "Qui fait le pain et pourquoi ?");
    assert_snapshot!(bot.next_message().await, @"
    (edit)
    I found nothing in the articles that answers this.

    Les articles sont en anglais ; les noms propres, écrits comme dans les articles, donnent les meilleurs résultats.

    Par exemple :
    [What does the article say about Helmand River?]
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [Contents]
    ");
    assert_snapshot!(bot.group().send("/ask ¿Por qué no hay pan en las tiendas?").await, @"
    (group, reply to “/ask ¿Por qué no hay pan en las tiendas?”, quoting “¿Por qué no hay pan en las tiendas?”)
    I found nothing in the articles that answers this.

    Los artículos están en inglés; lo que mejor funciona son los nombres propios, escritos como en los artículos.

    Por ejemplo:
    [What does the article say about Helmand River?]
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [Contents]
    ");
    assert_snapshot!(bot.private().send("/brief Wer backt das Brot und wo?").await, @"
    (reply to “/brief Wer backt das Brot und wo?”)
    I found nothing in the articles that answers this.
    [Contents]
    ");
    bot.restart().await;
    assert_snapshot!(bot.private().language("de").send("Кто печёт хлеб и где?").await, @"
    (reply to “Кто печёт хлеб и где?”)
    Ich habe in den Artikeln nichts gefunden, was das beantwortet.

    Статьи на английском; лучше всего искать имена и названия, как они пишутся в статьях.

    Например:
    [What does the article say about Helmand River?]
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [Inhalt]
    ");
    assert_snapshot!(bot.private_of(7).send("En büyük fırın nerede ve ekmeği kim pişiriyor?").await, @"
    (chat 7, reply to “En büyük fırın nerede ve ekmeği kim pişiriyor?”)
    I found nothing in the articles that answers this.

    The articles are in English; names work best, spelled as in the articles.

    Try one of these:
    [What does the article say about Helmand River?]
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn quote_of_another_language_is_named_in_the_language_of_the_question() {
    let bot = Bot::start().article("river.md", RIVER).without_reader_limits().await;
    assert_snapshot!(bot.private().send("Wem gehört das Wasser des Helmand?").await, @"
    (reply to “Wem gehört das Wasser des Helmand?”)
    > The Helmand River flows from Afghanistan to Iran. The treaty of 1973 shares its water.
    Opening · River
    Die Zitate sind auf Englisch.
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().send("Helmand").await, @"
    (reply to “Helmand”)
    > The Helmand River flows from Afghanistan to Iran. The treaty of 1973 shares its water.
    Opening · River
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().send("Who shares the Helmand?").await, @"
    (reply to “Who shares the Helmand?”)
    > The Helmand River flows from Afghanistan to Iran. The treaty of 1973 shares its water.
    Opening · River
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_that_can_never_match_says_why() {
    let bot = Bot::start().article("river.md", RIVER).without_reader_limits().await;
    assert_snapshot!(bot.private().send("/watch договор о воде").await, @"
    (reply to “/watch договор о воде”)
    No article can match these words, because the articles are in English. Send names, spelled as in the articles.
    ");
    assert_snapshot!(bot.private().language("ru").send("/watch договор о воде").await, @"
    (reply to “/watch договор о воде”)
    Эти слова не встретятся ни в одной статье: статьи на английском. Напишите имена или названия, как они пишутся в статьях.
    ");
    assert_snapshot!(bot.private().language("de").send("/watch und wo").await, @"
    (reply to “/watch und wo”)
    Diese Wörter sagen nichts, worauf ich achten könnte. Schreiben Sie Namen oder andere Wörter, wie sie in den Artikeln stehen.
    ");
    assert_snapshot!(bot.private().send("/watch sourdough").await, @"
    (reply to “/watch sourdough”)
    Done. When a new article answers this, I will quote it here:

    Watched topics:
    1. sourdough
    [Stop]
    ");
}

#[test]
fn chat_names_the_language_of_the_articles_and_the_missing_model_once() {
    let folder = folder(&[("river.md", RIVER)]);
    let lines =
        "Wer backt das Brot und wo?\nWarum gibt es dort kein Brot?\nHelmand und die Iraner\n";
    let output = run(&folder, &["chat"], &[], lines.as_bytes());
    let printed = out(&output);
    let (_, said) = printed.split_once('\n').expect("the help is the first line");
    assert_snapshot!(said, @"
    I found nothing in the article that answers this.
    Die Artikel sind auf Englisch; am besten finde ich Namen, so geschrieben wie in
    den Artikeln.
    `sections` lists the articles and their sections.
    I found nothing in the article that answers this.
    `sections` lists the articles and their sections.
      The Helmand River flows from Afghanistan to Iran. The treaty of 1973 shares
      its water.
      — Opening · River
        corpus/river.md
      [1: read the section]

    Die Zitate sind auf Englisch.
    ");
    assert_snapshot!(err(&output), @"
    verbatim: answering by words alone, since no sentence model is installed; `verbatim model install` installs it
    ");
}
