//! Briefings in Telegram: one message, and buttons to the rest.

use insta::assert_snapshot;

use crate::brief::{ARTICLE, DATED};
use crate::tester::Bot;

#[tokio::test(flavor = "multi_thread")]
async fn brief_of_the_article_fits_one_screen() {
    let bot = Bot::start().without_tides().article("article.md", ARTICLE).await;
    let brief = bot.private().send("/brief").await;
    assert!(brief.text.chars().count() <= 1200, "{}", brief.text.chars().count());
    assert_snapshot!(brief, @"
    (reply to “/brief”)
    Iran's Taliban Tightrope
    by Giorgio Cafiero and Fatemeh Aman
    > ISKP’s cross-border threat has been central to Iran’s rationale for engaging with the Taliban, despite deep-rooted mistrust and ideological divergence.
    Shared Borders, Shared Burdens: Iran’s…
    > The water dispute between Iran and Afghanistan centers on the Helmand River, a vital resource for both countries.
    Dried Rivers, Rising Tensions…
    > The erasure of women from social, political, and economic life undermines any claim the Taliban might make to legitimate and inclusive governance.
    Whose Afghanistan? Power, Exclusion…
    > The scale of deportations has raised significant concerns, particularly given Afghanistan’s limited capacity to absorb returnees.
    Forced Returns: Afghanistan’s…
    [All sections (8)] [Contents]
    ");
    let links = brief.links();
    let to_sections = links.iter().filter(|link| link.contains("VerbatimBot?start=s"));
    assert_eq!(to_sections.count(), 4, "{links:?}");
    let others = bot.press(&brief, "All sections (8)").await;
    assert_snapshot!(others, @"
    (edit)
    Iran's Taliban Tightrope
    by Giorgio Cafiero and Fatemeh Aman
    2/2

    Opening
    > For the short term, Tehran will prefer quiet security and intelligence cooperation with the Taliban rather than overt recognition.
    > Russia’s formal recognition of the Islamic Emirate of Afghanistan in early July has stirred cautious optimism in Kabul, where Taliban officials hope it signals a shift in international attitudes, even as broader engagement remains unlikely.

    Iran’s Uneasy Dance with the Taliban
    > Tehran’s relationship with the Taliban has seen many ups and downs—from nearly going to war in 1998 to later inviting them to Tehran while they were still fighting Afghanistan’s then-government.
    > With the emergence of Islamic State Khorasan Province (ISKP) in 2014–15, a group considered far more violent than the Taliban, and the growing realization that the former central Afghan government was too weak to defeat it, Iran began to turn toward the Taliban.

    Shared Borders, Shared Burdens: Iran’s Dilemma Next Door
    > ISKP’s cross-border threat has been central to Iran’s rationale for engaging with the Taliban, despite deep-rooted mistrust and ideological divergence.
    > Afghanistan remains a pivotal ground for various Sunni extremist groups, each with distinct ideological agendas and operational capabilities.

    Dried Rivers, Rising Tensions: Afghanistan’s Helmand River
    > The water dispute between Iran and Afghanistan centers on the Helmand River, a vital resource for both countries.
    > The Taliban’s decision in recent years to block the Helmand’s flow, after seizing control of critical infrastructure, underscored the limits of Iran’s strategy.

    Whose Afghanistan? Power, Exclusion, and the Fraying Social Fabric
    > Inclusivity remains one of Afghanistan’s most critical and unresolved challenges.
    > The erasure of women from social, political, and economic life undermines any claim the Taliban might make to legitimate and inclusive governance.

    Forced Returns: Afghanistan’s Deportation Fallout
    > Iran has long hosted millions of Afghans, many of whom work as day laborers or use Iran as a transit country while en route to Turkey and Europe. However, in the wake of the 12-day Iran-Israel conflict in June 2025, Tehran has initiated a large-scale deportation of Afghan nationals.
    > The scale of deportations has raised significant concerns, particularly given Afghanistan’s limited capacity to absorb returnees.

    Where Does Tehran Go from Here?
    > Formal recognition of the Taliban by Tehran remains a plausible—but far from imminent —possibility.
    > Iran will likely wait for countries like China and Uzbekistan to act first, seeking diplomatic cover to minimize reputational risk.

    About the Authors: Giorgio Cafiero and Fatemeh Aman
    > Giorgio Cafiero is the CEO of Gulf State Analytics, an Adjunct Assistant Professor at Georgetown University, and an Adjunct Fellow at the American Security Project.
    > Fatemeh Aman is a nonresident senior fellow at the Middle East Institute in Washington, D.C.
    [Back] [Contents]
    ");
    assert_eq!(bot.press(&others, "Back").await.html, brief.html);
    assert_snapshot!(bot.press(&brief, "Contents").await, @"
    (edit)
    Iran's Taliban Tightrope
    by Giorgio Cafiero and Fatemeh Aman
    [Opening]
    [Iran’s Uneasy Dance with the Taliban]
    [Shared Borders, Shared Burdens: Iran’s Dilemma Next Door]
    [Dried Rivers, Rising Tensions: Afghanistan’s Helmand River]
    [Whose Afghanistan? Power, Exclusion, and the Fraying Social…]
    [Forced Returns: Afghanistan’s Deportation Fallout]
    [Where Does Tehran Go from Here?]
    [About the Authors: Giorgio Cafiero and Fatemeh Aman]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_of_few_long_sentences_keeps_every_quote_whole() {
    let long = |word: &str| {
        format!("The {word} of the river {}ends in the sea.", "and its many arms ".repeat(30))
    };
    let sections: String = ["mouth", "delta", "spring", "valley", "bridge"]
        .map(|word| format!("## The {word}\n\n{} It is short.\n\n", long(word)))
        .concat();
    let article = format!("---\ntitle: River\nauthors: Ada\n---\n\n{sections}");
    let bot = Bot::start().without_tides().article("river.md", &article).await;
    let brief = bot.private().send("/brief").await;
    let length = brief.text.chars().count();
    assert!((500..=1200).contains(&length), "{length}: {brief}");
    assert!(article.contains(brief.text.lines().last().expect("a quote")), "{brief}");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_shows_the_newest_article_and_leads_to_the_others() {
    let bot = Bot::start().article("dams.md", DATED).await;
    let newest = bot.private().send("/brief").await;
    assert_snapshot!(newest, @"
    (reply to “/brief”)
    Dams & Rivers
    by Ada Moon
    2025-03
    > Dams hold back the water of rivers for the fields below them. However, many dams are old.
    Opening
    > Old dams leak and need repair, since their concrete ages in the sun.
    Old dams
    > let dam = 1;
    Code
    > Who owns a river?
    Questions
    [Contents] [Other articles]
    ");
    let prefix = "https://example.org/dams#:~:text=Dams";
    assert!(newest.links().iter().any(|link| link.starts_with(prefix)), "{:?}", newest.links());
    let others = bot.press(&newest, "Other articles").await;
    assert_snapshot!(others, @"
    (edit)
    Articles: 2
    [Dams & Rivers]
    [Tides & <Times>]
    ");
    assert_snapshot!(bot.press(&others, "Tides & <Times>").await, @"
    (edit)
    Tides & <Times>
    by Ada
    > Tides are the rise and fall of sea levels.
    Opening
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power
    [Contents] [Other articles]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_on_a_subject_names_the_places_of_its_quotes() {
    let bot = Bot::start().article("dams.md", DATED).await;
    assert_snapshot!(bot.private().send("/brief neap tide").await, @"
    (reply to “/brief neap tide”)
    neap tide

    Neap tides · Tides & <Times>
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("/brief sourdough").await, @"
    (reply to “/brief sourdough”)
    I found nothing about “sourdough” in the articles.
    [Contents]
    ");
    assert_snapshot!(bot.private().send("/brief hello").await, @"
    (reply to “/brief hello”)
    Hello! Ask me something about the articles; /sections shows what they cover.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_of_a_long_article_pages_through_all_of_its_sections() {
    let sections: String = (0..90)
        .map(|number| {
            let more = "Dams & locks stand in the river. ".repeat(number % 7);
            format!(
                "## Part {number}\n\nThe river number {number} flows through the plains of the north. {more}\n\n"
            )
        })
        .collect();
    let article = format!("---\ntitle: Long\n---\n\n{sections}");
    let mut bot = Bot::start().without_tides().article("long.md", &article).await;
    let mut message = bot.private().send("/brief").await;
    let mut seen = 0;
    let mut pages = Vec::new();
    loop {
        assert!(message.text.encode_utf16().count() <= 3900 && message.entities.len() <= 60);
        // The pages after the first have all sections.
        if !pages.is_empty() {
            seen += message.text.lines().filter(|line| line.starts_with("Part ")).count();
        }
        pages.push(message.clone());
        if seen == 90 {
            break;
        }
        let next = if pages.len() == 1 { "All sections (90)" } else { "Next" };
        message = bot.press(&message, next).await;
    }
    assert!(pages.len() > 2, "{}", pages.len());
    let back = bot.press(&message, "Back").await;
    assert_eq!(back.html, pages[pages.len() - 2].html);
    bot.stop().await;
    bot.write("other.md", "---\ntitle: Long\n---\n\nIt is gone.\n");
    std::fs::remove_file(bot.corpus().join("long.md")).expect("it was written");
    bot.run();
    assert_snapshot!(bot.press(&back, "Back").await, @"
    (edit)
    The text has changed, and this place no longer exists. Here is the current text.

    Long
    [Opening]
    ");
}
