//! Filters in questions, briefings, watches and inline queries: `in:`, `by:`, `tag:`, `after:`,
//! `before:`.

use insta::assert_snapshot;

use crate::tester::{Bot, Start};

const DIKES: &str = "---\ntitle: Dikes\nauthors: Ada Lovelace\ndate: 2025-03-01\ntags: [coast]\n---\n\n\
    A dike is built of clay. Floods are stopped by a dike.\n";
const RIVERS: &str = "---\ntitle: Rivers\nauthors: Ben Shore\ndate: 2026-02\ntags: [inland, Ice Age]\n---\n\n\
    Floods come in spring, when snow melts in the mountains.\n";
const DAMS: &str = "---\ntitle: Dams\nauthors: José Núñez\ndate: 2026-03-05\ntags: [coal]\n---\n\n\
    Floods turn the turbines of a dam. A dam makes electricity.\n";

/// Returns a bot with articles on floods in two folders.
fn floods() -> Start {
    let bot = Bot::start().clock("2026-06-01T07:00Z").without_reader_limits();
    bot.article("water/dikes.md", DIKES)
        .article("water/rivers.md", RIVERS)
        .article("topics/energy/dams.md", DAMS)
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_the_search_before_the_ranking() {
    let bot = floods().await;
    let check = async |question: &str, expected: &str| {
        let answer = bot.private().send(question).await.to_string();
        let found: Vec<_> = ["Dikes", "Rivers", "Dams", "Tides"]
            .into_iter()
            .filter(|title| answer.contains(&format!("· {title}")))
            .collect();
        assert_eq!(found.join(" "), expected, "{question}\n{answer}");
    };
    check("in:energy What do floods do?", "Dams").await;
    check("What do floods do in:topics/energy?", "Dams").await;
    check("What do floods do in:TOPICS?", "Dams").await;
    check("floods by:\"Ada Lovelace\"", "Dikes").await;
    check("floods by:lovelace", "Dikes").await;
    check("floods by:nunez", "Dams").await;
    check("floods tag:\"ice age\"", "Rivers").await;
    check("floods after:2026-03", "Dams").await;
    check("floods before:2026", "Dikes").await;
    check("floods after:2026-02 before:2026-03", "Rivers").await;
    check("floods in:water by:ben", "Rivers").await;
    check("floods tag:coal,inland before:2026-03", "Rivers").await;
    check("floods von:Shore", "Rivers").await;
    check("floods dans:energy", "Dams").await;
    check("floods автор:Núñez", "Dams").await;
    check("floods در:energy", "Dams").await;
    check("floods وسم:coast", "Dikes").await;
    check("floods etiqueta:coast", "Dikes").await;
    check("floods in：energy", "Dams").await;
    check("floods in: energy", "Dams").await;
    // The dam is not the best answer, but the only one that passes.
    check("When do floods come by:núñez?", "Dams").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_find_what_better_hits_elsewhere_would_hide() {
    let mut bot = floods();
    for number in 0..60 {
        let text = format!(
            "# Floods {number}\n\nFloods come. Floods go. Floods return in year {number}.\n"
        );
        bot = bot.article(&format!("many/floods-{number}.md"), &text);
    }
    let rare =
        "# Gardens\n\nGardens, meadows, orchards and old floods of the valley are painted here.\n";
    let bot = bot.article("rare/gardens.md", rare).await;
    let answer = bot.private().send("floods").await;
    assert!(!answer.text.contains("orchards"), "{answer}");
    let answer = bot.private().send("floods in:rare").await;
    assert!(answer.text.contains("orchards"), "{answer}");
    let offered = bot.inline("floods in:rare").await;
    assert_eq!(offered.posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_completed_corrected_and_named() {
    let bot = floods().await;
    assert_snapshot!(bot.private().send("floods in:ener").await, @"
    (reply to “floods in:ener”)
    Searched only in:topics/energy.
    > Floods turn the turbines of a dam. A dam makes electricity.
    Opening · Dams
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().send("floods in:enrgy tag:cosl").await, @"
    (reply to “floods in:enrgy tag:cosl”)
    Searched only in:topics/energy tag:coal.
    > Floods turn the turbines of a dam. A dam makes electricity.
    Opening · Dams
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().send("floods in:oil").await, @"
    (reply to “floods in:oil”)
    There is no folder “oil”. There are: water, topics, topics/energy.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("floods by:bob").await, @"
    (reply to “floods by:bob”)
    There is no author “bob”. There are: Ada, Ada Lovelace, Ben Shore, José Núñez.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("floods tag:xyz").await, @"
    (reply to “floods tag:xyz”)
    There is no tag “xyz”. There are: Ice Age, coal, coast, inland.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("floods after:lunch").await, @"
    (reply to “floods after:lunch”)
    “lunch” is not a clear date. Write it like 2026, 2026-01 or 2026-01-31.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("floods after:2027").await, @"
    (reply to “floods after:2027”)
    No article fits after:2027.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("floods in:water by:nunez").await, @r#"
    (reply to “floods in:water by:nunez”)
    No article fits in:water by:"José Núñez".
    [Contents]
    "#);
    assert_snapshot!(bot.private().send("sourdough bread in:water").await, @"
    (reply to “sourdough bread in:water”)
    Searched only in:water.
    I found nothing about “sourdough” or “bread” in the articles.
    [Contents]
    ");
    let russian = bot.private().language("ru");
    assert_snapshot!(russian.send("floods папка:нефть").await, @"
    (reply to “floods папка:нефть”)
    Папки «нефть» нет. Есть: water, topics, topics/energy.
    [Содержание]
    ");
    // Words with a colon that are no filters.
    let answer = bot.private().send("see https://example.org/in:oil about floods").await;
    assert!(!answer.text.contains("folder"), "{answer}");
    let answer = bot.private().send("What did they say in: floods come").await;
    assert!(!answer.text.contains("folder"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_alone_list_the_articles_newest_first() {
    let bot = floods().await;
    assert_snapshot!(bot.private().send("in:water").await, @"
    (reply to “in:water”)
    Articles: 2

    Rivers
    by Ben Shore
    2026-02

    Dikes
    by Ada Lovelace
    2025-03-01
    [Rivers]
    [Dikes]
    ");
    assert_snapshot!(bot.private().send("tag:coa").await, @"
    (reply to “tag:coa”)
    Searched only tag:coal tag:coast.
    Articles: 2

    Dams
    by José Núñez
    2026-03-05

    Dikes
    by Ada Lovelace
    2025-03-01
    [Dams]
    [Dikes]
    ");
    assert_snapshot!(bot.private().send("articles in:energy").await, @"
    (reply to “articles in:energy”)
    Articles: 1

    Dams
    by José Núñez
    2026-03-05
    [Dams]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_hold_for_follow_up_questions() {
    let bot = floods().await;
    let first = bot.private().send("When do floods come in:water?").await;
    let second = bot.private().reply_to(&first).send("And what stops them?").await;
    assert_snapshot!(second, @"
    (reply to “And what stops them?”)
    Searched only in:water.
    > A dike is built of clay. Floods are stopped by a dike.
    Opening · Dikes
    [More (1)] [Context] [Read] [⋯]
    ");
    let third = bot.private().reply_to(&second).send("and turbines?").await;
    assert_snapshot!(third, @"
    (reply to “and turbines?”)
    Searched only in:water.
    I found nothing about “turbines” in the articles.
    Closest sections:
    [Opening]
    [Opening]
    ");
    let other = bot.private().reply_to(&third).send("and in:energy turbines?").await;
    assert_snapshot!(other, @"
    (reply to “and in:energy turbines?”)
    > Floods turn the turbines of a dam. A dam makes electricity.
    Opening · Dams
    [Context] [Read] [⋯]
    ");
    // A complete question drops the filters.
    let new = bot.private().reply_to(&other).send("When does a neap tide happen?").await;
    assert!(new.text.contains("neap tide"), "{new}");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_briefings_and_watches() {
    let bot = floods().await;
    assert_snapshot!(bot.private().send("/brief in:energy").await, @"
    (reply to “/brief in:energy”)
    Dams
    by José Núñez
    2026-03-05
    > Floods turn the turbines of a dam.
    Opening
    [Contents] [Other articles]
    ");
    assert_snapshot!(bot.private().send("/brief floods in:water by:ada").await, @"
    (reply to “/brief floods in:water by:ada”)
    floods in:water by:ada

    Opening · Dikes
    > Floods are stopped by a dike.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("/brief in:oil").await, @"
    (reply to “/brief in:oil”)
    There is no folder “oil”. There are: water, topics, topics/energy.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("summary of floods in:energy").await, @"
    (reply to “summary of floods in:energy”)
    floods in:topics/energy

    Opening · Dams
    > Floods turn the turbines of a dam.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("/watch floods in:oil").await, @"
    (reply to “/watch floods in:oil”)
    There is no folder “oil”. There are: water, topics, topics/energy.
    ");
    assert_snapshot!(bot.private().send("/brief daily 08:30 UTC tag:xyz").await, @"
    (reply to “/brief daily 08:30 UTC tag:xyz”)
    There is no tag “xyz”. There are: Ice Age, coal, coast, inland.
    ");
    assert_snapshot!(bot.private().send("/watch floods in:energy").await, @"
    (reply to “/watch floods in:energy”)
    Done. When a new article answers this, I will quote it here:

    Watched topics:
    1. floods in:energy
    [Stop]
    ");
    bot.private().send("/watch in:energy").await;
    assert_snapshot!(bot.private().send("/brief daily 08:30 UTC in:energy").await, @"
    (reply to “/brief daily 08:30 UTC in:energy”)
    Done. I will send what is new:

    1. Every day at 08:30, UTC, about “in:energy”
    Next: 2026-06-01 08:30
    Not sent yet
    [Stop] [Without sound]
    [Send even without news]
    ");
    bot.private().send("/brief daily 08:31 UTC floods tag:coast").await;
    bot.add_article(
        "water/lakes.md",
        "---\ntitle: Lakes\ntags: [coast]\n---\n\nFloods fill a lake.\n",
    )
    .await;
    bot.add_article("topics/energy/oil.md", "# Oil\n\nFloods carry oil. Oil burns.\n").await;
    let mut hits = [bot.next_message().await.to_string(), bot.next_message().await.to_string()];
    hits.sort_unstable();
    assert_snapshot!(hits.join("\n\n"), @"
    New on “floods in:energy”:

    > Floods carry oil. Oil burns.
    Opening · Oil
    [Context] [Read] [⋯]

    New on “in:energy”:

    > Floods carry oil.
    Opening · Oil
    [Context] [Read] [⋯]
    ");
    bot.advance_to("2026-06-01T08:30Z").await;
    assert_snapshot!(bot.next_message().await, @"
    What is new · “in:energy”

    Oil · new
    > Floods carry oil.
    > Oil burns.
    [Oil]
    ");
    bot.advance_to("2026-06-01T08:31Z").await;
    assert_snapshot!(bot.next_message().await, @"
    What is new · “floods tag:coast”

    Lakes · new
    > Floods fill a lake.
    [Lakes]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_inline_queries() {
    let bot = floods().await;
    assert_snapshot!(bot.inline("in:energy floods").await, @"Opening: Floods turn the turbines of a dam. A dam makes electricity.");
    assert_snapshot!(bot.inline("floods in:wat").await, @"
    Opening: A dike is built of clay. Floods are stopped by a dike.
    Opening: Floods come in spring, when snow melts in the mountains.
    ");
    assert_snapshot!(bot.inline("in:energy").await, @"Opening: Dams");
    assert_snapshot!(bot.inline("floods in:oil").await, @"button to the private chat: qZmxvb2RzIGluOm9pbA");
    assert_snapshot!(bot.inline("floods in:").await, @"
    Opening: Floods come in spring, when snow melts in the mountains.
    Opening: Floods turn the turbines of a dam. A dam makes electricity.
    Opening: A dike is built of clay. Floods are stopped by a dike.
    ");
}
