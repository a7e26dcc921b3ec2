//! Names of the months in the languages with the most readers. Pure.

/// Names of January to December by the code of the language: the full name in a date first, then
/// other forms and abbreviations, in lower case.
#[rustfmt::skip]
const MONTHS: [(&str, [&str; 12]); 14] = [
    ("en", [
        "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
        "august aug", "september sept sep", "october oct", "november nov", "december dec",
    ]),
    ("de", [
        "januar jänner jan", "februar feb", "märz mrz", "april apr", "mai", "juni jun", "juli jul",
        "august aug", "september sept", "oktober okt", "november nov", "dezember dez",
    ]),
    ("fr", [
        "janvier janv", "février févr fév fevrier", "mars", "avril avr", "mai", "juin",
        "juillet juill juil", "août aout", "septembre sept", "octobre oct", "novembre nov",
        "décembre déc decembre",
    ]),
    ("es", [
        "enero ene", "febrero feb", "marzo mar", "abril abr", "mayo", "junio jun", "julio jul",
        "agosto ago", "septiembre sept", "octubre oct", "noviembre nov", "diciembre dic",
    ]),
    ("it", [
        "gennaio gen", "febbraio feb", "marzo", "aprile apr", "maggio mag", "giugno giu",
        "luglio lug", "agosto ago", "settembre set", "ottobre ott", "novembre nov", "dicembre dic",
    ]),
    ("pt", [
        "janeiro", "fevereiro fev", "março marco", "abril abr", "maio", "junho", "julho", "agosto",
        "setembro", "outubro out", "novembro", "dezembro dez",
    ]),
    ("nl", [
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
        "oktober", "november", "december",
    ]),
    ("sv", [
        "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
        "oktober", "november", "december",
    ]),
    ("ru", [
        "января январь янв", "февраля февраль фев", "марта март мар", "апреля апрель апр",
        "мая май", "июня июнь июн", "июля июль июл", "августа август авг",
        "сентября сентябрь сент сен", "октября октябрь окт", "ноября ноябрь ноя",
        "декабря декабрь дек",
    ]),
    ("uk", [
        "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня",
        "жовтня", "листопада", "грудня",
    ]),
    ("pl", [
        "stycznia styczeń", "lutego luty", "marca marzec", "kwietnia kwiecień", "maja maj",
        "czerwca czerwiec", "lipca lipiec", "sierpnia sierpień", "września wrzesień",
        "października październik", "listopada listopad", "grudnia grudzień",
    ]),
    ("tr", [
        "ocak", "şubat", "mart", "nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül", "ekim",
        "kasım", "aralık",
    ]),
    ("fa", [
        "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر",
        "نوامبر", "دسامبر",
    ]),
    ("ar", [
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر",
        "نوفمبر", "ديسمبر",
    ]),
];

/// Returns the number of a month, from 1, by its name or its abbreviation in any language and case.
pub fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let mut months = MONTHS.iter().flat_map(|(_, months)| months.iter().zip(1..));
    let found = months.find(|(names, _)| names.split(' ').any(|known| known == name));
    found.map(|(_, number)| number)
}

/// Returns the names of January to December in a language, the forms of each month separated by
/// spaces.
pub fn names(language: &str) -> Option<&'static [&'static str; 12]> {
    MONTHS.iter().find(|(code, _)| *code == language).map(|(_, months)| months)
}
