//! The formats and the fields of an entry.

use super::*;

#[test]
fn rss_2_is_read() {
    let feed = feed(include_str!("fixtures/rss2.xml"));
    assert_eq!(feed.title.as_deref(), Some("Notes on water & land"));
    assert_eq!(feed.language.as_deref(), Some("en-GB"));
    assert_eq!(feed.address, Some(url("https://water.example/")));
    assert_eq!(feed.problem, None);
    let [tides, dikes] = &feed.entries[..] else { panic!("{:?}", feed.entries) };
    assert_eq!(tides.id, "https://water.example/?p=7");
    assert_eq!(tides.address, Some(url("https://water.example/tides")));
    assert_eq!(tides.title.as_deref(), Some("The tides’ two hills"));
    assert_eq!(tides.authors, ["Ada Marsh"]);
    assert_eq!(tides.published.as_deref(), Some("2026-01-05T23:30:00+01:00"));
    assert_eq!(tides.tags, ["Sea", "Moon & Sun"]);
    assert_eq!(text(&tides.summary_html), "<p>The Moon pulls […]</p>");
    let content = "<p>The Moon pulls the water. See <a href=\"https://water.example/dikes\">dikes</a>.\
        </p><img src=\"https://water.example/img/moon.png\">";
    assert_eq!(text(&tides.content_html).trim(), content);
    assert_eq!(dikes.id, "dikes-1");
    assert_eq!(dikes.address, Some(url("https://water.example/dikes?a=1&b=2")));
    assert_eq!(dikes.authors, ["Bo Field"]);
    assert_eq!(dikes.published.as_deref(), Some("2025-12-01T08:05:00Z"));
    assert!(is_teaser(dikes) && !is_teaser(tides));
}

#[test]
fn rss_1_is_read() {
    let feed = feed(include_str!("fixtures/rss1.xml"));
    assert_eq!(feed.title.as_deref(), Some("Old notes"));
    assert_eq!(feed.language.as_deref(), Some("nl"));
    let entry = &feed.entries[0];
    assert_eq!(entry.id, "https://old.example/1");
    assert_eq!(entry.address, Some(url("https://old.example/1.html")));
    assert_eq!(entry.title.as_deref(), Some("Mills"));
    assert_eq!(entry.authors, ["Cor Polder"]);
    assert_eq!(entry.published.as_deref(), Some("2004-03-01"));
    assert_eq!(text(&entry.content_html), "<p>Mills pump <b>water</b>.</p>");
    assert_eq!(feed.entries.len(), 2);
}

