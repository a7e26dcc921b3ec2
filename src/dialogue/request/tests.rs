//! Tests of requests in all languages, and of questions that only look like requests.

use super::*;
use crate::dialogue::{ArticleRequest, article_request, small_talk};

/// Checks that each of the messages, which are separated by `|`, makes this request.
fn check(expected: &str, messages: &str) {
    for message in messages.split('|').map(str::trim) {
        assert_eq!(describe(message), expected, "{message}");
    }
}

fn describe(message: &str) -> String {
    if let Some(kind) = small_talk(message) {
        return format!("{kind:?}");
    }
    if let Some(found) = request(message) {
        return match found {
            Request::Briefing { topic: Some(topic) } => format!("briefing on {topic}"),
            other => other.name().to_owned(),
        };
    }
    match article_request(message) {
        Some(ArticleRequest::All) => "all".into(),
        Some(ArticleRequest::Newest) => "newest".into(),
        Some(ArticleRequest::NewestOn(topic)) => format!("newest on {topic}"),
        Some(ArticleRequest::ByAuthor(name)) => format!("by {name}"),
        Some(ArticleRequest::Published(title)) => format!("published {}", title.unwrap_or("-")),
        None => "question".into(),
    }
}

#[test]
fn request_for_a_briefing_is_recognised_in_all_languages() {
    check(
        "briefing",
        "what's this about? | What is this about? | whats this about | what is it about? | \
         What is the article about? | summary | Summary please | tl;dr | TL;DR? | tldr | \
         main points | the main points? | key points | summarize the article | Summarise this | \
         can you summarize this article for me please? | give me a summary | \
         Could you give me a quick summary of the article? | short summary | \
         what are the main points? | key takeaways | gist? | what's the gist | sum it up | \
         overview | in a nutshell | what does the article say? | brief | please summarize | \
         I need a summary | tell me about the article | what are the articles about? | \
         Zusammenfassung | Worum geht es? | worum geht's hier? | Fass den Artikel zusammen | \
         bitte eine kurze Zusammenfassung | Hauptpunkte | die wichtigsten Punkte | résumé | \
         Résume l'article | De quoi ça parle ? | de quoi s'agit-il ? | \
         de quoi parle cet article ? | points principaux | les points clés | fais un résumé | \
         resumen | ¿De qué trata? | ¿de qué trata esto? | ¿De qué va el artículo? | \
         resume el artículo | puntos principales | los puntos clave | dame un resumen | \
         о чём это? | О чем статья? | о чём эта статья? | краткое содержание | кратко | резюме | \
         основные мысли | главное | перескажи статью | в двух словах | خلاصه | خلاصه مقاله | \
         این درباره چیست؟ | این مقاله درباره‌ی چیست؟ | نکات اصلی | خلاصه کن | موضوع چیست؟ | ملخص | \
         لخص المقال | عن ماذا يتحدث هذا؟ | عم يتحدث المقال؟ | ما هو موضوع المقال؟ | \
         النقاط الرئيسية | أهم النقاط | باختصار",
    );
    check(
        "briefing on the Helmand treaty",
        "summary of the Helmand treaty | summarize the Helmand treaty | \
         main points of the Helmand treaty",
    );
}

#[test]
fn request_for_the_source_is_recognised_in_all_languages() {
    check(
        "source",
        "source? | Source | sources | link | link? | Link please | url? | where is this from? | \
         Where's this from? | where does this come from? | where did you get that? | \
         what's the source? | which article is this from? | source please | can I have the link? | \
         give me the source | send me the link | link to the article | original article | \
         where can I read this? | says who? | reference? | Do you have a source for this? | \
         a link to this? | Quelle? | Quelle bitte | Woher ist das? | woher stammt das? | \
         woher hast du das? | aus welchem Artikel? | Link? | wo steht das? | la source ? | \
         source ? | d'où ça vient ? | D'où vient cette citation ? | lien ? | \
         quelle est la source ? | de quel article ? | ¿fuente? | fuente | enlace | \
         ¿De dónde es esto? | ¿de dónde sale eso? | ¿cuál es la fuente? | ¿de qué artículo? | \
         источник? | ссылка | ссылку на статью | откуда это? | Откуда взято? | из какой статьи? | \
         где это написано? | منبع؟ | لینک | این از کجاست؟ | منبع این چیست؟ | از کدام مقاله؟ | \
         لینک بده | المصدر؟ | مصدر | الرابط | من أين هذا؟ | ما هو المصدر؟ | من أي مقال؟",
    );
}

