//! Whole PDF files: the fixtures, and files that the tests make.

use super::*;

/// Width and height of a page of `pdf_of`, in points.
const PAGE: (usize, usize) = (400, 500);

fn markdown(converted: Result<Converted, Failure>) -> String {
    match converted.map(|mut converted| converted.documents.remove(0).body) {
        Ok(Body::Markdown(markdown)) => markdown,
        Ok(Body::Html(_)) => panic!("a PDF becomes Markdown"),
        Err(failure) => panic!("{}", failure.what),
    }
}

fn reason(bytes: &[u8]) -> String {
    convert(bytes).map(|_| String::new()).unwrap_or_else(|failure| failure.what)
}

/// Returns a PDF with the given content of each page and entries of the information dictionary.
/// The font `F` is Times, `B` is its bold form.
fn pdf_of(pages: &[String], info: &str) -> Vec<u8> {
    let first = 6;
    let kids: Vec<_> = (0..pages.len()).map(|at| format!("{} 0 R", first + 2 * at)).collect();
    let font = |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} >>");
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        font("Times-Roman"),
        font("Times-Bold"),
        format!("<< {info} >>"),
    ];
    for (at, content) in pages.iter().enumerate() {
        let (width, height) = PAGE;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {} 0 R \
             /Resources << /Font << /F 3 0 R /B 4 0 R >> >> >>",
            first + 2 * at + 1
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    offsets.iter().for_each(|offset| bytes.extend(format!("{offset:010} 00000 n \n").bytes()));
    let trailer = format!("<< /Size {} /Root 1 0 R /Info 5 0 R >>", objects.len() + 1);
    bytes.extend(format!("trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n").bytes());
    bytes
}

/// Returns the drawing of a text at a place: points from the left and from the top.
fn text(font: &str, size: usize, x: usize, y: usize, text: &str) -> String {
    let text = text.replace('(', "\\(").replace(')', "\\)");
    format!("BT /{font} {size} Tf 1 0 0 1 {x} {} Tm ({text}) Tj ET\n", PAGE.1 - y)
}

/// Returns the drawing of lines below one another.
fn lines(x: usize, y: usize, texts: &[&str]) -> String {
    texts.iter().enumerate().map(|(at, line)| text("F", 10, x, y + 12 * at, line)).collect()
}

#[test]
fn columns_are_read_one_after_the_other() {
    let expected = "<!-- page 1 -->\n\n# Tides and tables\n\n# The Moon\n\n\
        The tide is the regular rise and fall of the sea. It follows the Moon, whose gravity \
        pulls the water on the near side of the Earth more strongly than the Earth itself. A \
        second bulge forms on the far side.[^1]\n\n\
        Harbour masters kept careful records long before anyone understood the cause. A clerk \
        wrote down the height of the water every quarter of an hour for nineteen years, and his \
        notebooks were later used to predict the tides of the whole coast. The well-known tables \
        go back to his work.\n\n# The clerk\n\n\
        Harbour masters kept careful records long before anyone understood the cause. A clerk \
        wrote down the height of the water every quarter of an hour for nineteen years, and his \
        notebooks were later used to predict the tides <!-- page 2 -->of the whole coast. The \
        well-known tables go back to his work.\n\n\
        The tide is the regular rise and fall of the sea. It follows the Moon, whose gravity \
        pulls the water on the near side of the Earth more strongly than the Earth itself. A \
        second bulge forms on the far side.\n\n\
        [^1]: The first difficult explanation was efficient but false.";
    let converted = convert(include_bytes!("fixtures/columns.pdf"));
    let document = &converted.as_ref().unwrap().documents[0];
    assert_eq!(document.title.as_deref(), Some("Tides and tables"));
    assert_eq!(document.authors, ["Ada Marsh"]);
    assert_eq!((document.language.as_deref(), document.published.as_deref()), (Some("en"), None));
    assert_eq!(markdown(converted), expected);
}

#[test]
fn headings_lists_tables_and_code_are_found() {
    let expected = "<!-- page 1 -->\n\n# 1 Reasons\n\nThe water moves for these reasons:\n\n\
        -  the Moon is near, and its pull is uneven across the whole diameter of the Earth;\n\
        -  the coast is shaped as it is.\n\n## 1.1 Steps\n\n1. Look at the table.\n2. Go home.\n\n\
        | Port | Mean | Remark |\n| --- | --- | --- |\n\
        | Brest | 4.3 m | The records are long and were used by many |\n\
        | Severn | 9.6 m | High |\n\nThe area is 12 m² in every port.\n\n\
        ```\nfn tide(hour: f64) -> f64 {\n    (hour / 12.42).cos()\n}\n```\n\n\
        Use * and _ with care.";
    assert_eq!(markdown(convert(include_bytes!("fixtures/blocks.pdf"))), expected);
}

