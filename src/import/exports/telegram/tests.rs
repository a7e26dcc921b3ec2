//! Tests of exports and previews of Telegram.

use serde_json::{Value, json};

use super::*;
use crate::import::document::Body;

/// Text of a given number of characters.
fn long(start: &str, chars: usize) -> String {
    let filler = "The tide rises and falls with the moon and the quay is wet. ";
    let text: String =
        format!("{start} ").chars().chain(filler.chars().cycle()).take(chars).collect();
    text.trim_end().to_owned() + "."
}

fn message(id: i64, date: &str, text: Value) -> Value {
    json!({
        "id": id, "type": "message", "date": date, "from": "Harbour", "from_id": "channel77",
        "text": text, "text_entities": [],
    })
}

fn channel(messages: Vec<Value>) -> Vec<u8> {
    let chat = json!({
        "name": "Harbour", "type": "public_channel", "id": 77, "messages": messages,
    });
    chat.to_string().into_bytes()
}

fn markdown(document: &Document) -> &str {
    match &document.body {
        Body::Markdown(text) => text,
        Body::Html(_) => panic!("expected Markdown"),
    }
}

fn only(messages: Vec<Value>) -> Document {
    let mut converted = convert(channel(messages)).unwrap();
    assert_eq!(converted.documents.len(), 1, "{converted:?}");
    converted.documents.remove(0)
}

#[test]
fn telegram_post_becomes_a_document_with_its_title() {
    let text = json!([
        {"type": "bold", "text": "The tides"}, "\n\n", long("Twice a day the water rises.", 420),
        "\n\n", {"type": "hashtag", "text": "#sea"}, " ", {"type": "hashtag", "text": "#moon"},
    ]);
    let short = message(8, "2024-05-03T10:00:00", json!("Too short."));
    let service = json!({"id": 9, "type": "service", "date": "2024-05-03T10:00:00", "text": ""});
    let sticker = message(10, "2024-05-03T10:00:00", json!(""));
    let post = message(7, "2024-05-01T10:00:00", text);
    let converted = convert(channel(vec![post, short, service, sticker])).unwrap();
    let document = &converted.documents[0];
    assert_eq!(document.title.as_deref(), Some("The tides"));
    assert_eq!(document.published.as_deref(), Some("2024-05-01"));
    assert_eq!(document.authors, ["Harbour"]);
    assert_eq!(document.tags, ["sea", "moon"]);
    assert_eq!(document.address.as_deref(), Some("https://t.me/c/77/7"));
    assert_eq!(document.name.as_deref(), Some("2024-05-01 The tides"));
    assert!(markdown(document).starts_with("Twice a day"), "{}", markdown(document));
    assert!(!markdown(document).contains("#"), "{}", markdown(document));
    assert_eq!(converted.folder.as_deref(), Some("Harbour"));
    let left_out: Vec<_> = converted.left_out.into_iter().collect();
    let expected = [
        ("polls, stickers and media without a text".to_owned(), 1),
        (TOO_SHORT.to_owned(), 1),
        ("service messages".to_owned(), 1),
    ];
    assert_eq!(left_out, expected);
}

#[test]
fn telegram_title_of_a_post_without_one_is_its_first_sentence() {
    let document = only(vec![message(
        1,
        "2024-05-01T10:00:00",
        json!(long("🌊 The water of St. Ives rises twice. Then", 500)),
    )]);
    assert_eq!(document.title.as_deref(), Some("The water of St. Ives rises twice"));
    assert!(markdown(&document).starts_with("🌊 The water"));
    let text = "word ".repeat(100);
    let document = only(vec![message(1, "2024-05-01T10:00:00", json!(text))]);
    let title = document.title.unwrap();
    assert!(title.ends_with("word…") && title.chars().count() <= 81, "{title}");
}

#[test]
fn telegram_posts_that_continue_each_other_are_joined() {
    let day = "2024-05-01T10:00:0";
    let mut reply = message(5, "2024-06-01T10:00:00", json!(long("Later", 150)));
    reply["reply_to_message_id"] = json!(2);
    let mut foreign = message(6, "2024-06-01T10:00:30", json!(long("Foreign", 150)));
    foreign["reply_to_message_id"] = json!(2);
    foreign["from_id"] = json!("channel78");
    let posts = vec![
        message(1, "2024-05-01T09:00:00", json!("Short.")),
        message(2, &format!("{day}1"), json!(long("First", 150))),
        message(3, &format!("{day}9"), json!(long("Second", 150))),
        reply,
        foreign,
    ];
    let document = only(posts);
    assert_eq!(document.key, "2");
    let text = markdown(&document);
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word} in {text}"));
    assert!(at("First") < at("Second") && at("Second") < at("Later"));
    assert!(!text.contains("Foreign"));
}