#[test]
fn request_for_help_is_recognised_in_all_languages() {
    check(
        "help",
        "help | Help! | help me | what can I ask? | What can I ask you? | what can you do? | \
         how does this bot work? | how do you work? | what questions can I ask? | \
         how do I use this? | what can I do here? | instructions | commands | examples | Hilfe | \
         Was kann ich fragen? | was kannst du? | Was kann man dich fragen? | \
         wie funktioniert das? | wie funktioniert der Bot? | aide | aide-moi | \
         que puis-je demander ? | Que peux-tu faire ? | qu'est-ce que je peux demander ? | \
         comment ça marche ? | ayuda | ayúdame | ¿Qué puedo preguntar? | ¿qué puedes hacer? | \
         ¿cómo funciona? | ¿Cómo funciona esto? | помощь | помоги | что можно спросить? | \
         Что ты умеешь? | что я могу спросить? | как это работает? | کمک | راهنما | \
         چه می‌توانم بپرسم؟ | چه کار می‌کنی؟ | مساعدة | ماذا يمكنني أن أسأل؟ | ماذا تفعل؟ | \
         كيف يعمل هذا؟",
    );
    check(
        "identity",
        "who are you? | Who are you | what are you? | are you an AI? | are you a bot? | \
         are you human? | Are you ChatGPT? | are you real? | is this a bot? | is this AI? | \
         are you a real person? | who made you? | what's your name? | am I talking to a human? | \
         do you use AI? | r u a bot | bot or human? | Are you a robot or a human? | Wer bist du? | \
         bist du eine KI? | Bist du ein Bot? | wer sind Sie? | Bist du ein Mensch? | qui es-tu ? | \
         Tu es une IA ? | êtes-vous un robot ? | es-tu humain ? | t'es qui ? | ¿quién eres? | \
         ¿Eres una IA? | ¿eres un bot? | ¿cómo te llamas? | кто ты? | Ты бот? | ты кто такой? | \
         ты человек? | ты искусственный интеллект? | это бот? | تو کی هستی؟ | شما کیستید؟ | \
         تو هوش مصنوعی هستی؟ | ربات هستی؟ | من أنت؟ | هل أنت روبوت؟ | هل أنت ذكاء اصطناعي؟ | \
         ما اسمك؟",
    );
}

#[test]
fn request_for_more_is_recognised_in_all_languages() {
    check(
        "more",
        "more | More! | more? | next | next please | tell me more | show more | another one | \
         one more | anything else? | what else? | go on | continue | more please | any more? | \
         mehr | weiter | noch eins | noch mehr | nächstes | sonst noch was? | plus | encore | \
         suivant | la suite | autre chose ? | más | siguiente | otra | ¿algo más? | dime más | \
         ещё | еще | дальше | следующая | что ещё? | بیشتر | بعدی | ادامه | المزيد | التالي | \
         أكثر",
    );
}

