//! Words of schedules in the seven languages of the interface, and the English words that stand for
//! them in the grammar.
//!
//! Only the beginning of a text is read as a schedule. The topic after it is kept as it was typed.

/// Phrases of one to three words, in lower case, each with the English words that replace it.
const PHRASES: &[(&str, &[&str])] = &[
    // Every day.
    (
        "täglich|taeglich|jeden tag|quotidien|quotidienne|quotidiennement|tous les jours|chaque jour|\
         diario|diariamente|a diario|cada día|cada dia|todos los días|todos los dias|ежедневно|\
         каждый день|روزانه|هر روز|يوميا|يومياً|كل يوم|each day",
        &["daily"],
    ),
    (
        "jeden morgen|morgens|chaque matin|tous les matins|le matin|cada mañana|todas las mañanas|\
         каждое утро|по утрам|هر صبح|صبح‌ها|كل صباح|each morning|every morning|in the morning|\
         in the mornings",
        &["mornings"],
    ),
    (
        "jeden abend|abends|jede nacht|chaque soir|tous les soirs|le soir|cada noche|\
         todas las noches|каждый вечер|по вечерам|هر شب|هر عصر|كل مساء|كل ليلة|each evening|\
         every evening|in the evening|in the evenings|every afternoon|in the afternoon|\
         every night|each night|nightly|nights",
        &["evenings"],
    ),
    (
        "werktags|an werktagen|en semaine|jours ouvrables|días laborables|dias laborables|\
         entre semana|по будням|будни|روزهای کاری|أيام العمل|on weekdays|on workdays|workdays",
        &["weekdays"],
    ),
    (
        "wöchentlich|woechentlich|jede woche|hebdomadaire|chaque semaine|toutes les semaines|\
         semanal|semanalmente|cada semana|еженедельно|каждую неделю|هفتگی|هر هفته|أسبوعيا|\
         أسبوعياً|كل أسبوع|every week|each week",
        &["weekly"],
    ),
    (
        "montag|montags|lundi|lundis|lunes|понедельник|понедельникам|دوشنبه|الاثنين|الإثنين|اثنين",
        &["mon"],
    ),
    (
        "dienstag|dienstags|mardi|mardis|martes|вторник|вторникам|سه‌شنبه|سه شنبه|الثلاثاء|ثلاثاء",
        &["tue"],
    ),
    (
        "mittwoch|mittwochs|mercredi|mercredis|miércoles|miercoles|среда|среду|средам|چهارشنبه|\
         الأربعاء|الاربعاء|أربعاء",
        &["wed"],
    ),
    (
        "donnerstag|donnerstags|jeudi|jeudis|jueves|четверг|четвергам|پنجشنبه|پنج‌شنبه|پنج شنبه|الخميس|خميس",
        &["thu"],
    ),
    (
        "freitag|freitags|vendredi|vendredis|viernes|пятница|пятницу|пятницам|جمعه|الجمعة|جمعة",
        &["fri"],
    ),
    (
        "samstag|samstags|sonnabend|samedi|samedis|sábado|sabado|суббота|субботу|субботам|شنبه|السبت|سبت",
        &["sat"],
    ),
    (
        "sonntag|sonntags|dimanche|dimanches|domingo|domingos|воскресенье|воскресеньям|یکشنبه|یک‌شنبه|یک شنبه|الأحد|الاحد|أحد",
        &["sun"],
    ),
    // Beginnings of phrases.
    (
        "jeden|jede|jedes|chaque|tous les|toutes les|cada|todos los|todas las|каждый|каждую|каждое|\
         по|هر|كل|each",
        &["every"],
    ),
    ("um|à|a las|a la|las|в|во|ساعت|في الساعة|الساعة|عند الساعة", &["at"]),
    // A word after the hour.
    ("uhr|heures|heure|часов|часа|час|o'clock", &[]),
    // Intervals that no schedule has.
    (
        "every month|each month|monatlich|jeden monat|mensuel|mensuellement|chaque mois|\
         tous les mois|mensual|mensualmente|cada mes|todos los meses|ежемесячно|каждый месяц|\
         ماهانه|هر ماه|شهريا|شهرياً|كل شهر",
        &["monthly"],
    ),
    (
        "every hour|each hour|stündlich|jede stunde|chaque heure|toutes les heures|cada hora|\
         каждый час|ежечасно|هر ساعت|كل ساعة|every minute",
        &["hourly"],
    ),
    (
        "every year|each year|annually|jährlich|jedes jahr|annuel|chaque année|tous les ans|anual|\
         cada año|ежегодно|каждый год|سالانه|هر سال|سنويا|كل سنة|كل عام",
        &["yearly"],
    ),
    (
        "every weekend|at weekends|on weekends|on the weekend|weekend|am wochenende|le week-end|los fines de semana|по выходным",
        &["weekends"],
    ),
    (
        "twice a|every other|every second|every two|every three|every 2|every 3|fortnightly|bi-weekly|alle zwei|tous les deux|cada dos|каждые два|каждые две",
        &["biweekly"],
    ),
];
/// Intervals that no schedule has, as they are after the replacement.
const INTERVALS: [&str; 6] = ["monthly", "hourly", "yearly", "weekends", "biweekly", "quarterly"];
/// Requests for help.
const HELP: [&str; 16] = [
    "help",
    "?",
    "how",
    "how?",
    "hilfe",
    "aide",
    "ayuda",
    "помощь",
    "справка",
    "راهنما",
    "کمک",
    "مساعدة",
    "-h",
    "--help",
    "usage",
    "examples",
];
/// Maximum number of words of a phrase.
const MAX_WORDS: usize = 3;

/// Returns the English words for the phrase at the beginning of some words, and the length of the
/// phrase in words. The longest phrase counts.
pub fn replacement(words: &[String]) -> Option<(&'static [&'static str], usize)> {
    (1..=MAX_WORDS.min(words.len())).rev().find_map(|count| {
        let phrase = words[..count].join(" ");
        let is_it = |(known, _): &&(&str, &[&str])| known.split('|').any(|known| known == phrase);
        PHRASES.iter().find(is_it).map(|(_, english)| (*english, count))
    })
}

/// Returns whether a word names an interval that no schedule has.
pub fn is_unsupported_interval(word: &str) -> bool {
    INTERVALS.contains(&word)
}

/// Returns whether a text asks how to write a request.
pub fn is_help(text: &str) -> bool {
    HELP.contains(&text.trim().to_lowercase().as_str())
}
