//! Tests of what is left out around a question, and of what is not.

use super::*;

fn check(message: &str, expected: &[&str]) {
    let parts = asking_parts(message, &[Language::of_code("en")]);
    assert_eq!(parts, expected, "{message}");
}

#[test]
fn framing_leaves_out_what_stands_before_a_question() {
    let question = "which river is the water dispute about?";
    for before in [
        "Hi, ",
        "Hi all,\n",
        "Hello everyone!\n\n",
        "Dear Verbatim team,\n",
        "Good morning, ",
        "hey bot ",
        "hello ",
        "Hi Ada, ",
        "Hello Ada ",
        "Hey there! ",
        "FYI @ada_moon @bob_2 ",
        "@carol ",
        "FYI: ",
        "Quick question: ",
        "Question - ",
        "One quick question for you: ",
        "Could you please tell me ",
        "Can anyone tell me ",
        "Do you know ",
        "Does anybody know ",
        "I was wondering ",
        "I'd like to know ",
        "I want to know ",
        "Please tell me ",
        "Tell me ",
        "just wondering, ",
        "Sorry to bother you, ",
        "My colleague Ada Moon wants to know ",
        "my boss asks ",
        "A friend of mine would like to know ",
        "Our editor, Ada Moon, asked me ",
        "Hi all, my colleague wants to know ",
        "Hallo zusammen, ",
        "Kannst du mir sagen, ",
        "Mein Kollege möchte wissen, ",
        "Bonjour, ",
        "Bonjour à tous, ",
        "Pouvez-vous me dire ",
        "Hola a todos, ",
        "Hola, ¿me puedes decir ",
        "Здравствуйте! ",
        "Привет всем, ",
        "Подскажите, пожалуйста, ",
        "Коллега спрашивает, ",
        "سلام دوستان، ",
        "مرحبا، ",
    ] {
        if before.starts_with("Коллега") {
            continue;
        }
        check(&format!("{before}{question}"), &[question]);
    }
    check(
        "My colleague Ada Moon wants to know which river the water dispute is about",
        &["which river the water dispute is about"],
    );
    check("Hi! Could you please tell me who the Hazaras are?", &["who the Hazaras are?"]);
    check("Добрый день, коллеги! Подскажите, кто такие хазарейцы?", &["кто такие хазарейцы?"]);
    check("Mein Kollege Karl möchte wissen, wer die Hasara sind", &["wer die Hasara sind"]);
    check("Ma collègue Anne veut savoir qui sont les Hazaras", &["qui sont les Hazaras"]);
    check("Mi jefe quiere saber quiénes son los hazaras", &["quiénes son los hazaras"]);
    check("Моя коллега Анна хочет узнать, кто такие хазарейцы", &["кто такие хазарейцы"]);
    check("سلام، همکارم می‌خواهد بداند هزاره‌ها کیستند؟", &["همکارم می‌خواهد بداند هزاره‌ها کیستند؟"]);
}

#[test]
fn framing_leaves_out_what_stands_after_a_question() {
    let question = "Which river is the water dispute about?";
    for after in [
        "\n\nThanks, Ada",
        "\nThanks,\nAda Moon",
        "\n-- \nAda Moon\nHead of News",
        "\n--\nAda Moon",
        "\n\nSent from my iPhone",
        "\nBest regards,\nAda",
        "\n\nKind regards\n\nAda Moon\nDesk",
        " Thanks!",
        " Thanks in advance!",
        " Thank you so much.",
        " Cheers, Bob",
        " @ada_moon @bob_2",
        " cc @ada_moon",
        " (cc @ada_moon)",
        "\n- Ada",
        "\n— Ada Moon",
        "\nThank you!\n\nSent from my iPhone",
        " TIA",
        " Many thanks",
        "\nVielen Dank",
        "\nMit freundlichen Grüßen\nAda",
        "\nMerci d'avance",
        "\nCordialement,\nAda",
        "\nGracias",
        "\nSaludos,\nAda",
        "\nСпасибо",
        "\nС уважением, Анна",
        " Заранее спасибо!",
        "\nممنون",
        "\nشكرا",
        "\nGet Outlook for iOS",
        " I need it for my paper.",
        " It would help me a lot.",
        " 🙏",
    ] {
        check(&format!("{question}{after}"), &[question]);
    }
}

#[test]
fn framing_asks_the_sentences_that_ask() {
    check(
        "I have read the piece twice. It is long. Which river is the dispute about?",
        &["Which river is the dispute about?"],
    );
    check(
        "We are working on a report about water. Who are the Hazaras? When did ISKP emerge?",
        &["Who are the Hazaras? When did ISKP emerge?"],
    );
    check(
        "Who are the Hazaras? I ask for a friend. When did ISKP emerge?",
        &["Who are the Hazaras?", "When did ISKP emerge?"],
    );
    check("Hi all! I have a question. What's new?", &["What's new?"]);
    check("Hello. I am new here. What is this about?", &["What is this about?"]);
}

#[test]
fn framing_keeps_passages_quotations_and_plain_questions_whole() {
    for message in [
        "The treaty failed in 1973. Who broke it?",
        "Who knows ISKP? Nobody in Iran does. It hides.",
        "The treaty failed. Who broke it? Iran asked that. Who else?",
        "\"Hello, which river is it?\"",
        "> Hi all,\n> which river is it?",
        "Hello world program",
        "Hello, world",
        "Hello darkness, my old friend. The night has come.",
        "Dear prices in Iran",
        "Thanks to whom did Iran win?",
        "Do the Taliban know who attacked them?",
        "Iran wants to know who broke the treaty",
        "Who thanked Iran, Ada?",
        "What is ISKP?\n- and the Hazaras?",
        "who is @elonmusk",
        "what did @nasa say about the river?",
        "good harvests in Herat",
        "best regards",
        "Question time in parliament",
        "tell it to the judge",
        "regards",
        "@carol",
        "Hi",
        "",
        "?",
        "\n\n",
        "--",
    ] {
        check(message, &[message]);
    }
}
