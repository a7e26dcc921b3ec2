//! Feeds with mistakes, files that are not feeds, and bombs.

use super::*;

#[test]
fn broken_feeds_are_read_as_far_as_they_go() {
    let title = |text: &str| -> Vec<String> {
        feed(text).entries.into_iter().filter_map(|entry| entry.title).collect()
    };
    let head = "\u{feff}\n <?xml version='1.0'?>\n<rss><channel>";
    let cut = format!("{head}<item><title>A</title></item><item><title>B</title><description>C");
    assert_eq!(title(&cut), ["A"]);
    assert_eq!(feed(&cut).problem.as_deref(), Some("the feed is cut or damaged"));
    let cut = format!("{head}<item><title>A</title></item><item><title><![CDATA[B");
    assert_eq!(title(&cut), ["A"]);
    let open = format!("{head}<item><title>A <![if B]></title></item><!-- <item><title>C</item>");
    assert_eq!(title(&open), ["A <![if B]>", "C"]);
    let unclosed = format!("{head}<item><title>A<br></title><b></item><item><title>B & C</item>");
    assert_eq!(title(&unclosed), ["A", "B & C"]);
    let nested = format!("{head}<item><title>A</title><item><title>B</title></item></channel></x>");
    assert_eq!(title(&nested), ["A", "B"]);
    let junk =
        "Warning: a notice\n<?xml version='1.0'?><rss><item><title>A\u{1}</title></item></rss>";
    assert_eq!(title(junk), ["A"]);
}

#[test]
fn encodings_are_recognized() {
    let russian = "Приливы и отливы: Луна притягивает воду океанов.";
    let check = |bytes: &[u8], expected: &str| {
        let feed = parse(bytes, None).expect("the feed is valid");
        assert_eq!(feed.entries[0].title.as_deref(), Some(expected));
    };
    let feed = |encoding: &str, title: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"{encoding}\"?><rss><item><title>{title}</title></item></rss>"
        )
    };
    let windows = feed("windows-1251", russian);
    check(&encoding_rs::WINDOWS_1251.encode(&windows).0, russian);
    check(windows.as_bytes(), russian);
    let latin = feed("ISO-8859-1", "Café “noir”");
    check(&encoding_rs::WINDOWS_1252.encode(&latin).0, "Café “noir”");
    check(&encoding_rs::WINDOWS_1251.encode(&feed("UTF-8", russian)).0, russian);
    check(&encoding_rs::SHIFT_JIS.encode(&feed("Shift_JIS", "潮の満ち引き")).0, "潮の満ち引き");
    let utf_16 = |big: bool, mark: bool| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        let text = mark.to_owned() + &feed("utf-16", russian);
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    };
    for (big, mark) in [(false, false), (false, true), (true, false), (true, true)] {
        check(&utf_16(big, mark), russian);
    }
    check(feed("utf-16", russian).as_bytes(), russian);
    let mut damaged = feed("UTF-8", russian).into_bytes();
    damaged.splice(60..60, *b"\xd0");
    assert!(parse(&damaged, None).is_ok());
}

#[test]
fn other_files_are_told_apart() {
    let check = |text: &str, expected: &str| {
        let failure = parse(text.as_bytes(), None).expect_err("it is not a feed");
        assert_eq!(failure.what, expected, "{text}");
    };
    check("<!doctype html><html><head><title>A</title>", "it is a web page, not a feed");
    check("<HTML>", "it is a web page, not a feed");
    check("<urlset><url/></urlset>", "it is a sitemap, not a feed");
    check("<opml version='2.0'/>", "it is a list of feeds, not a feed");
    check("<svg></svg>", "it is not a feed");
    check("The Moon", "it is not a feed");
    check("<", "it is not a feed");
    check(" \n", "it is empty");
    check("", "it is empty");
}

#[test]
fn bombs_are_bounded() {
    let many = format!("<rss>{}</rss>", "<item/>".repeat(100_000));
    let many = feed(&many);
    // All of them are the same entry.
    assert_eq!(many.entries.len(), 1);
    assert!(many.problem.is_some_and(|problem| problem.contains("10,000")));
    let item = "{\"id\": 1},";
    let list = item.repeat(50_000);
    let json =
        format!("{{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [{list}{{}}]}}");
    assert!(feed(&json).problem.is_some_and(|problem| problem.contains("10,000")));
    let deep = format!("<rss><item><description>{}", "<a>".repeat(200_000));
    assert_eq!(feed(&deep).entries, []);
    let deep = format!("<rss><item><title>A{}</item></rss>", "<a>".repeat(200_000));
    assert_eq!(feed(&deep).entries[0].title.as_deref(), Some("A"));
    let deep = format!("{{\"items\": {}", "[".repeat(200_000));
    assert!(parse(deep.as_bytes(), None).is_err());
    let entities = "<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>\
        <!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss><item><title>&b; &x;</title></item></rss>";
    assert_eq!(feed(entities).entries[0].title.as_deref(), Some("&b; &x;"));
    let base = format!("https://a.example/{}/", "b".repeat(900));
    let links = "&lt;a href=x>".repeat(20_000);
    let grown =
        format!("<rss><item><description xml:base='{base}'>{links}</description></item></rss>");
    let grown = feed(&grown).entries.remove(0).summary_html.unwrap_or_default();
    assert!(grown.len() < 9 * links.len(), "{}", grown.len());
}

#[test]
fn teasers_are_recognized() {
    let entry = |summary: &str, content: &str| {
        let html = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Entry { summary_html: html(summary), content_html: html(content), ..Entry::default() }
    };
    let long = "The Moon pulls the water of the oceans toward itself. ".repeat(40);
    let check = |summary: &str, content: &str, expected: bool| {
        let entry = entry(summary, content);
        assert_eq!(is_teaser(&entry), expected, "{summary:.40} | {content:.40}");
    };
    check("", "", true);
    check("A short summary.", "", true);
    check("A short summary.", "A short summary.", true);
    check("<img src=x>", "<p> </p>", true);
    check(&long, "", false);
    check("", &long, false);
    check("A short summary.", &long, false);
    check("", &format!("<p>{long} […]</p>"), true);
    check("", &format!("{long} <a href=x>Continue reading <span>“The tides”</span> →</a>"), false);
    check("", &format!("{long}… <a href=x>Continue reading <i>The tides</i></a>"), true);
    check("", &format!("{long}<a href=x>Read more &raquo;</a>"), true);
    check("", &format!("{long}<a href=x>Weiterlesen</a>"), true);
    let origin = "<p>The post <a>The tides</a> appeared first on <a>Water</a>.</p>";
    check(&format!("<p>{long}</p>{origin}"), "", false);
    check(&format!("<p>The Moon pulls […]</p>{origin}"), "", true);
    check(&format!("{}…", long.repeat(3)), "", false);
}
