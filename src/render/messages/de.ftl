# Messages of the interface. Quotes of articles are never translated or changed here.

start = Ich beantworte Fragen mit wörtlichen Zitaten aus den Artikeln, jedes mit Link zur Stelle. Schreiben Sie Ihre Frage einfach hier.
try-one = Zum Beispiel:
help-guest = In jedem anderen Chat: Schreiben Sie @{ $bot } und Ihre Frage. Ich antworte dort, ohne dass mich jemand hinzufügt.
help-reading = Unter einem Zitat zeigt „Mehr“ das nächste, „Kontext“ die Absätze darum herum, „Lesen“ den Abschnitt, und ⋯ öffnet ein Menü. Der Name des Abschnitts führt genau an die Stelle. Antworten Sie auf eine Antwort, um weiterzufragen. /sections zeigt, was es zu lesen gibt.
help-group = In einer Gruppe: Senden Sie /ask und Ihre Frage, oder antworten Sie auf eine meiner Antworten. /ask allein als Antwort auf eine Nachricht fragt diese Nachricht. Sonst schweige ich.
help-mentions = Eine Erwähnung, @{ $bot }, erreicht mich nur, wo ich alle Nachrichten lesen darf: Machen Sie mich zum Administrator, oder schalten Sie in @BotFather den Privatsphäre-Modus aus.
help-inline = In jedem Chat: Schreiben Sie @{ $bot } und ein paar Wörter, um ein Zitat auszuwählen und zu senden.
help-filters = Um nur in einigen Artikeln zu suchen, ergänzen Sie in: und einen Ordner, von: und einen Namen, tag: und ein Schlagwort oder seit: oder vor: und ein Datum, zum Beispiel seit:2026-01.
ask-what = Was möchten Sie wissen? Zum Beispiel: /ask@{ $bot } und Ihre Frage, oder /ask als Antwort auf eine Nachricht.
guest-ask-what = Was möchten Sie wissen? Schreiben Sie @{ $bot } und Ihre Frage.
guest-only-questions = Hier beantworte ich nur Fragen. Für alles andere schreiben Sie mir in unserem eigenen Chat: @{ $bot }
greeting = Hallo! Fragen Sie mich etwas über die Artikel; /sections zeigt, worum es geht.
thanks = Gern geschehen.
farewell = Auf Wiedersehen!
acknowledged = Fragen Sie mich gern noch etwas zu den Artikeln.
identity = Ich bin ein Programm, kein Mensch, und keine künstliche Intelligenz schreibt meine Antworten: Ich durchsuche die Artikel und zitiere sie Wort für Wort.
no-quote-yet = Hier gibt es noch kein Zitat. Stellen Sie zuerst eine Frage: Der Link unter jedem Zitat ist seine Quelle.
no-more-quotes = Zu dieser Frage gibt es keine weiteren Zitate. Fragen Sie mit anderen Worten oder nach etwas anderem.
brief-hint = /brief zeigt den neuesten Artikel, /brief mit einem Thema, was alle Artikel dazu sagen.
brief-help =
    /brief – der neueste Artikel auf einen Blick
    /brief Wasservertrag – was alle Artikel zu einem Thema sagen
    /brief daily 08:30 – jeden Tag, was neu ist; auch weekdays 08:30 oder weekly mon 08:30
    /brief daily 08:30 Wasservertrag – nur Neues zu einem Thema
    /brief status – Ihre Zeitpläne, mit Tasten zum Ändern
    /brief off – beendet alle Zeitpläne
nothing-to-search = Darin ist nichts, wonach ich suchen könnte. Fragen Sie mit ein paar Wörtern, oder sehen Sie nach, was es gibt:
only-text = Ich kann nur Text lesen. Fragen Sie mich mit Worten.
unknown-command = Diesen Befehl kenne ich nicht. /help sagt, was ich kann.
text-changed = Der Text wurde inzwischen geändert: Diese Stelle gibt es nicht mehr. Das gibt es jetzt.
withdrawn = Die Frage wurde zurückgezogen.
internal-error = Bei mir ist etwas schiefgegangen. Bitte fragen Sie gleich noch einmal.
reloading = Ich lese die Artikel gerade neu ein. Bitte fragen Sie in ein paar Minuten noch einmal.
about = Ich antworte aus { $articles ->
    [one] { $articles } Artikel
   *[other] { $articles } Artikeln
 } mit { $sections ->
    [one] { $sections } Abschnitt
   *[other] { $sections } Abschnitten
 }, Wort für Wort. Jedes Zitat verlinkt seine Stelle.