#[test]
fn atom_is_read() {
    let feed = feed(include_str!("fixtures/atom.xml"));
    assert_eq!(feed.title.as_deref(), Some("Rivers <and> seas"));
    assert_eq!(feed.language.as_deref(), Some("de"));
    assert_eq!(feed.address, Some(url("https://atom.example/blog/")));
    let [xhtml, html, plain] = &feed.entries[..] else { panic!("{:?}", feed.entries) };
    assert_eq!(xhtml.id, "tag:atom.example,2026:1");
    assert_eq!(xhtml.address, Some(url("https://atom.example/blog/1")));
    assert_eq!(xhtml.title.as_deref(), Some("A < B"));
    assert_eq!(xhtml.authors, ["Dee Ford", "Eli Weir"]);
    assert_eq!(xhtml.published.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(xhtml.updated.as_deref(), Some("2026-01-03T03:04:05+02:00"));
    let content = "<div><p>A &lt; B, <a href=\"https://atom.example/blog/1/more\">more</a>.<br></p>\
        </div>";
    assert_eq!(text(&xhtml.content_html).trim(), content);
    assert_eq!(xhtml.tags, ["Rivers", "seas"]);
    assert_eq!(html.title.as_deref(), Some("Fish & chips"));
    assert_eq!(html.authors, ["Feed Owner"]);
    assert_eq!(text(&html.content_html), "<p>Fish &amp; <em>chips</em></p>");
    assert_eq!(html.address, Some(url("https://atom.example/blog/2")));
    assert_eq!(plain.title.as_deref(), Some("The tag <b> &amp; its use"));
    assert_eq!(text(&plain.content_html), "<p>One &lt;b&gt;\nline.</p>\n<p>Two.</p>");
    assert_eq!(plain.address, Some(url("https://atom.example/blog/3")));
}

#[test]
fn json_feed_is_read() {
    let feed = feed(include_str!("fixtures/feed.json"));
    assert_eq!(feed.title.as_deref(), Some("Json notes"));
    assert_eq!(feed.language.as_deref(), Some("fr"));
    let [first, second] = &feed.entries[..] else { panic!("{:?}", feed.entries) };
    assert_eq!(first.id, "7");
    assert_eq!(first.address, Some(url("https://json.example/7")));
    assert_eq!(first.authors, ["Gil Ness"]);
    assert_eq!(first.published.as_deref(), Some("2026-02-01T10:00:00-05:00"));
    assert_eq!(text(&first.content_html), "<p>Salt <a href=\"https://json.example/x\">x</a></p>");
    assert_eq!(first.tags, ["salt"]);
    assert_eq!(second.id, "https://json.example/8");
    assert_eq!(second.authors, ["Owner"]);
    assert_eq!(text(&second.content_html), "<p>A &lt; B</p>");
    let failure = parse(b"{\"a\": 1}", None).expect_err("it is not a feed");
    assert_eq!(failure.what, "it is JSON, but not a feed");
    let failure = parse(b"{\"version\": \"https://jsonfeed.org/version/1\", \"it", None);
    let failure = failure.expect_err("it is cut");
    assert!(failure.what.starts_with("the JSON of the feed is damaged"), "{}", failure.what);
}

#[test]
fn older_versions_and_mixed_ones_are_read() {
    for root in ["rss", "rss version=\"0.91\"", "rss version=\"0.94\"", "rss version='2.0.1'"] {
        let name = root.split(' ').next().unwrap_or_default();
        let feed =
            feed(&format!("<{root}><channel><item><title>A</title></item></channel></{name}>"));
        assert_eq!(feed.entries[0].title.as_deref(), Some("A"), "{root}");
    }
    let old = "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>A</title>\
        <issued>2003-12-05T10:00:00Z</issued><content type='text/html' mode='escaped'>&lt;p>B\
        </content></entry></feed>";
    let entry = feed(old).entries.remove(0);
    assert_eq!(entry.published.as_deref(), Some("2003-12-05T10:00:00Z"));
    assert_eq!(text(&entry.content_html), "<p>B");
    let entry = item(
        "<atom:link href='https://a.example/1' rel='alternate'/><atom:updated>2026-01-02\
        </atom:updated><link>https://a.example/2</link>",
    );
    assert_eq!(entry.updated.as_deref(), Some("2026-01-02"));
    assert_eq!(entry.address, Some(url("https://a.example/1")));
}

#[test]
fn titles_are_plain_text() {
    let check = |title: &str, expected: &str| {
        let found = item(&format!("<title>{title}</title>")).title.unwrap_or_default();
        assert_eq!(found, expected, "{title}");
    };
    check("Salt &amp; water", "Salt & water");
    check("Salt &amp;amp; water", "Salt & water");
    check("Don&amp;#8217;t &#8230; caf&eacute;&nbsp;&hellip;", "Don’t … café …");
    check("The &lt;b&gt;tag&lt;/b&gt;", "The tag");
    check("Use of &lt;b&gt; in HTML", "Use of <b> in HTML");
    check("Vec&lt;String&gt; &amp;amp; more", "Vec<String> & more");
    check("<![CDATA[ Salt <em>&amp;</em>\n  water ]]>", "Salt & water");
    check("A <i>nested</i> title", "A nested title");
    check("Salt&lt;script&gt;alert(1)&lt;/script&gt;", "Salt");
    check("Ver\u{ad}batim\u{200b}", "Verbatim");
    check("A & B &unknown; C", "A & B &unknown; C");
}

#[test]
fn content_is_preferred_to_the_description() {
    let entry = item(
        "<description>Short</description><content:encoded><![CDATA[<p>Long]]>\
        </content:encoded><media:group><media:description>Film</media:description></media:group>",
    );
    assert_eq!((text(&entry.summary_html), text(&entry.content_html)), ("<p>Short</p>", "<p>Long"));
    let entry = item("<media:group><media:description>Film</media:description></media:group>");
    assert_eq!(text(&entry.summary_html), "<p>Film</p>");
    let entry = item("<itunes:summary>Talk</itunes:summary><itunes:title>No</itunes:title>");
    assert_eq!((text(&entry.summary_html), entry.title), ("<p>Talk</p>", None));
    let entry = item("<description>One &lt;br&gt; two</description>");
    assert_eq!(text(&entry.summary_html), "One <br> two");
    let entry = item("<description><p>Not <b>escaped</b> &amp; so</p></description>");
    assert_eq!(text(&entry.summary_html), "<p>Not <b>escaped</b> &amp; so</p>");
    let entry = item("<x:item><title>No</title></x:item><title>Yes</title>");
    assert_eq!(entry.title.as_deref(), Some("Yes"));
    let entry = item("<image><title>No</title></image><title>Yes</title><source>S</source>");
    assert_eq!(entry.title.as_deref(), Some("Yes"));
}

#[test]
fn atom_contents_that_are_elsewhere_or_no_text_are_left_out() {
    let entry = atom_entry("<content type='image/png'>iVBORw0KGgo=</content><summary>S</summary>");
    assert_eq!((text(&entry.content_html), text(&entry.summary_html)), ("", "<p>S</p>"));
    let entry = atom_entry("<content type='text/html' mode='base64'>PGI+</content>");
    assert_eq!(entry.content_html, None);
    let entry = atom_entry("<content type='text/html' src='https://a.example/x'/>");
    assert_eq!(entry.content_html, None);
    let entry = atom_entry("<content type='xhtml'>&lt;p&gt;Mis-declared&lt;/p&gt;</content>");
    assert_eq!(text(&entry.content_html), "<p>Mis-declared</p>");
}

#[test]
fn id_is_stable_and_unique() {
    let id = |elements: &str| item(elements).id;
    assert_eq!(id("<guid> a-1 </guid><link>https://a.example/1</link>"), "a-1");
    assert_eq!(id("<link>https://a.example/1</link>"), "https://a.example/1");
    let hash = id("<title>A</title><description>B</description>");
    assert_eq!(hash.len(), 64);
    assert_eq!(hash, id("<description>B</description><pubDate>x</pubDate><title>A</title>"));
    assert_ne!(hash, id("<title>A</title><description>C</description>"));
    assert_eq!(id(&format!("<guid>{}</guid>", "a".repeat(5000))).len(), 64);
    let feed = feed(
        "<rss><item><guid>x</guid><link>https://a.example/1</link></item>\
        <item><guid>x</guid><link>https://a.example/2</link></item>\
        <item><guid>x</guid><link>https://a.example/2</link></item></rss>",
    );
    let ids: Vec<_> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["https://a.example/1", "https://a.example/2"]);
}

