//! Tests of front matter: notations, keys of the programs that write it, and mistakes in it.

use super::*;

/// Parses the front matter of a file `a.md`.
fn front(text: &str) -> FrontMatter {
    parse("a.md", text).0
}

fn yaml(source: &str) -> FrontMatter {
    front(&format!("---\n{source}\n---\n"))
}

#[track_caller]
fn check_warnings(text: &str, expected: &[&str]) {
    let (_, problems) = parse("a.md", text);
    let found: Vec<_> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.line.unwrap_or_default(), problem.what))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn front_matter_of_all_notations_has_the_same_values() {
    let expected = FrontMatter {
        title: Some("Buoys".to_owned()),
        authors: vec!["Ada Moon".to_owned()],
        published: Some("2024-05-01".to_owned()),
        tags: vec!["sea".to_owned(), "red".to_owned()],
        ..FrontMatter::default()
    };
    for text in [
        "---\ntitle: Buoys\ndate: 2024-05-01\nauthors: [Ada Moon]\ntags: [sea, red]\n---\n",
        "---\ntitle: Buoys\ndate: 2024-05-01 10:00:00 +0100\nauthor: Ada Moon\ntags: sea red\n---\n",
        "---\nTitle: \"Buoys\"\nDate: 2024-05-01T10:00:00Z\nAuthor: {name: Ada Moon}\ntags: sea, red\n...\n",
        "+++\ntitle = \"Buoys\"\ndate = 2024-05-01\nauthors = [\"Ada Moon\"]\ntags = [\"sea\", \"red\"]\n+++\n",
        "+++\ntitle = \"Buoys\"\ndate = 2024-05-01T10:00:00Z\n[taxonomies]\nauthors = [\"Ada Moon\"]\ntags = [\"sea\", \"red\"]\n+++\n",
        "+++\ntitle = \"Buoys\"\npath = \"2024/05/01/buoys\"\n[extra]\nauthor = \"Ada Moon\"\nkeywords = \"sea, red\"\n+++\n",
        "{\n\"title\": \"Buoys\",\n\"date\": \"2024-05-01\",\n\"author\": \"Ada Moon\",\n\"tags\": [\"sea\", \"red\"]\n}\n",
        ";;;\n\"title\": \"Buoys\",\n\"date\": \"2024-05-01\",\n\"author\": \"Ada Moon\",\n\"tags\": [\"sea\", \"red\"]\n;;;\n",
    ] {
        let found = front(text);
        let expected = FrontMatter { body_start: text.len(), ..expected_copy(&expected) };
        assert_eq!(found, expected, "{text}");
        check_warnings(text, &[]);
    }
}

fn expected_copy(front: &FrontMatter) -> FrontMatter {
    FrontMatter {
        title: front.title.clone(),
        authors: front.authors.clone(),
        published: front.published.clone(),
        tags: front.tags.clone(),
        ..FrontMatter::default()
    }
}

#[test]
fn front_matter_title_keeps_its_spelling_and_loses_its_markup() {
    let check = |source: &str, expected: Option<&str>| {
        assert_eq!(yaml(source).title.as_deref(), expected, "{source}");
    };
    check("title: Tides", Some("Tides"));
    check("Title: Tides", Some("Tides"));
    check("TITLE: Tides", Some("Tides"));
    check("title: 007", Some("007"));
    check("title: 1.10", Some("1.10"));
    check("title: 1984 # a year", Some("1984"));
    check("title: '1984'", Some("1984"));
    check("title: \"**Neap** `tides`\"", Some("Neap tides"));
    check("title: >\n  Neap\n  tides", Some("Neap tides"));
    check("title: Tides: low and high", Some("Tides: low and high"));
    check("title: [Draft] Tides", Some("[Draft] Tides"));
    check("title: @tides", Some("@tides"));
    check("title: \"Neap\" tides", Some("Neap\" tides"));
    check("title:", None);
    check("title: ''", None);
    check("title: [a, b]", None);
    check("headline: Tides", Some("Tides"));
    check("title: No", Some("No"));
    check("name: Tides", None);
    assert_eq!(yaml("sidebar_label: Tides").short_title.as_deref(), Some("Tides"));
    assert_eq!(yaml("linkTitle: Tides").short_title.as_deref(), Some("Tides"));
}

#[test]
fn front_matter_dates_come_from_many_keys_and_from_the_file_name() {
    let check = |source: &str, published: Option<&str>, updated: Option<&str>| {
        let front = yaml(source);
        let found = (front.published.as_deref(), front.updated.as_deref());
        assert_eq!(found, (published, updated), "{source}");
    };
    check("published: 2021-11-24", Some("2021-11-24"), None);
    check("date: 2021/11/24", Some("2021-11-24"), None);
    check("publishDate: Nov 24, 2021", Some("2021-11-24"), None);
    check("pubDate: Wed, 24 Nov 2021 10:00:00 GMT", Some("2021-11-24"), None);
    check("published_at: 2021-11-24T10:00:00.000Z", Some("2021-11-24"), None);
    check("created: 2021-11-24 10:00", Some("2021-11-24"), None);
    check("published: true\ndate: 2021-11-24", Some("2021-11-24"), None);
    check("published: 2021-11-24\ndate: 2020-01-01", Some("2021-11-24"), None);
    check("lastmod: 2021-11-24", None, Some("2021-11-24"));
    check("last_update: {date: 2021-11-24, author: Ada}", None, Some("2021-11-24"));
    check("date: spring 2021", Some("2021"), None);
    check("date: soon", None, None);
    check("date:", None, None);
    check("permalink: /2021/11/24/tides/", Some("2021-11-24"), None);
    let named = |file: &str| parse(file, "---\ntitle: A\n---\n").0.published;
    assert_eq!(named("_posts/2021-11-24-tides.md").as_deref(), Some("2021-11-24"));
    assert_eq!(named("2021/11/24/tides.md").as_deref(), Some("2021-11-24"));
    assert_eq!(named("2021/tides.md"), None);
    assert_eq!(parse("tides.fr.md", "").0.language.as_deref(), Some("fr"));
}