found-nothing = Ich habe { $articles ->
    [one] im Artikel
   *[other] in den Artikeln
 } nichts gefunden, was das beantwortet.
found-nothing-about = Ich habe { $articles ->
    [one] im Artikel
   *[other] in den Artikeln
 } nichts über { $words } gefunden.
found-nothing-for = Nichts gefunden zu { $questions }
enumeration = { $before }, { $next }
enumeration-all = { $before } und { $last }
enumeration-end = { $before } oder { $last }
quoted-word = „{ $word }“
closest-sections = Nächstliegende Abschnitte:
searched-for = Gesucht wurde nach { $words }.
searched-only = Nur gesucht in { $filters }.
no-folder = Es gibt keinen Ordner „{ $name }“.
no-author = Es gibt keine Autorin und keinen Autor „{ $name }“.
no-tag = Es gibt kein Schlagwort „{ $name }“.
known-names = Es gibt: { $names }.
not-a-date = „{ $typed }“ ist kein eindeutiges Datum. Schreiben Sie es wie 2026, 2026-01 oder 2026-01-31.
no-article-fits = Kein Artikel passt zu { $filters }.
language-name = { $code ->
    [en] Englisch
    [ru] Russisch
    [fa] Persisch
    [ar] Arabisch
    [de] Deutsch
    [fr] Französisch
    [es] Spanisch
    [it] Italienisch
    [pt] Portugiesisch
    [nl] Niederländisch
    [pl] Polnisch
    [tr] Türkisch
    [uk] Ukrainisch
    [zh] Chinesisch
    [ja] Japanisch
    [ko] Koreanisch
    [hi] Hindi
    [el] Griechisch
    [he] Hebräisch
    [sv] Schwedisch
   *[other] { $name }
 }
quotes-are-in = Die Zitate sind auf { $languages }.
articles-are-in = Die Artikel sind auf { $languages }; am besten finde ich Namen, so geschrieben wie in den Artikeln.

opening = Anfang
page-number = S. { $page }
by-authors = von { $authors }
articles-by = Artikel von { $author }: { $articles }
articles-on = Artikel zu „{ $topic }“, die neuesten zuerst: { $articles }
newest-articles = Die neuesten von allen Artikeln ({ $articles }):
articles-to-read = Artikel: { $articles }
empty-section = Dieser Abschnitt hat keinen eigenen Text.

button-more = Mehr ({ $left })
button-back = Zurück
button-context = Kontext
button-quote = Zurück zum Zitat
button-read = Lesen
button-answer = Zurück zur Antwort
button-copy = Zitat kopieren
button-citation = Ganzes Zitat
button-share = Teilen
button-show-everyone = Allen zeigen
button-ask-person = Meine Frage an einen Menschen senden
help-sent = Ihre Frage wurde an einen Menschen gesendet. Die Antwort kommt hierher.
help-failed = Ihre Frage konnte nicht an einen Menschen gesendet werden. Bitte versuchen Sie es später noch einmal.
help-only-asker = Nur wer gefragt hat, kann diese Frage senden.
help-expired = Diese Frage habe ich nicht mehr. Bitte stellen Sie sie noch einmal.
help-question = Frage #{ $number }, auf die die Artikel nicht antworten. Antworten Sie auf diese Nachricht, um sie zu beantworten:
help-answer = Antwort eines Menschen, nicht aus den Artikeln:
help-delivered = Zugestellt.
help-undeliverable = Das konnte nicht zugestellt werden: Ich kann der Person, die gefragt hat, nicht mehr schreiben.
help-too-long = Das ist zu lang, um zugestellt zu werden. Bitte senden Sie höchstens { $max } Zeichen.
button-good = 👍 Hilfreich
button-bad = 👎 Nicht hilfreich
button-contents = Inhalt
button-previous = « Voriger Abschnitt
button-next = Nächster Abschnitt »
button-examples = Zurück zu den Beispielen
button-all-help = Was ich noch kann
button-ask-here = Nichts gefunden. Fragen Sie mich im Chat
button-all-sections = Alle Abschnitte ({ $sections })
button-further = Weiter
button-other-articles = Andere Artikel