#[test]
fn address_is_the_page_of_the_entry() {
    let check = |elements: &str, expected: &str| {
        let found = item(elements).address;
        assert_eq!(found.as_ref().map_or("", Url::as_str), expected, "{elements}");
    };
    check("<guid>https://a.example/1</guid>", "https://a.example/1");
    check("<guid isPermaLink=\"false\">https://a.example/1</guid>", "");
    check("<guid>tag:a.example,1</guid>", "");
    check("<link>/1?a=b</link>", "https://a.example/1?a=b");
    check("<link>javascript:alert(1)</link>", "");
    check(
        "<link>https://feed.example/~3/x</link>\
            <feedburner:origLink>https://a.example/1</feedburner:origLink>",
        "https://a.example/1",
    );
    let entry = atom_entry(
        "<link rel='self' href='https://a.example/self'/><link rel='enclosure' href='/a.mp3'/>\
            <link rel='alternate' type='application/json' href='/1.json'/>\
            <link rel='alternate' type='text/html' href='/1'/>",
    );
    assert_eq!(entry.address, Some(url("https://a.example/1")));
}

#[test]
fn authors_are_names_without_addresses() {
    let check = |elements: &str, expected: &[&str]| {
        assert_eq!(item(elements).authors, expected, "{elements}");
    };
    check("<author>ada@a.example (Ada Marsh)</author>", &["Ada Marsh"]);
    check("<author>Ada Marsh &lt;ada@a.example&gt;</author>", &["Ada Marsh"]);
    check("<author>ada@a.example</author>", &[]);
    check("<dc:creator><![CDATA[Ada]]></dc:creator><dc:creator>Bo</dc:creator>", &["Ada", "Bo"]);
    check("<author>Ada</author><dc:creator>Ada</dc:creator>", &["Ada"]);
    check("<author><name>Ada</name><uri>https://a.example</uri></author>", &["Ada"]);
}

#[test]
fn dates_are_normalized() {
    let check = |text: &str, expected: &str| {
        assert_eq!(date::normalized(text).unwrap_or_default(), expected, "{text}");
    };
    check("2026-01-05T23:30:00.6+01:00", "2026-01-05T23:30:01+01:00");
    check("2026-01-05T23:30:00Z", "2026-01-05T23:30:00Z");
    check("2026-01-05T23:30:00+0100", "2026-01-05T23:30:00+01:00");
    check("2026-01-05 23:30:00 +0100", "2026-01-05T23:30:00+01:00");
    check("2026-01-05 23:30:00 UTC", "2026-01-05T23:30:00Z");
    check("2026-01-05T23:30:00", "2026-01-05");
    check(" 2026-01-05\n", "2026-01-05");
    check("2026-01", "2026-01-01");
    check("2026-01-05T99:00", "2026-01-05");
    check("Mon, 05 Jan 2026 23:30:00 -0500", "2026-01-05T23:30:00-05:00");
    check("Tue, 5 January 2026 9:05 GMT", "2026-01-05T09:05:00Z");
    check("Thurs, 13 Jul 2011 07:38:00 PDT", "2011-07-13T07:38:00-07:00");
    check("Fri, Oct 7 2022 10:15:00 -0400", "2022-10-07T10:15:00-04:00");
    check("mer, 16 nov 2022 00:38:15 +0100", "2022-11-16T00:38:15+01:00");
    check("Mar, 03 Fév 2026 10:00:00 +0100", "2026-02-03T10:00:00+01:00");
    check("05-Jan-2026 10:00:00", "2026-01-05");
    check("05 Jan 26 10:00 EST", "2026-01-05T10:00:00-05:00");
    check("05 Jan 2026", "2026-01-05");
    check("January 5, 2026", "2026-01-05");
    check("5 Jun 2017 24:05:00 PDT", "2017-06-05T00:05:00-07:00");
    check("Mon, 01 Jan 0001 00:00:00 UTC", "");
    check("0000-00-00 00:00:00", "");
    check("yesterday", "");
    check("32 Jan 2026", "");
    check("", "");
    check("é2026-01-0é", "");
}
