//! Imports: at the command line, in the chat, from feeds and from channels.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;
use verbatim::config::{ChannelSource, FeedSource};
use zip::write::SimpleFileOptions;

use crate::cli::{self, folder, out};
use crate::fake_bot_api::BEN;
use crate::tester::{Bot, eventually};
use crate::web_server::WebServer;

const PAGE: &str = "<!doctype html><html lang=en><head><title>Spring tides | Harbour news</title>\
    <meta name=author content='Ada Marsh'><meta property='article:published_time' content='2026-03-01T08:00:00Z'>\
    <link rel=alternate type='application/rss+xml' href='/feed'></head><body>\
    <nav><a href='/'>Home</a> <a href='/about'>About</a></nav>\
    <article><h1>Spring tides</h1><p>A spring tide rises when the Sun and the Moon pull in one line, \
    twice in every month of the year.</p><p>The harbour master closes the southern lock for two hours, \
    and ships wait outside of the mole until the water falls again.</p>\
    <h2>The lock</h2><p>The lock was built in 1899 and holds three fishing boats or one coaster, \
    as the engineers of that time had planned it for the herring fleet.</p>\
    <table><tr><th>Berth</th><th>Depth</th></tr><tr><td>South</td><td>4 m</td></tr></table></article>\
    <footer>Imprint</footer></body></html>";

/// Runs `verbatim import` with the settings for a server on this machine.
async fn import(folder: &TempDir, arguments: &[&str]) -> Output {
    let config = folder.path().join("config");
    fs::create_dir_all(&config).expect("a new folder");
    let settings = "[import]\nallow_private = true\ninterval = \"0s\"\n";
    fs::write(config.join("verbatim.toml"), settings).expect("a new file");
    let arguments: Vec<_> =
        [&["import"], arguments].concat().into_iter().map(str::to_owned).collect();
    let folder = folder.path().to_owned();
    let run = move || {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        cli::run_in(&folder, &arguments, &[], b"")
    };
    tokio::task::spawn_blocking(run).await.expect("it does not panic")
}

fn text(folder: &TempDir, file: &str) -> String {
    let path = folder.path().join("corpus").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).expect("it is below").display().to_string())
        .collect();
    found.sort();
    found
}