vote-good = Danke. Als hilfreich vermerkt.
vote-bad = Danke. Als nicht hilfreich vermerkt.

welcome = Hallo! Ich beantworte Fragen mit den Worten der Artikel, die ich habe. Fragen Sie mit /ask und Ihrer Frage, oder antworten Sie auf eine meiner Antworten. Sonst schweige ich.
welcome-guest = Hallo! Ich beantworte Fragen mit wörtlichen Zitaten aus den Artikeln. Schreiben Sie @{ $bot } und Ihre Frage, hier oder in jedem anderen Chat, oder antworten Sie auf eine meiner Antworten. Sonst schweige ich.
welcome-privacy = Telegrams Privatsphäre-Modus hält andere Nachrichten von mir fern, auch Erwähnungen wie @{ $bot }. Machen Sie mich zum Administrator, damit ich auf Erwähnungen antworte.

not-allowed = Es tut mir leid, ich darf nur denen antworten, die mein Betreiber zulässt.
not-allowed-send = Wenn Sie Zugang möchten, senden Sie dies meinem Betreiber:
whoami-user = Ihre Nummer:
whoami-channel = Sie schreiben im Namen eines Kanals. Seine Nummer:
whoami-as-group = Sie schreiben im Namen dieser Gruppe.
whoami-group = Nummer dieser Gruppe:
whoami-topic = Nummer dieses Themas:
chat-not-allowed = Mein Betreiber hat diesen Chat nicht zugelassen, deshalb sende ich hier nichts ungefragt.
slow-down = Bitte etwas langsamer.
only-administrators = Das können nur Administratoren dieser Gruppe.
private-only-groups = Das ist eine Einstellung von Gruppen. Hier sehen nur Sie meine Antworten.
private-on = Nur wer fragt, sieht meine Antwort. Sie geht auch in den privaten Chat mit mir; ohne einen solchen geht sie in diese Gruppe.
private-off = Alle in dieser Gruppe sehen meine Antworten.
button-answer-everyone = Antworten allen zeigen
button-answer-privately = Antworten nur dem Fragenden zeigen
private-copy = In einer Gruppe haben Sie gefragt: { $question }
only-operator = Das kann nur mein Betreiber.
choose-language = Welche Sprache soll ich sprechen? Zitate bleiben, wie sie sind.
language-set = Ab jetzt spreche ich hier Deutsch.

privacy-private =
    Ich speichere nur, was ich brauche:
    • Ihre Fragen mit Ihrer Telegram-ID und Ihre Urteile über Antworten: sieben Tage, damit eine geänderte Frage eine geänderte Antwort bekommt und man nachfragen kann
    • jede Nachricht an mich mit Ihrem Namen: bis ich sie bearbeitet habe, damit keine verloren geht
    • Sprache, Zeitzone, gewählte Artikel, Zeitpläne und Themen dieses Chats: bis Sie sie ändern oder beenden
privacy-group =
    In dieser Gruppe speichere ich nur, was ich brauche:
    • die Fragen an mich mit der Telegram-ID der Fragenden und Urteile über Antworten: sieben Tage, damit eine geänderte Frage eine geänderte Antwort bekommt und man nachfragen kann
    • jede Nachricht an mich mit dem Namen des Absenders: bis ich sie bearbeitet habe, damit keine verloren geht
    • Sprache, Zeitzone, gewählte Artikel, Zeitpläne und Themen der Gruppe: bis sie geändert oder beendet werden