#[test]
fn scripts_are_written_in_the_order_of_reading() {
    let check = |bytes: &[u8], expected: &str| {
        assert_eq!(markdown(convert(bytes)), format!("<!-- page 1 -->\n\n{expected}"));
    };
    check(
        include_bytes!("fixtures/arabic.pdf"),
        "# تاريخ المد\n\nاحتفظ مديرو الموانئ بسجلات دقيقة (قبل أن يفهم أحد السبب) بزمن طويل. \
         وكتب كاتب ارتفاع الماء كل ربع ساعة لمدة 19 عاما.",
    );
    let hebrew = "# תולדות הגאות\n\nפקיד בליברפול רשם את גובה המים בכל רבע שעה במשך 19 שנים, \
         ומחברותיו שימשו אחר כך לחיזוי הגאות.";
    check(include_bytes!("fixtures/hebrew.pdf"), hebrew);
    check(include_bytes!("fixtures/owner_password.pdf"), hebrew);
    check(
        include_bytes!("fixtures/russian.pdf"),
        "# История приливов\n\nПрилив есть правильное поднятие и опускание уровня моря. Он следует \
         за Луной, притяжение которой действует на ближнюю сторону Земли сильнее, чем на дальнюю.",
    );
    check(
        include_bytes!("fixtures/chinese.pdf"),
        "# 潮汐\n\n潮汐是海水有规律的涨落。它随月球而变化，月球的引力对地球近侧海水的作用比对地球本身更强。",
    );
}

#[test]
fn headers_and_page_numbers_are_left_out() {
    let page = |at: usize| {
        let (left, right) = if at.is_multiple_of(2) { (40, 350) } else { (350, 40) };
        let middle = format!("the water rose in the harbour number {at} and fell again");
        let body = ["It was seen by the clerk that", &middle, "before the night was over."];
        text("F", 9, right, 30, "Letters")
            + &text("F", 9, left, 30, &(at + 7).to_string())
            + &lines(40, 60, &body)
    };
    let pages: Vec<_> = (0..4).map(page).collect();
    let found = markdown(convert(&pdf_of(&pages, "")));
    assert!(!found.contains("Letters") && !found.contains("10"), "{found}");
    assert_eq!(found.matches("before the night was over.").count(), 4);
    for mark in ["<!-- page 1 -->\n\nIt was", "\n\n<!-- page 4 -->\n\nIt was"] {
        assert!(found.contains(mark), "{found}");
    }
}

#[test]
fn paragraph_that_a_page_break_divides_is_joined() {
    let first = lines(
        40,
        60,
        &[
            "The clerk of the harbour wrote down the height of the water every quarter",
            "of an hour, and nobody in the whole town knew the purpose of his long un-",
        ],
    );
    let second = lines(40, 60, &["interrupted work.", "It became useful after his death."]);
    let found = markdown(convert(&pdf_of(&[first, second], "")));
    assert_eq!(
        found,
        "<!-- page 1 -->\n\nThe clerk of the harbour wrote down the height of the water every \
         quarter of an hour, and nobody in the whole town knew the purpose of his long \
         uninterrupted <!-- page 2 -->work.\n\nIt became useful after his death."
    );
}

#[test]
fn superscript_is_not_part_of_a_word() {
    let page = text("F", 10, 40, 60, "They came to the river")
        + &text("F", 6, 133, 56, "3")
        + &text("F", 10, 140, 60, "and found twelve m")
        + &text("F", 6, 217, 56, "2")
        + &text("F", 10, 224, 60, "of sand there.");
    let found = markdown(convert(&pdf_of(&[page], "")));
    assert!(found.contains("river [3] and found twelve m² of sand"), "{found}");
}

#[test]
fn title_is_stated_or_the_biggest_text() {
    let page =
        text("B", 20, 40, 60, "The long tide") + &lines(40, 100, &["The water rose and fell."]);
    let title = |info: &str| {
        let converted = convert(&pdf_of(std::slice::from_ref(&page), info)).unwrap();
        converted.documents[0].title.clone().unwrap_or_default()
    };
    assert_eq!(title("/Title (Tides of the coast)"), "Tides of the coast");
    assert_eq!(title("/Title (Microsoft Word - tides.doc)"), "The long tide");
    assert_eq!(title(""), "The long tide");
}