/// Returns a text without the port of the server.
fn without_port(text: &str, server: &WebServer) -> String {
    text.replace(&format!(":{}", server.url.port().expect("it has a port")), ":PORT")
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_a_page_writes_a_file_that_is_quoted_from() {
    let (folder, server) = (folder(), WebServer::start().await);
    server.set("/tides", "text/html", PAGE);
    let address = server.at("/tides").to_string();
    let imported = import(&folder, &[&address]).await;
    assert_snapshot!(without_port(&out(&imported), &server), @"
    http://127.0.0.1:PORT/tides → spring-tides.md: “Spring tides”, 2 sections, 77 words
      the page has a feed: http://127.0.0.1:PORT/feed
    ");
    assert_eq!(imported.status.code(), Some(0));
    let file = without_port(&text(&folder, "spring-tides.md"), &server);
    let digests = |line: &&str| !line.contains("_digest");
    let file: Vec<_> = file.lines().filter(digests).collect();
    assert_snapshot!(file.join("\n"), @r#"
    ---
    title: "Spring tides"
    authors: ["Ada Marsh"]
    published: "2026-03-01"
    language: "en"
    source_url: "http://127.0.0.1:PORT/tides"
    imported_from: "http://127.0.0.1:PORT/tides"
    ---

    A spring tide rises when the Sun and the Moon pull in one line, twice in every month of the year.

    The harbour master closes the southern lock for two hours, and ships wait outside of the mole until the water falls again.

    ## The lock

    The lock was built in 1899 and holds three fishing boats or one coaster, as the engineers of that time had planned it for the herring fleet.

    | Berth | Depth |
    | --- | --- |
    | South | 4 m |
    "#);
    let asked = cli::run(&folder, &["ask", "when was the lock built"], &[], b"");
    assert_snapshot!(without_port(&out(&asked), &server), @"
    The lock was built in 1899 and holds three fishing boats or one coaster, as
    the engineers of that time had planned it for the herring fleet.
    — The lock · Spring tides
      http://127.0.0.1:PORT/tides#:~:text=The%20lock%20was%20built%20in,it%20for%20the%20herring%20fleet.

    The harbour master closes the southern lock for two hours, and ships wait
    outside of the mole until the water falls again.
    — Opening · Spring tides
      http://127.0.0.1:PORT/tides#:~:text=The%20harbour%20master%20closes%20the,until%20the%20water%20falls%20again.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn import_replaces_a_file_unless_it_was_edited() {
    let (folder, server) = (folder(), WebServer::start().await);
    let address = server.at("/tides").to_string();
    let again = async || {
        let output = import(&folder, &[&address]).await;
        without_port(&out(&output), &server).lines().next().unwrap_or_default().to_owned()
    };
    server.set("/tides", "text/html", PAGE);
    again().await;
    assert_snapshot!(again().await, @"http://127.0.0.1:PORT/tides → spring-tides.md: “Spring tides”, 2 sections, 77 words, unchanged");
    server.set("/tides", "text/html", &PAGE.replace("three fishing boats", "four fishing boats"));
    assert_snapshot!(again().await, @"http://127.0.0.1:PORT/tides → spring-tides.md: “Spring tides”, 2 sections, 77 words, replaced");
    assert!(text(&folder, "spring-tides.md").contains("four fishing boats"));
    let edited = text(&folder, "spring-tides.md") + "\nA note of mine.\n";
    fs::write(folder.path().join("corpus/spring-tides.md"), &edited).unwrap();
    server.set("/tides", "text/html", &PAGE.replace("three fishing boats", "five fishing boats"));
    let output = import(&folder, &[&address]).await;
    assert_snapshot!(without_port(&out(&output), &server), @"
    http://127.0.0.1:PORT/tides → spring-tides.md: “Spring tides”, 2 sections, 77 words, not replaced
      spring-tides.md was edited since it was imported and was kept; the new version is .originals/new/spring-tides.md
      the page has a feed: http://127.0.0.1:PORT/feed
    ");
    assert_eq!(text(&folder, "spring-tides.md"), edited);
    assert!(text(&folder, ".originals/new/spring-tides.md").contains("five fishing boats"));
    let originals = files(&folder.path().join("corpus/.originals"));
    let kept = originals.iter().filter(|file| file.ends_with(".html")).count();
    // Only that of the version which is an article; the version that was replaced has none.
    assert_eq!(kept, 1, "{originals:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn import_reports_what_cannot_be_fetched_and_goes_on() {
    let (folder, server) = (folder(), WebServer::start().await);
    server.set("/tides", "text/html", PAGE).set_status("/gone", 410);
    server.set("/login", "text/html", "<title>Log in</title><form><input type=password></form>");
    let addresses =
        ["/gone", "/missing", "/login", "/tides"].map(|path| server.at(path).to_string());
    let arguments: Vec<_> = addresses.iter().map(String::as_str).collect();
    let output = import(&folder, &[&arguments[..], &["nowhere.pdf"]].concat()).await;
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(without_port(&out(&output), &server), @"
    http://127.0.0.1:PORT/gone: the page was removed (HTTP 410)
    hint: check the address
    http://127.0.0.1:PORT/missing: the page does not exist (HTTP 404)
    hint: check the address
    http://127.0.0.1:PORT/login: the page asks for a login
    hint: open it in a browser, save it as HTML and import the file
    http://127.0.0.1:PORT/tides → spring-tides.md: “Spring tides”, 2 sections, 77 words
      the page has a feed: http://127.0.0.1:PORT/feed
    nowhere.pdf: it cannot be read: No such file or directory (os error 2)
    hint: give an address, or the path of a file or a folder
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn import_fetches_no_private_address_by_default() {
    let (folder, server) = (folder(), WebServer::start().await);
    server.set("/tides", "text/html", PAGE);
    let address = server.at("/tides").to_string();
    let output = cli::run(&folder, &["import", &address], &[], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_snapshot!(without_port(&out(&output), &server), @"
    http://127.0.0.1:PORT/tides: 127.0.0.1 is an address in a private network
    hint: only hosts in the internet are fetched, unless `[import] allow_private = true`
    ");
    assert_eq!(server.requests(), Vec::<String>::new());
}

const FEED: &str = "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>\
    <channel><title>Harbour news</title><link>{}/</link><language>en</language>\
    <item><title>The ferry</title><link>{}/ferry</link><guid>1</guid><pubDate>Mon, 05 Jan 2026 07:00:00 GMT</pubDate>\
    <content:encoded><![CDATA[<p>The ferry leaves at noon from the northern pier, and again at six in the evening. \
    Tickets are sold on board, and bicycles travel without charge on weekdays.</p>]]></content:encoded></item>\
    <item><title>Spring tides</title><link>{}/tides</link><guid>2</guid><description>A spring tide rises … Read more</description></item>\
    </channel></rss>";

#[tokio::test(flavor = "multi_thread")]
async fn import_of_a_feed_fetches_the_page_behind_a_teaser() {
    let (folder, server) = (folder(), WebServer::start().await);
    server.set("/feed", "application/rss+xml", FEED).set("/tides", "text/html", PAGE);
    let address = server.at("/feed").to_string();
    let imported = import(&folder, &[&address]).await;
    assert_snapshot!(without_port(&out(&imported), &server), @"http://127.0.0.1:PORT/feed → 2 articles (2 new), 105 words");
    assert_eq!(server.requests(), ["/feed 200", "/tides 200"]);
    assert!(text(&folder, "harbour-news/the-ferry.md").contains("leaves at noon"));
    assert!(text(&folder, "harbour-news/spring-tides.md").contains("herring fleet"));
    let again = import(&folder, &[&address]).await;
    assert_snapshot!(without_port(&out(&again), &server), @"http://127.0.0.1:PORT/feed → 2 articles (2 unchanged)");
    assert_eq!(server.requests(), ["/feed 200"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_a_feed_keeps_entries_that_link_the_same_page_apart() {
    let (folder, server) = (folder(), WebServer::start().await);
    let feed = FEED.replace("{}/ferry", "{}/").replace("{}/tides", "{}/").replace(
        "<description>A spring tide rises … Read more</description>",
        "<content:encoded>&lt;p&gt;A spring tide rises when the Sun and the Moon pull in one line, \
         and the southern lock is closed for two hours.&lt;/p&gt;</content:encoded>",
    );
    server.set("/feed", "application/rss+xml", &feed);
    import(&folder, &[server.at("/feed").as_str()]).await;
    assert!(text(&folder, "harbour-news/the-ferry.md").contains("leaves at noon"));
    assert!(text(&folder, "harbour-news/spring-tides.md").contains("southern lock"));
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_a_sitemap_obeys_the_rules_of_the_host_and_continues() {
    let (folder, server) = (folder(), WebServer::start().await);
    let sitemap = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
        <url><loc>{}/tides</loc><lastmod>2026-01-01</lastmod></url>\
        <url><loc>{}/private/a</loc></url><url><loc>https://elsewhere.example/b</loc></url>\
        <url><loc>{}/broken</loc></url></urlset>";
    server.set("/sitemap.xml", "application/xml", sitemap).set("/tides", "text/html", PAGE);
    server.set("/robots.txt", "text/plain", "User-agent: *\nDisallow: /private/\n");
    server.set_status("/broken", 500);
    let address = server.at("/sitemap.xml").to_string();
    let arguments = ["--into", "harbour", &address];
    let imported = import(&folder, &arguments).await;
    assert_eq!(imported.status.code(), Some(1));
    assert_snapshot!(without_port(&out(&imported), &server), @"
    http://127.0.0.1:PORT/sitemap.xml → harbour/spring-tides.md: “Spring tides”, 2 sections, 77 words; left out: 1 forbidden by robots.txt, 1 of other hosts
      failed: http://127.0.0.1:PORT/broken: the server has an error (HTTP 500) (try again later)
    ");
    assert!(!server.requests().iter().any(|request| request.starts_with("/private")));
    let moored = PAGE.replace("Spring tides", "Moorings");
    server.set("/broken", "text/html", &moored);
    let again = import(&folder, &arguments).await;
    assert_snapshot!(without_port(&out(&again), &server), @"http://127.0.0.1:PORT/sitemap.xml → harbour/moorings.md: “Moorings”, 2 sections, 77 words; left out: 1 forbidden by robots.txt, 1 of other hosts");
    assert_eq!(server.requests(), ["/sitemap.xml 200", "/robots.txt 200", "/broken 200"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_a_link_in_the_chat_is_shown_first() {
    let server = WebServer::start().await;
    server.set("/tides", "text/html", PAGE);
    let bot = Bot::start().with_admin().await;
    let preview = bot.private().send(server.at("/tides").as_str()).await;
    assert_snapshot!(without_port(&preview.to_string(), &server), @"
    (reply to “http://127.0.0.1:PORT/tides”)
    spring-tides.md would become:

    Spring tides
    by Ada Marsh
    2026-03-01
    Sections: 2. Paragraphs: 4.
    • Opening
    • The lock

    > A spring tide rises when the Sun and the Moon pull in one line, twice in every month of the year.
    [Add it] [Cancel]
    ");
    let added = bot.changing_corpus(async || bot.press(&preview, "Add it").await).await;
    assert_snapshot!(added, @"
    (edit)
    One article has been added. You can ask about it in a moment.
    ");
    assert_snapshot!(without_port(&bot.private().send("when was the lock built").await.to_string(), &server), @"
    (reply to “when was the lock built”)
    > The lock was built in 1899 and holds three fishing boats or one coaster, as the engineers of that time had planned it for the herring fleet.
    The lock · Spring tides
    [More (1)] [Context] [Read] [⋯]
    ");
    let gone = bot.private().send(server.at("/gone").as_str()).await;
    assert_snapshot!(without_port(&gone.to_string(), &server), @"
    (reply to “http://127.0.0.1:PORT/gone”)
    http://127.0.0.1:PORT/gone cannot become an article:

    http://127.0.0.1:PORT/gone: the page does not exist (HTTP 404)
    hint: check the address
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_a_file_in_the_chat_has_the_limit_of_telegram() {
    let bot = Bot::start().with_admin().await;
    let preview = bot.private().send_file("tides.html", PAGE.as_bytes()).await;
    assert_snapshot!(bot.press(&preview, "Cancel").await, @"
    (edit)
    Nothing was changed.
    ");
    assert_snapshot!(bot.private().send_file("photo.png", b"\x89PNG\r\n\x1a\n").await, @"
    (reply to “photo.png”)
    photo.png cannot become an article:

    photo.png: it is image/png, and no article can be made of it
    hint: import a page, a feed, an EPUB, DOCX or PDF file, Markdown, or an export of Telegram, WordPress, Substack, Notion or Obsidian
    ");
}

/// Returns a zip archive with these files.
fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a new file");
        archive.write_all(text.as_bytes()).expect("it is in memory");
    }
    archive.finish().expect("it is in memory").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_several_articles_in_the_chat_lists_their_titles() {
    let bot = Bot::start().with_admin().await;
    let archive = zipped(&[
        ("sea/ebb.md", "# Ebb\n\nThe water falls. See [the flood](flood.md).\n"),
        ("sea/flood.md", "# Flood\n\nThe water rises.\n"),
        ("sea/draft.md", "---\ndraft: true\n---\nNot yet.\n"),
    ]);
    let preview = bot.private().send_file("sea.zip", &archive).await;
    assert_snapshot!(preview, @"
    (reply to “sea.zip”)
    This would become 2 articles:

    • Ebb
    • Flood

    > The water falls. See the flood.
    [Add it] [Cancel]
    ");
    let added = bot.changing_corpus(async || bot.press(&preview, "Add it").await).await;
    assert_snapshot!(added, @"
    (edit)
    2 articles have been added. You can ask about them in a moment.
    ");
    let ebb = fs::read_to_string(bot.corpus().join("sea/ebb.md")).expect("it was added");
    assert!(ebb.contains("See [the flood](flood.md)."), "{ebb}");
    let again = bot.private().send_file("sea.zip", &archive).await;
    assert_snapshot!(bot.press(&again, "Replace it").await, @"
    (edit)
    2 articles have been added. You can ask about them in a moment.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_a_feed_is_not_for_the_chat() {
    let server = WebServer::start().await;
    server.set("/feed", "application/rss+xml", FEED);
    let bot = Bot::start().with_admin().await;
    let reply = bot.private().send(server.at("/feed").as_str()).await;
    assert_snapshot!(without_port(&reply.to_string(), &server), @"
    (reply to “http://127.0.0.1:PORT/feed”)
    http://127.0.0.1:PORT/feed cannot become an article:

    http://127.0.0.1:PORT/feed: it is a feed
    hint: import it on the server: `verbatim import http://127.0.0.1:PORT/feed`; or name it under `[[feeds]]` in the configuration, so that new entries come in by themselves
    ");
    // Somebody else asks a question with it.
    let reply = bot.private_of(BEN).send(server.at("/feed").as_str()).await;
    assert!(!reply.to_string().contains("cannot become"), "{reply}");
}

fn feed(server: &WebServer) -> Vec<FeedSource> {
    let every = Duration::from_secs(30 * 60);
    vec![FeedSource { url: server.at("/feed"), every, folder: None }]
}

#[tokio::test(flavor = "multi_thread")]
async fn feed_brings_new_entries_while_the_bot_runs() {
    let server = WebServer::start().await;
    server.set("/feed", "application/rss+xml", FEED).set("/tides", "text/html", PAGE);
    let bot = Bot::start().clock("2026-01-05T07:00Z").feeds(feed(&server)).with_admin().await;
    let is_shown = |file: &String| !file.split('/').any(|name| name.starts_with('.'));
    let articles = || files(&bot.corpus()).into_iter().filter(is_shown).collect::<Vec<_>>();
    let wait = async |count: usize| {
        eventually("the feed is imported", async || (articles().len() == count).then_some(()))
            .await;
    };
    wait(3).await;
    assert_snapshot!(articles().join(" "), @"harbour-news/spring-tides.md harbour-news/the-ferry.md tides.md");
    bot.advance_to("2026-01-05T07:31Z").await;
    eventually("the feed is asked again", async || {
        server.requests().contains(&"/feed 304".to_owned()).then_some(())
    })
    .await;
    let item = "<item><title>The mole</title><guid>3</guid><description>&lt;p&gt;The mole was repaired in the winter \
        and is open to everybody who walks or rides a bicycle, except in storms.&lt;/p&gt;</description></item></channel>";
    server.set("/feed", "application/rss+xml", &FEED.replace("</channel>", item));
    bot.advance_to("2026-01-05T08:02Z").await;
    wait(4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feed_that_fails_is_named_once_and_retried() {
    let server = WebServer::start().await;
    server.set_status("/feed", 503);
    let bot = Bot::start()
        .clock("2026-01-05T07:00Z")
        .feeds(feed(&server))
        .with_admin()
        .with_monitor()
        .await;
    bot.private().send("/help").await;
    let asked = async || {
        eventually("the feed is asked", async || (!server.requests().is_empty()).then_some(()))
            .await;
    };
    asked().await;
    bot.advance_to("2026-01-05T07:31Z").await;
    assert_snapshot!(without_port(&bot.next_message().await.to_string(), &server), @"
    The feed http://127.0.0.1:PORT/feed cannot be imported: the server is overloaded or under maintenance (HTTP 503)
    hint: try again later
    ");
    asked().await;
    let (status, text) = bot.get("/readyz").await;
    assert_eq!(status, 200);
    assert_snapshot!(without_port(&text, &server), @"
    index: ok
    store: ok
    telegram: ok
    updates: ok
    feed: http://127.0.0.1:PORT/feed fails: the server is overloaded or under maintenance (HTTP 503)
    ");
    // The interval has doubled.
    bot.advance_to("2026-01-05T08:02Z").await;
    server.set("/feed", "application/rss+xml", FEED).set("/tides", "text/html", PAGE);
    bot.advance_to("2026-01-05T08:33Z").await;
    asked().await;
    eventually("the feed works", async || {
        (!bot.get("/readyz").await.1.contains("feed:")).then_some(())
    })
    .await;
}

const CHANNEL: i64 = -1_001_234_567;

fn post(kind: &str, id: i64, text: &str) -> Value {
    let chat =
        json!({"id": CHANNEL, "type": "channel", "title": "Harbour", "username": "harbour_news"});
    let mut post = json!({
        "message_id": id, "date": 1_767_596_400, "chat": chat, "sender_chat": chat, "text": text,
        "author_signature": "Ada",
    });
    if kind == "edited_channel_post" {
        post["edit_date"] = json!(1_767_596_500);
    }
    json!({ kind: post })
}

#[tokio::test(flavor = "multi_thread")]
async fn channel_posts_become_articles_that_link_to_the_post() {
    let source = ChannelSource { id: CHANNEL, folder: None, min_chars: 30 };
    let bot = Bot::start().channels(vec![source]).await;
    bot.changing_corpus(async || {
        bot.push(post("channel_post", 5, "The ferry\n\nThe ferry leaves at noon from the northern pier. It is #cancelled in storms."));
    })
    .await;
    assert_snapshot!(bot.private().send("when does the ferry leave").await, @"
    (reply to “when does the ferry leave”)
    > The ferry leaves at noon from the northern pier. It is #cancelled in storms.
    Opening · The ferry
    [Context] [Read] [⋯]
    ");
    bot.changing_corpus(async || {
        bot.push(post(
            "edited_channel_post",
            5,
            "The ferry\n\nThe ferry leaves at one from the northern pier.",
        ));
    })
    .await;
    assert_snapshot!(bot.private().send("when does the ferry leave").await, @"
    (reply to “when does the ferry leave”)
    > The ferry leaves at one from the northern pier.
    Opening · The ferry
    [Context] [Read] [⋯]
    ");
    bot.push(post("channel_post", 6, "Good morning!"));
    let mut elsewhere =
        post("channel_post", 7, "A post of another channel, which is none of the bot’s business.");
    elsewhere["channel_post"]["chat"]["id"] = json!(-1_009);
    bot.push(elsewhere);
    bot.confirmed().await;
    let articles: Vec<_> = files(&bot.corpus());
    assert_snapshot!(articles.join(" "), @"harbour/2026-01-05-the-ferry.md tides.md");
}

#[test]
fn import_of_a_pdf_gives_quotes_with_their_page() {
    let folder = folder();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/pdf/fixtures");
    let columns = fixtures.join("columns.pdf").display().to_string();
    let imported =
        cli::run(&folder, &["import", "--into", "harbour", "--json", &columns], &[], b"");
    let line: Value = serde_json::from_str(&out(&imported)).expect("a JSON object");
    assert_eq!(line["articles"][0]["file"], "harbour/tides-and-tables.md");
    assert_eq!(line["articles"][0]["status"], "new");
    let asked =
        cli::run(&folder, &["ask", "--json", "who wrote down the height of the water"], &[], b"");
    let answer: Value = serde_json::from_str(&out(&asked)).expect("a JSON object");
    assert_eq!(answer["excerpts"][0]["page"], 1);
    let quote = answer["excerpts"][0]["quote"].as_str().expect("a quote");
    assert!(quote.contains("A clerk wrote down the height of the water"), "{quote}");
    let asked = cli::run(&folder, &["ask", "tables go back to"], &[], b"");
    assert!(out(&asked).contains("Tides and tables, p. "), "{}", out(&asked));
}

#[test]
fn import_of_a_folder_keeps_its_folders_and_leaves_the_corpus_alone() {
    let folder = folder();
    let notes = folder.path().join("notes");
    fs::create_dir_all(notes.join("sea/old")).unwrap();
    fs::write(notes.join("ebb.md"), "# Ebb\n\nThe water falls.\n").unwrap();
    fs::write(
        notes.join("sea/ebb.md"),
        "---\ntitle: Ebb at sea\ntags: [sea]\n---\nIt falls there.\n",
    )
    .unwrap();
    fs::write(notes.join("sea/old/page.html"), PAGE).unwrap();
    fs::write(notes.join("sea/.hidden.md"), "Hidden.\n").unwrap();
    fs::write(notes.join("sea/data.csv"), "a,b\n").unwrap();
    let imported = cli::run(&folder, &["import", "notes"], &[], b"");
    assert_snapshot!(out(&imported), @"notes → 3 articles (3 new), 83 words");
    let articles = files(&folder.path().join("corpus"));
    let articles: Vec<_> = articles.iter().filter(|file| !file.starts_with('.')).collect();
    assert_snapshot!(format!("{articles:?}"), @r#"["ebb.md", "sea/ebb.md", "sea/old/spring-tides.md", "tides.md"]"#);
    let own = cli::run(&folder, &["import", "corpus", "corpus/ebb.md"], &[], b"");
    assert_eq!(own.status.code(), Some(2));
    assert_snapshot!(out(&own), @"
    corpus: it is in the corpus
    hint: its Markdown and text files are articles already; give a source elsewhere
    corpus/ebb.md: it is in the corpus
    hint: its Markdown and text files are articles already; give a source elsewhere
    ");
}