privacy-records = Damit die Artikel besser werden können, speichert mein Betreiber außerdem den Text von Fragen, die nichts fanden oder deren Antwort nicht hilfreich war, mit der Telegram-ID dessen, der gefragt oder geurteilt hat, bis er diese Liste leert.
privacy-help = Wenn Sie eine Frage an einen Menschen senden, bekommt dieser ihren Text und nichts über Sie. Ich speichere dreißig Tage lang, welche Nachricht die Frage war, damit die Antwort Sie erreicht.
privacy-forget = /forget löscht das alles sofort.
privacy-forget-group = /forget löscht sofort, was ich in allen Chats über Sie gespeichert habe; ein Administrator, der es sendet, kann alles löschen lassen, was ich von dieser Gruppe gespeichert habe, und wer mich aus der Gruppe entfernt, löscht es ebenfalls.
forgotten = Ich habe gelöscht, was ich über Sie gespeichert hatte.
forget-group-confirm = Als Administrator können Sie auch alles löschen lassen, was ich von dieser Gruppe gespeichert habe: Fragen und Antworten aller Mitglieder, Sprache und Zeitzone, gewählte Artikel, Zeitpläne und Themen. Damit enden ihre Überblicke.
button-forget-group = Diese Gruppe vergessen
group-forgotten = Ich habe gelöscht, was ich von dieser Gruppe gespeichert hatte. Sie bekommt keine Überblicke mehr.

gaps-off = Fragen werden nicht festgehalten. Für die Liste record_questions = true in die Konfiguration schreiben.
gaps-none = Nichts wurde vergeblich gefragt.
gaps-counts = Beantwortet: { $answered }. Nichts gefunden: { $refused }. Hilfreich: { $good }. Nicht hilfreich: { $bad }.
gaps-help-counts = An einen Menschen gesendet: { $sent }. Von einem Menschen beantwortet: { $answered }.
gaps-title = Gefragt und nicht gefunden, Häufigstes zuerst:
gaps-export = Exportieren
gaps-clear = Liste leeren
gaps-cleared = Die Liste ist jetzt leer.

doctor-ok = Alles ist in Ordnung.
doctor-warning = Ich arbeite, aber etwas könnte besser sein:
doctor-error = Etwas stimmt nicht:

upload-would-become = Aus { $file } würde:
upload-counts = Abschnitte: { $sections }. Absätze: { $passages }.
feed-fails =
    Der Feed { $url } kann nicht importiert werden: { $cause }
    Hinweis: { $hint }
upload-replaces = Das ersetzt „{ $title }“, das jetzt da ist.
upload-problems = Aus { $file } kann kein Artikel werden:
import-would-become =
    { $articles ->
        [one] Daraus würde ein Artikel:
       *[other] Daraus würden { $articles } Artikel:
    }
import-added =
    { $articles ->
        [one] Ein Artikel ist hinzugefügt. Gleich kann danach gefragt werden.
       *[other] { $articles } Artikel sind hinzugefügt. Gleich kann danach gefragt werden.
    }
import-notes = Zu beachten:
import-left-out = Nicht importiert:
import-kept = Seit dem letzten Import bearbeitet und deshalb behalten; die neuen Fassungen liegen verborgen daneben: { $files }
upload-too-large = { $file } ist größer als 20 MB, und Telegram gibt Bots keine größeren Dateien. Importieren Sie sie auf dem Server: { $command }
upload-failed = Die Datei ließ sich nicht von Telegram holen. Bitte schicken Sie sie noch einmal.
upload-added = { $file } liegt im Korpus. Gleich kann danach gefragt werden.
upload-discarded = Es wurde nichts geändert.
upload-expired = Diese Datei ist nicht mehr aufgehoben. Bitte schicken Sie sie noch einmal.
button-add = Aufnehmen
button-replace = Ersetzen
button-cancel = Abbrechen
button-remove = Entfernen
removal-choose = Welcher Artikel soll entfernt werden?
removal-confirm = „{ $title }“ ({ $file }) aus dem Korpus entfernen?
removal-done = „{ $title }“ ist entfernt. Die Datei steht hier im Chat: schicken Sie sie mir, um sie zurückzuholen.
removal-last = Das ist der einzige Artikel, und einen brauche ich.
file-problem = Das ging nicht:
problem-kept = Die Datei eines Artikels ist fehlerhaft geworden. Der Artikel bleibt, wie er vorher war.
problem-left-out = Eine Datei bleibt weg, denn aus ihr kann kein Artikel werden.