#[test]
fn request_for_articles_is_recognised_in_all_languages() {
    check(
        "all",
        "how many articles? | How many articles are there? | how many articles do you have? | \
         list all articles | what articles do you have? | articles | which articles are there? | \
         all articles | number of articles | Wie viele Artikel gibt es? | wie viele Artikel? | \
         welche Artikel hast du? | alle Artikel | combien d'articles ? | \
         Combien d'articles y a-t-il ? | quels articles ? | liste des articles | \
         ¿cuántos artículos hay? | ¿Cuántos artículos? | ¿qué artículos tienes? | сколько статей? | \
         Сколько у тебя статей? | какие есть статьи? | چند مقاله داری؟ | چند مقاله هست؟ | \
         كم عدد المقالات؟ | كم مقالا لديك؟",
    );
    check(
        "newest",
        "what's new? | What is new? | whats new | latest | the latest | newest | latest article | \
         newest articles | recent articles | anything new? | any news? | news | \
         what's the latest? | most recent article | show me the latest article | \
         was gibt's Neues? | Was gibt es Neues? | was ist neu? | neueste Artikel | \
         der neueste Artikel | Neuigkeiten | quoi de neuf ? | derniers articles | dernier article | \
         nouveautés | le plus récent | ¿qué hay de nuevo? | últimos artículos | lo último | \
         novedades | что нового? | последние статьи | новое | новости | последняя статья | \
         تازه‌ترین | آخرین مقاله | چه خبر؟ | ما الجديد؟ | أحدث المقالات | آخر مقال | الجديد",
    );
    check(
        "newest on water",
        "newest on water | latest on water | latest article about water | what's new on water? | \
         articles about water | how many articles about water? | what is the latest on water?",
    );
    // "Artículos de …" may name a topic or an author.
    check("newest on Anna Weber", "artículos de Anna Weber");
    check("newest on Wasser", "Neues zu Wasser | neueste Artikel über Wasser");
    check(
        "by ANNA",
        "articles by ANNA | what did ANNA write? | What has ANNA written? | \
         how many articles by ANNA? | anything by ANNA? | written by ANNA | \
         how many articles did ANNA write? | ANNA articles",
    );
    check(
        "by Anna Weber",
        "Artikel von Anna Weber | Was hat Anna Weber geschrieben? | qu'a écrit Anna Weber ? | \
         ¿Qué escribió Anna Weber? | Что написала Anna Weber? | ماذا كتبت Anna Weber؟",
    );
    check(
        "published -",
        "when was this published? | When was it written? | publication date | date? | \
         when was the article published? | Wann ist das erschienen? | quand a-t-il été publié ? | \
         ¿cuándo se publicó? | когда это опубликовано? | когда вышла статья? | کی منتشر شد؟ | \
         متى نشر هذا المقال؟",
    );
    check(
        "published Storm Xaver",
        "when was Storm Xaver published? | publication date of Storm Xaver | \
         When did Storm Xaver come out? | Wann wurde Storm Xaver veröffentlicht? | \
         Wann ist Storm Xaver erschienen? | quand a été publié Storm Xaver ? | \
         ¿Cuándo se publicó Storm Xaver? | Когда была опубликована Storm Xaver?",
    );
}

#[test]
fn request_is_not_seen_in_questions_about_the_text() {
    check(
        "question",
        "who wrote this? | Who wrote this and when? | Wer hat das geschrieben? | \
         Кто это написал? | من كتب هذا؟ | چه کسی این را نوشته است؟ | and then? | \
         what is this about Helmand? | link between Iran and Taliban | source of the Helmand river | \
         help for refugees | more refugees? | who are they? | who are the Hazaras? | \
         What are the main points of entry? | where is the river from? | \
         where does the Helmand come from? | what is the treaty about? | \
         Which river is the water dispute about? | what about the Tajiks? | and the Tajiks? | \
         next elections | who helps them? | what can Iran do? | what can the Taliban do about it? | \
         how does the treaty work? | when was the treaty signed? | is this treaty still valid? | \
         are there bots in Iran? | is AI used at the border? | who made the dam? | new treaty | \
         the latest flood | recent floods in Herat | how many refugees are there? | \
         how many people died? | which article of the treaty covers water? | \
         what does article 5 say? | sources of income | main sources of water | \
         how do I install it? | how does it work? | what is a brief? | more than 5 million | \
         most recent earthquake | link state routing | linked lists | why? | when? | who? | \
         what is it? | who is he? | is it real? | helpers | what is the source code license? | \
         continue statement | break and continue | who said that? | what happened next? | \
         who wrote the Bible? | who wrote Bores? | Wer sind die Hasara? | Woher kommt der Fluss? | \
         Was ist der Vertrag? | Wie viele Flüchtlinge gibt es? | Neue Dämme | mehr Wasser | \
         Hilfe für Flüchtlinge | qui sont les Hazaras ? | d'où vient la rivière ? | plus d'eau | \
         combien de réfugiés ? | aide aux réfugiés | ¿quiénes son los hazaras? | más agua | \
         ayuda a los refugiados | ¿de dónde viene el río? | кто такие хазарейцы? | больше воды | \
         откуда течёт река? | помощь беженцам | آب بیشتر | هزاره‌ها کیستند؟ | کمک به پناهندگان | \
         المزيد من الماء | من هم الهزارة؟ | مساعدة اللاجئين",
    );
}