#[test]
fn turned_page_is_read_and_a_stamp_is_not() {
    let lines = ["The water rose in the harbour", "and fell again before night."];
    let turned = |x: usize, y: usize, text: &str| {
        format!("BT /F 10 Tf 0 1 -1 0 {x} {y} Tm ({text}) Tj ET\n")
    };
    let page: String =
        lines.iter().enumerate().map(|(at, line)| turned(60 + 12 * at, 40, line)).collect();
    let expected = "The water rose in the harbour and fell again before night.";
    assert!(markdown(convert(&pdf_of(&[page], ""))).ends_with(expected));
    let stamped = super::tests::lines(60, 60, &lines) + &turned(20, 40, "Copy of the office");
    let found = markdown(convert(&pdf_of(&[stamped], "")));
    assert!(found.ends_with(expected) && !found.contains("office"), "{found}");
}

#[test]
fn file_without_readable_text_is_refused() {
    let good = pdf_of(&[lines(40, 60, &["The water rose in the harbour and fell."])], "");
    assert_eq!(reason(&good), "");
    let check = |bytes: &[u8], expected: &str| assert_eq!(reason(bytes), expected);
    check(b"", "it is empty");
    check(b"<html>", "it is not a PDF");
    check(&good[..good.len() / 2], "it is cut: its end is missing");
    check(b"%PDF-1.7\n%%EOF", "it is damaged");
    check(include_bytes!("fixtures/password.pdf"), "it is encrypted with a password");
    check(&pdf_of(&[String::new()], ""), "it has no text");
    let image = "q 400 0 0 500 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{7f} EI Q".to_owned();
    let scan = pdf_of(std::slice::from_ref(&image), "");
    check(&scan, "it is a scan: its pages are images without text");
    let half = pdf_of(&[image, lines(40, 60, &["The water rose in the harbour."])], "");
    check(&half, "it is a scan: 1 of its 2 pages are images without text");
    let ciphered =
        ["Uif ujef jt uif sfhvmbs sjtf boe gbmm pg uif tfb", "dhtwn crwd fghjk lmnp qrst"];
    let page = lines(40, 60, &ciphered.repeat(12));
    let found = reason(&pdf_of(&[page], ""));
    assert!(found.starts_with("its text is not readable: "), "{found}");
}

#[test]
fn damaged_file_never_panics() {
    let whole = include_bytes!("fixtures/columns.pdf");
    for at in (0..whole.len()).step_by(499) {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 0x55;
        let _ = convert(&bytes);
        let mut cut = whole[..at].to_vec();
        cut.extend(b"\n%%EOF\n");
        let _ = convert(&cut);
    }
}

#[test]
fn text_of_a_program_is_cleaned() {
    let raw = "Letters                          1\n\n\nThe Moon\n\nThe tide is the regular rise and \
        fall of the sea, which was known to every fisher-\nman of the coast.\n\u{c}\
        Letters                          2\n\n\nIt follows the Moon and not the Sun, as the clerk \
        of the harbour found out.\n\u{c}";
    assert_eq!(
        markdown(convert_text(raw)),
        "<!-- page 1 -->\n\nThe Moon\n\nThe tide is the regular rise and fall of the sea, which \
         was known to every fisherman of the coast.\n\n<!-- page 2 -->\n\nIt follows the Moon and \
         not the Sun, as the clerk of the harbour found out."
    );
    assert!(convert_text("\u{c}\u{c}").is_err());
}

#[test]
fn columns_in_the_text_of_a_program_are_read_one_after_the_other() {
    let left = [
        "The tide is the regular rise",
        "and fall of the sea, known to",
        "every man of the coast. It",
        "follows the Moon, and not the",
    ];
    let right = [
        "Sun, as the clerk of the port",
        "found out after many years of",
        "work, which nobody had paid",
        "him for in the whole time.",
    ];
    let raw: String =
        left.iter().zip(right).map(|(left, right)| format!("{left:<36}{right}\n")).collect();
    let found = markdown(convert_text(&raw));
    let expected = [left, right].concat().join(" ");
    assert_eq!(found, format!("<!-- page 1 -->\n\n{expected}"));
}