zone-ask = Welche Zeitzone gilt hier?
zone-is = Hier gelten die Uhrzeiten von { $zone }.
zone-write = Wählen Sie eine aus, oder schreiben Sie zum Beispiel: /brief zone Europe/Berlin
schedule-made = Erledigt. Ich sende, was neu ist:
schedule-exists = Diesen Zeitplan gibt es:
schedule-limit = Hier gibt es { $max } Zeitpläne, mehr kann ich mir nicht merken. /brief off mit einer Nummer beendet einen.
schedule-none = Hier ist kein Überblick geplant. Zum Beispiel: /brief daily 08:30, oder /brief weekly mon 09:00 und ein paar Wörter, worum es gehen soll.
schedule-ended = Beendet.
number-not-found = So etwas gibt es hier nicht zu beenden.
rule-daily = Jeden Tag um { $time }, { $zone }
rule-weekdays = Montag bis Freitag um { $time }, { $zone }
rule-weekly = Jeden { $day } um { $time }, { $zone }
day-monday = Montag
day-tuesday = Dienstag
day-wednesday = Mittwoch
day-thursday = Donnerstag
day-friday = Freitag
day-saturday = Samstag
day-sunday = Sonntag
schedule-about = { $rule }, über „{ $topic }“
schedule-always = Auch wenn es nichts Neues gibt
schedule-silent = Ohne Ton
schedule-next = Nächstes Mal: { $time }
last-none = Noch nicht gesendet
last-sending = Wird gerade gesendet
last-sent = Zuletzt: am { $time } gesendet
last-nothing-new = Zuletzt: am { $time } gab es nichts Neues
last-rejected = Zuletzt: am { $time } von Telegram abgelehnt
last-skipped = Zuletzt: die Sendung vom { $time } fiel aus, sie wäre zu spät gekommen
last-unknown = Zuletzt: am { $time } wurde ich unterbrochen und weiß nicht, ob es angekommen ist
numbered = { $number }: { $label }
button-stop = Beenden
button-without-sound = Ohne Ton
button-with-sound = Mit Ton
button-always = Auch ohne Neues senden
button-only-changes = Nur mit Neuem senden
schedule-bad-time = „{ $typed }“ ist keine Uhrzeit. Schreiben Sie sie so: 08:30.
schedule-bad-day = „{ $typed }“ ist kein Wochentag. Schreiben Sie ihn auf Englisch, zum Beispiel mon.
schedule-bad-zone = Eine Zeitzone „{ $typed }“ kenne ich nicht. Schreiben Sie sie so: Europe/Berlin.
schedule-no-time = Um wie viel Uhr? Schreiben Sie zum Beispiel: /brief daily 08:30
schedule-no-day = An welchem Tag? Schreiben Sie zum Beispiel: /brief weekly mon 09:00
schedule-bad-interval = „{ $typed }“ geht nicht. Ich kann jeden Tag, von Montag bis Freitag oder einmal in der Woche senden: /brief daily 08:30, /brief weekdays 08:30 oder /brief weekly mon 08:30
topic-too-long = Das ist zu lang für ein Thema. Ein paar Wörter genügen.
watch-made = Erledigt. Kommt ein Artikel, der das beantwortet, zitiere ich ihn hier:
watch-exists = Das wird verfolgt:
watch-limit = Ich achte hier auf { $max } Themen, mehr kann ich nicht. /watch off mit einer Nummer beendet eines.
watch-none = Ich achte hier auf kein Thema. Schreiben Sie zum Beispiel /watch Wasservertrag: Kommt ein Artikel, der das beantwortet, zitiere ich ihn.
watch-list = Darauf achte ich hier:
watch-ended = Beendet.
watch-nothing = Diese Wörter sagen nichts, worauf ich achten könnte. Schreiben Sie Namen oder andere Wörter, wie sie in den Artikeln stehen.
shelf-none = Dieser Chat nutzt alle Artikel. Um nur einige zu nutzen, senden Sie /shelf mit Ordnern oder Schlagwörtern, zum Beispiel /shelf wasser, energie tag:klima
shelf-shown = Dieser Chat nutzt nur diese Artikel: { $shelf } ({ $articles }). Das gilt für Fragen, Überblicke und Hinweise. /shelf alle nimmt wieder alle Artikel.
shelf-of-chat = Dieses Thema nutzt die Auswahl der ganzen Gruppe.
shelf-set = Erledigt. Ab jetzt nutzt dieser Chat nur diese Artikel: { $shelf } ({ $articles }).
shelf-cleared = Erledigt. Dieser Chat nutzt alle Artikel.
shelf-note = Nur aus den Artikeln, die für diesen Chat gewählt sind: { $shelf } (/shelf).
shelf-only-names = Die Auswahl besteht nur aus Ordnern und Schlagwörtern. Senden Sie zum Beispiel: /shelf wasser, energie tag:klima
shelf-too-many = Die Auswahl hat höchstens { $max } Ordner und Schlagwörter.
watch-other-language = Diese Wörter kommen in keinem Artikel vor, denn die Artikel sind auf { $languages }. Schreiben Sie Namen, wie sie in den Artikeln stehen.
watch-hit = Neues zu „{ $topic }“:
watch-more = { $articles ->
    [one] { $articles } weiterer Artikel beantwortet dies. /brief { $topic }
   *[other] { $articles } weitere Artikel beantworten dies. /brief { $topic }
 }