#[test]
fn telegram_reply_that_is_an_article_of_another_day_stays_one() {
    let mut reply = message(5, "2024-06-01T10:00:00", json!(long("Later", 450)));
    reply["reply_to_message_id"] = json!(2);
    let posts = vec![message(2, "2024-05-01T10:00:00", json!(long("First", 450))), reply];
    assert_eq!(convert(channel(posts)).unwrap().documents.len(), 2);
}

#[test]
fn telegram_formats_become_markdown() {
    let text = json!([
        {"type": "bold", "text": "Formats "}, "\n", long("A start", 400), "\n\n",
        "see ", {"type": "text_link", "text": "the [table]", "href": "https://a.example/b(c)"},
        " and ", {"type": "link", "text": "https://a.example/x_y"}, ", ",
        {"type": "mention", "text": "@harbour_x"}, " ", {"type": "italic", "text": " wet "},
        {"type": "code", "text": "a`b"}, "\n",
        {"type": "pre", "text": "let x = 1;\n# no\n", "language": "rust"}, "after\n",
        {"type": "blockquote", "text": "quoted\nlines"}, "tail\n\n",
        {"type": "bold", "text": "A part"}, "\n\n", {"type": "bold", "text": "1. Another"}, "\nof it\n\n",
        "- one\n- two\n\n1. first\n2. second\n\n1. again\n2. more\n\n1986. A year\n\n# no\n> no\n\n",
        {"type": "spoiler", "text": "hid\u{ad}den"}, "\u{a0}text 2 * 3",
    ]);
    let document = only(vec![message(1, "2024-05-01T10:00:00", text)]);
    let text = markdown(&document).split_once(".\n\n").unwrap().1;
    let expected = "see [the \\[table\\]](https://a.example/b%28c%29) and <https://a.example/x_y>, @harbour_x  *wet* ``a`b``\n\n\
        ```rust\nlet x = 1;\n# no\n```\n\nafter\n\n> quoted\\\n> lines\n\ntail\n\n## A part\n\n## 1. Another\n\nof it\n\n\
        - one\n- two\n\n1. first\n2. second\n\n1) again\n2) more\n\n1986\\. A year\n\n\\# no\\\n\\> no\n\nhidden text 2 * 3\n";
    assert_eq!(text, expected);
}

#[test]
fn telegram_channel_is_named_by_links_to_its_own_posts() {
    let link = |id: i64| json!({"type": "link", "text": format!("https://t.me/harbour_news/{id}")});
    let posts = vec![
        message(1, "2024-05-01T10:00:00", json!(long("First", 450))),
        message(2, "2024-05-02T10:00:00", json!([long("Second", 450), " ", link(1)])),
    ];
    let converted = convert(channel(posts)).unwrap();
    let addresses: Vec<_> =
        converted.documents.iter().filter_map(|it| it.address.clone()).collect();
    assert_eq!(addresses, ["https://t.me/harbour_news/1", "https://t.me/harbour_news/2"]);
    assert!(
        markdown(&converted.documents[1]).contains("[https://t.me/harbour\\_news/1](article:1)")
            || markdown(&converted.documents[1])
                .contains("[https://t.me/harbour_news/1](article:1)")
    );
}

#[test]
fn telegram_forwarded_post_has_its_origin_as_author() {
    let mut post = message(1, "2024-05-01T10:00:00", json!(long("First", 450)));
    post["forwarded_from"] = json!("Ada");
    assert_eq!(only(vec![post]).authors, ["Ada"]);
    let mut post = message(1, "2024-05-01T10:00:00", json!(long("First", 450)));
    post["author"] = json!("Grace");
    assert_eq!(only(vec![post]).authors, ["Grace"]);
}

