//! Articles that are added and removed while the bot runs: as files, and as uploads of the
//! operator.

use std::fs;

use insta::assert_snapshot;

use crate::tester::Bot;

const DIKES: &str = "---\ntitle: Dikes\nauthors: Bo\n---\n\nA dike keeps the sea from the polder.\n\n## Sheep\n\nSheep graze there.\n";

#[tokio::test(flavor = "multi_thread")]
async fn corpus_changes_are_answered_without_a_restart() {
    let bot = Bot::start().without_reader_limits().await;
    assert_snapshot!(bot.private().send("polder").await, @"
    (reply to “polder”)
    I found nothing about “polder” in the article.
    [Contents]
    ");
    bot.add_article("dikes.md", DIKES).await;
    assert_snapshot!(bot.private().send("polder").await, @"
    (reply to “polder”)
    > A dike keeps the sea from the polder.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
    bot.add_article("dikes.md", &DIKES.replace("the polder", "the lowland")).await;
    assert_snapshot!(bot.private().send("lowland").await, @"
    (reply to “lowland”)
    > A dike keeps the sea from the lowland.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
    bot.remove_article("dikes.md").await;
    assert_snapshot!(bot.private().send("lowland").await, @"
    (reply to “lowland”)
    I found nothing about “lowland” in the article.
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn corpus_problem_is_reported_to_the_admins_once() {
    let bot = Bot::start().with_admin().await;
    bot.private().send("/help").await;
    bot.write("tides.md", "a\0b");
    assert_snapshot!(bot.without_path(&bot.next_message().await), @"
    The file of an article now has a problem. The article remains as it was before.

    corpus/tides.md: it is not a text
    hint: save it as text in UTF-8
    ");
    bot.write("new.md", "a\0b");
    assert_snapshot!(bot.without_path(&bot.next_message().await), @"
    A file was skipped because it cannot become an article.

    corpus/new.md: it is not a text
    hint: save it as text in UTF-8
    ");
    // The article stays as it was.
    assert_snapshot!(bot.private().send("when is a neap tide?").await, @"
    (reply to “when is a neap tide?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_is_shown_first_and_can_be_cancelled() {
    let bot = Bot::start().with_admin().await;
    let preview = bot.private().send_file("../../etc/dikes.md", DIKES.as_bytes()).await;
    assert_snapshot!(preview, @"
    (reply to “../../etc/dikes.md”)
    dikes.md would become:

    Dikes
    by Bo
    Sections: 2. Paragraphs: 2.

    • Opening
    • Sheep
    [Add it] [Cancel]
    ");
    assert_snapshot!(bot.press(&preview, "Cancel").await, @"
    (edit)
    Nothing was changed.
    ");
    bot.click_data(&preview, preview.data("Add it"));
    assert_snapshot!(bot.next_message().await, @"
    (edit)
    This file is no longer available. Please send it again.
    ");
    assert_eq!(files_in_corpus(&bot), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_of_a_name_that_was_taken_since_asks_again() {
    let bot = Bot::start().with_admin().await;
    let marsh = DIKES.replace("polder", "marsh");
    let first = bot.private().send_file("two.md", marsh.as_bytes()).await;
    let fen = DIKES.replace("polder", "fen");
    let second = bot.private().send_file("two.md", fen.as_bytes()).await;
    bot.press(&first, "Add it").await;
    bot.click(&first, "Add it");
    let asked = bot.press(&second, "Add it").await;
    assert_snapshot!(asked, @"
    (edit)
    two.md would become:

    Dikes
    by Bo
    Sections: 2. Paragraphs: 2.

    • Opening
    • Sheep

    It would replace the existing article “two.md”.
    [Replace it] [Cancel]
    ");
    assert_snapshot!(bot.press(&asked, "Cancel").await, @"
    (edit)
    Nothing was changed.
    ");
    let text = fs::read_to_string(bot.corpus().join("two.md")).expect("it was added");
    assert_eq!(text, marsh);
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_is_added_and_replaced() {
    let bot = Bot::start().with_admin().await;
    let preview = bot.private().send_file("../../etc/dikes.md", DIKES.as_bytes()).await;
    let added = bot.changing_corpus(async || bot.press(&preview, "Add it").await).await;
    assert_snapshot!(added, @"
    (edit)
    dikes.md has been added. You can ask about it in a moment.
    ");
    let file = bot.corpus().join("dikes.md");
    assert_eq!(fs::read_to_string(file).expect("it was added"), DIKES);
    assert_snapshot!(bot.private().send("polder").await, @"
    (reply to “polder”)
    > A dike keeps the sea from the polder.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");

    let lowland = DIKES.replace("the polder", "the lowland");
    let preview = bot.private().send_file("dikes.md", lowland.as_bytes()).await;
    assert_snapshot!(preview, @"
    (reply to “dikes.md”)
    dikes.md would become:

    Dikes
    by Bo
    Sections: 2. Paragraphs: 2.

    • Opening
    • Sheep

    It would replace the existing article “Dikes”.
    [Replace it] [Cancel]
    ");
    let replaced = bot.changing_corpus(async || bot.press(&preview, "Replace it").await).await;
    assert_snapshot!(replaced, @"
    (edit)
    dikes.md has been added. You can ask about it in a moment.
    ");
    assert_snapshot!(bot.private().send("lowland").await, @"
    (reply to “lowland”)
    > A dike keeps the sea from the lowland.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn remove_takes_an_article_out_and_sends_its_file_back() {
    let bot = Bot::start().with_admin().article("dikes.md", DIKES).await;
    assert_snapshot!(bot.private().send("polder").await, @"
    (reply to “polder”)
    > A dike keeps the sea from the polder.
    Opening · Dikes
    [Context] [Read] [⋯]
    ");
    let choice = bot.private().send("/remove").await;
    assert_snapshot!(choice, @"
    (reply to “/remove”)
    Which article should be removed?
    [Dikes]
    [Tides & <Times>]
    ");
    let question = bot.press(&choice, "Dikes").await;
    assert_snapshot!(question, @"
    (edit)
    Remove “Dikes” (dikes.md) from the corpus?
    [Remove] [Cancel]
    ");
    let removed = bot.changing_corpus(async || bot.press(&question, "Remove").await).await;
    assert_snapshot!(removed, @"
    (edit)
    “Dikes” has been removed. Its file is here in the chat; send it to me to restore the article.
    ");
    assert!(bot.documents()[0].contains("A dike keeps the sea from the polder."));
    assert!(!bot.corpus().join("dikes.md").exists());
    assert_snapshot!(bot.private().send("polder").await, @"
    (reply to “polder”)
    I found nothing about “polder” in the article.
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn remove_keeps_the_only_article() {
    let bot = Bot::start().with_admin().await;
    let choice = bot.private().send("/remove").await;
    let question = bot.press(&choice, "Tides & <Times>").await;
    assert_snapshot!(bot.press(&question, "Remove").await, @"
    (edit)
    This is the only article, and I need at least one.
    ");
    assert!(bot.corpus().join("tides.md").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_that_cannot_become_an_article_is_refused_with_the_reason() {
    let bot = Bot::start().with_admin().await;
    let send = async |name: &str, content: &[u8]| bot.private().send_file(name, content).await;
    assert_snapshot!(send("notes.pdf", b"%PDF").await, @"
    (reply to “notes.pdf”)
    notes.pdf cannot become an article:

    notes.pdf: it is a text, and its name is not that of an article
    hint: give it the extension `.md` or `.txt` if it is one
    ");
    assert_snapshot!(send("..", b"x").await, @"
    (reply to “..”)
    .. cannot become an article:

    ..: it is a text, and its name is not that of an article
    hint: give it the extension `.md` or `.txt` if it is one
    ");
    assert_snapshot!(send("binary.md", b"a\0b").await, @"
    (reply to “binary.md”)
    binary.md cannot become an article:

    binary.md: it is not a text
    hint: save it as text in UTF-8
    ");
    assert_snapshot!(send("readme.md", b"Some text.\n").await, @"
    (reply to “readme.md”)
    readme.md cannot become an article:

    readme.md: it would be left out by the default pattern `README{,[-_.]*}.*`
    hint: give it another name
    ");
    assert_snapshot!(send("tides.txt", b"Tides\n\nOther tides.\n").await, @"
    (reply to “tides.txt”)
    tides.txt cannot become an article:

    tides.txt: it has the same id as tides.md
    hint: give it another name, or remove that one first
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_and_remove_are_for_the_operator_only() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.private().send_file("dikes.md", DIKES.as_bytes()).await, @"
    (reply to “dikes.md”)
    I can only read text. Please type your question.
    ");
    let refused = bot.private().send("/remove").await;
    assert_snapshot!(refused, @"
    (reply to “/remove”)
    Only my operator can do that.
    ");
    for data in ["u+1", "r0", "r!AAAAAAAAAAA"] {
        bot.click_data(&refused, data);
    }
    bot.private().stays_silent().await;
    assert_eq!(files_in_corpus(&bot), 1);
}

fn files_in_corpus(bot: &Bot) -> usize {
    fs::read_dir(bot.corpus()).expect("it was made").count()
}