changes-heading = Was neu ist
changes-since = Was neu ist seit { $time }
change-new = neu
change-edited = geändert
change-shortened = gekürzt
changes-more = { $articles ->
    [one] { $articles } weiterer Artikel bringt Neues.
   *[other] { $articles } weitere Artikel bringen Neues.
 }
changes-removed = Nicht mehr da: { $titles }
changes-none = Es gibt nichts Neues.
delivery-unknown = Ich wurde unterbrochen, als ich hier etwas senden wollte, und weiß nicht, ob es angekommen ist.
button-send-again = Nicht angekommen: senden
help-briefings = /brief zeigt den neuesten Artikel auf einen Blick, /brief mit einem Thema, was alle Artikel dazu sagen. /brief daily 08:30 sendet jeden Tag, was neu ist. /watch mit einem Thema meldet, wenn ein neuer Artikel darauf antwortet.

menu-ask = eine Frage stellen
menu-brief = ein Artikel oder Thema in Kernsätzen
menu-sections = was es zu lesen gibt
menu-about = welche Artikel das sind
menu-help = wie man fragt
menu-language = die Sprache, die ich spreche
menu-private = Antworten nur dem Fragenden zeigen
menu-privacy = was ich über Sie speichere
menu-forget = löschen, was ich über Sie gespeichert habe
menu-whoami = die Nummern für die Zugangsliste zeigen
menu-gaps = was gefragt und nicht gefunden wurde
menu-remove = einen Artikel entfernen
menu-doctor = prüfen, ob alles in Ordnung ist
menu-watch = von neuen Artikeln zu einem Thema erfahren
menu-shelf = die Artikel für diesen Chat wählen

description = Ich beantworte Fragen mit den Worten der Artikel, die ich habe, und sage, wo sie stehen: { $titles }.
description-untitled = Ich beantworte Fragen mit den Worten der Artikel, die ich habe, und sage, wo sie stehen.
short-description = Antwortet mit wörtlichen Zitaten aus { $titles }.
short-description-untitled = Antwortet mit wörtlichen Zitaten aus Artikeln.

example-person = Wer ist { $topic }?
example-topic = Was sagt der Artikel über { $topic }?
example-year = Was geschah { $topic }?