#[test]
fn front_matter_names_its_language_its_address_and_its_other_names() {
    let check = |source: &str, language: Option<&str>, address: Option<&str>| {
        let front = yaml(source);
        let found = (front.language.as_deref(), front.source_url.as_deref());
        assert_eq!(found, (language, address), "{source}");
    };
    check("language: en", Some("en"), None);
    check("lang: pt-BR", Some("pt"), None);
    check("locale: de_DE.UTF-8", Some("de"), None);
    check("lang: false", None, None);
    check("canonical_url: https://example.org/a", None, Some("https://example.org/a"));
    check("canonicalUrl: https://example.org/a", None, Some("https://example.org/a"));
    check("permalink: /a/\nlink: http://example.org", None, Some("http://example.org"));
    check("url: /a/", None, None);
    let names = |source: &str| yaml(source).other_names;
    assert_eq!(names("aliases:\n  - The lamp\n  - Beacon"), ["The lamp", "Beacon"]);
    assert_eq!(names("aliases: Beacon"), ["Beacon"]);
    assert_eq!(names("alias: Beacon"), ["Beacon"]);
    assert_eq!(
        names("aliases: [/old/mole/, releases/1.88.0, old.html, Input/Output form]"),
        ["Input/Output form"]
    );
    assert_eq!(names("aliases:"), Vec::<String>::new());
    let others = vec!["World Health Organization".to_owned()];
    let alias = Alias { term: "WHO".to_owned(), others };
    assert_eq!(yaml("aliases: {WHO: World Health Organization}").aliases, [alias]);
    assert_eq!(yaml("excerpt: \"*Low* tides\"").description.as_deref(), Some("Low tides"));
}

#[test]
fn front_matter_mistakes_are_warnings() {
    let check = |source: &str, expected: &[&str]| {
        check_warnings(&format!("---\n{source}\n---\n"), expected);
    };
    check("publised: 2021-11-24", &["2: `publised` is no key that is read"]);
    check("tilte: A", &["2: `tilte` is no key that is read"]);
    check(
        "titel: A\nauthro: B",
        &["2: `titel` is no key that is read", "3: `authro` is no key that is read"],
    );
    check("a: 1\ndescripton: A", &["3: `descripton` is no key that is read"]);
    check(
        "langauge: en\ndrfat: true",
        &["2: `langauge` is no key that is read", "3: `drfat` is no key that is read"],
    );
    check(
        "data: 1\ntabs: 2\npublisher: A\nstate: B\nlayout: C\nlayouts: D\nweight: 1\nimage: a.png\nhero: false\norder: 4",
        &[],
    );
    check("title: A\ntitel: B", &[]);
    check("date: soon", &["2: `date` must be a date"]);
    check("date: 03/04/2021", &["2: `date` is read as a year: day and month are not clear"]);
    check("language: English", &["2: `language` must be a language code"]);
    check("source_url: example.org", &["2: `source_url` is not a web address"]);
    check("authors: {a: b}", &["2: `authors` must be a name or a list of names"]);
    check("title: {a: b}", &["2: `title` must be one line of text"]);
    check(
        "title: A\ntitle: B",
        &["3: the front matter cannot be read: `title` is there more than once"],
    );
    check_warnings("---\ntitle: A\nlang: en\n\nText", &["1: the front matter does not end"]);
    check_warnings("+++\ntitle = \"A\"\ndate = \"soon\"\n+++\n", &["3: `date` must be a date"]);
}

#[test]
fn front_matter_that_cannot_be_read_keeps_what_can() {
    let check = |text: &str, title: Option<&str>, authors: &[&str]| {
        let (front, problems) = parse("a.md", text);
        assert_eq!(front.title.as_deref(), title, "{text}");
        assert_eq!(front.authors, authors, "{text}");
        assert!(!problems.is_empty(), "{text}");
    };
    check("---\ntitle: A: b\nauthor: Ada\n---\n", Some("A: b"), &["Ada"]);
    check("---\ntitle: A\nauthors: [Ada, Bo\ndate: 2021-11-24\n---\n", Some("A"), &["Ada", "Bo"]);
    check("---\n\ttitle: A\nauthor: Ada\n---\n", None, &["Ada"]);
    check("---\ntitle: A\nimage: {{ page.image }}x\nauthor: Ada\n---\n", Some("A"), &["Ada"]);
    check("+++\ntitle = \"A\"\nauthor = Ada\n+++\n", Some("A"), &["Ada"]);
}