#[test]
fn telegram_account_gives_its_channels_and_groups() {
    let chat = |kind: &str, id: i64| {
        let post = message(1, "2024-05-01T10:00:00", json!(long("First", 450)));
        json!({"name": format!("N{id}"), "type": kind, "id": id, "messages": [post]})
    };
    let list = [chat("personal_chat", 1), chat("private_supergroup", 2), chat("public_channel", 3)];
    let account =
        json!({"about": "Here is the data you requested.", "chats": {"about": "", "list": list}});
    let converted = convert(account.to_string().into_bytes()).unwrap();
    let names: Vec<_> = converted.documents.iter().filter_map(|it| it.name.as_deref()).collect();
    assert_eq!(names.len(), 2);
    assert!(names[0].starts_with("N2/2024-05-01 First"), "{names:?}");
    assert_eq!(converted.documents[1].key, "3/1");
    assert_eq!(converted.documents[1].address.as_deref(), Some("https://t.me/c/3/1"));
}

#[test]
fn telegram_export_that_is_damaged_is_a_failure() {
    let whole = channel(vec![message(1, "2024-05-01T10:00:00", json!("a"))]);
    let failure = convert(whole[..whole.len() / 2].to_vec()).unwrap_err();
    assert_eq!(failure.what, "the export ends in the middle");
    assert!(convert(b"{}".to_vec()).is_err());
    assert!(convert("[".repeat(100_000).into_bytes()).is_err());
    let deep = format!("{{\"messages\":[{{\"text\":{}", "[".repeat(100_000));
    assert!(convert(deep.into_bytes()).is_err());
    let odd = json!({"type": "public_channel", "id": "x", "messages": [
        {"id": {}, "text": [1, null, {"type": 3}], "from": [], "date": 5}, {},
    ]});
    assert!(convert(odd.to_string().into_bytes()).unwrap().documents.is_empty());
}

/// Page of the preview with these posts: id, time and text.
fn page(posts: &[(i64, &str, &str)]) -> String {
    let post = |(id, time, text): &(i64, &str, &str)| {
        format!(
            "<div class=\"tgme_widget_message_wrap js-widget_message_wrap\"><div class=\"tgme_widget_message text_not_supported_wrap js-widget_message\" data-post=\"harbour/{id}\"><div class=\"tgme_widget_message_bubble\"><div class=\"tgme_widget_message_author accent_color\"><a class=\"tgme_widget_message_owner_name\" href=\"https://t.me/harbour\"><span dir=\"auto\">Harbour &amp; Co</span></a></div><div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">{text}</div><div class=\"tgme_widget_message_footer\"><a class=\"tgme_widget_message_date\" href=\"https://t.me/harbour/{id}\"><time datetime=\"{time}\" class=\"time\">10:00</time></a></div></div></div></div>"
        )
    };
    let posts: String = posts.iter().map(post).collect();
    format!(
        "<html><head><link rel=\"prev\" href=\"/s/harbour?before=40\"></head><body><a href=\"/s/harbour?before=40\" class=\"tme_messages_more js-messages_more\" data-before=\"40\"></a>{posts}</body></html>"
    )
}

#[test]
fn telegram_preview_gives_the_posts_of_a_channel() {
    let filler = long("Twice a day", 420);
    let text = format!(
        "<b>The tides</b><br/><br/>{filler}<br/><i class=\"emoji\" style=\"x\"><b>👍</b></i> see <a href=\"https://t.me/harbour/41\" target=\"_blank\">this</a> &amp; <tg-spoiler>that</tg-spoiler> <a href=\"?q=%23sea\">#sea</a> it.<br/><pre>a\n  b</pre>"
    );
    let first = long("Before", 450);
    let posts = [
        (41, "2024-05-01T10:00:00+00:00", first.as_str()),
        (42, "2024-05-02T10:00:00+00:00", &text),
    ];
    let found = channel_page(&page(&posts)).unwrap();
    assert_eq!(found.older.as_deref(), Some("https://t.me/s/harbour?before=40"));
    assert_eq!(found.documents.len(), 2);
    let document = &found.documents[1];
    assert_eq!(document.title.as_deref(), Some("The tides"));
    assert_eq!(document.authors, ["Harbour & Co"]);
    assert_eq!(document.address.as_deref(), Some("https://t.me/harbour/42"));
    assert_eq!(document.published.as_deref(), Some("2024-05-02"));
    assert_eq!(document.tags, ["sea"]);
    let expected =
        format!("{filler}\n\n👍 see [this](article:41) & that #sea it.\n\n```\na\n  b\n```\n");
    assert_eq!(markdown(document), expected);
    assert!(channel_page("<html><body>Not found</body></html>").is_err());
}
