# Everything that Verbatim says in words of its own. Quotes never pass through here.

start = Ich beantworte Fragen mit den Worten der Artikel, die ich habe, und sage, wo sie stehen. Schreiben Sie Ihre Frage einfach hier.
try-one = Zum Beispiel:
help-reading = Jedes Zitat nennt seinen Abschnitt; der Link öffnet genau diese Stelle. „Mehr“ zeigt das nächste Zitat, „Kontext“ die Absätze darum herum. Antworten Sie auf eine Antwort, um weiterzufragen. /sections zeigt, was es zu lesen gibt. /brief zeigt die Kernsätze des neuesten Artikels, /brief mit einem Thema die zum Thema.
help-group = In einer Gruppe fragen Sie mit /ask und Ihrer Frage oder antworten auf eine meiner Antworten; eine Antwort mit /ask allein fragt die Nachricht, auf die sie sich bezieht. Zu allem anderen schweige ich. Eine Erwähnung, @{ $bot }, erreicht mich nur, wo ich alle Nachrichten lesen darf: machen Sie mich zum Administrator oder schalten Sie in @BotFather den Privatsphäre-Modus aus.
help-inline = In jedem Chat: Schreiben Sie @{ $bot } und ein paar Wörter, um ein Zitat auszuwählen und zu senden.
ask-what = Was möchten Sie wissen? Zum Beispiel: /ask@{ $bot } und Ihre Frage, oder /ask als Antwort auf eine Nachricht.
greeting = Hallo! Fragen Sie mich etwas über die Artikel; /sections zeigt, worum es geht.
thanks = Gern geschehen.
farewell = Auf Wiedersehen!
nothing-to-search = Darin ist nichts, wonach ich suchen könnte. Fragen Sie mit ein paar Wörtern, oder sehen Sie nach, was es gibt:
only-text = Ich kann nur Text lesen. Fragen Sie mich mit Worten.
unknown-command = Diesen Befehl kenne ich nicht. /help sagt, was ich kann.
text-has-changed = Der Text wurde inzwischen geändert: Diese Stelle gibt es nicht mehr. Das gibt es jetzt.
withdrawn = Die Frage wurde zurückgezogen.
sorry = Bei mir ist etwas schiefgegangen. Bitte fragen Sie gleich noch einmal.
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

opening = Anfang
by-authors = von { $authors }
articles-to-read = Artikel: { $articles }
empty-section = Dieser Abschnitt hat keinen eigenen Text.

button-more = Mehr ({ $left })
button-back = Zurück
button-context = Kontext
button-quote = Zurück zum Zitat
button-read = Abschnitt lesen
button-answer = Zurück zur Antwort
button-copy = Zitat kopieren
button-share = Teilen
button-good = 👍 Hilfreich
button-bad = 👎 Nicht hilfreich
button-contents = Inhalt
button-previous = « Voriger Abschnitt
button-next = Nächster Abschnitt »
button-examples = Zurück zu den Beispielen
button-ask-here = Nichts gefunden. Fragen Sie mich im Chat
button-brief-rest = Weitere Abschnitte ({ $left })
button-other-articles = Andere Artikel

vote-good = Danke. Als hilfreich vermerkt.
vote-bad = Danke. Als nicht hilfreich vermerkt.

welcome = Hallo! Ich beantworte Fragen mit den Worten der Artikel, die ich habe. Fragen Sie mit /ask und Ihrer Frage, oder antworten Sie auf eine meiner Antworten. Sonst schweige ich.
welcome-privacy = Telegrams Privatsphäre-Modus hält andere Nachrichten von mir fern, auch Erwähnungen wie @{ $bot }. Machen Sie mich zum Administrator, damit ich auf Erwähnungen antworte.

not-allowed = Es tut mir leid, ich darf nur denen antworten, die mein Betreiber zulässt.
slower = Bitte etwas langsamer.
only-administrators = Das können nur Administratoren dieser Gruppe.
only-operator = Das kann nur mein Betreiber.
choose-language = Welche Sprache soll ich sprechen? Zitate bleiben, wie sie sind.
language-set = Ab jetzt spreche ich hier Deutsch.

privacy-always = Sieben Tage lang merke ich mir, welche meiner Nachrichten welche Frage beantwortet, damit eine geänderte Frage eine geänderte Antwort bekommt und man nachfragen kann. Ich zähle hilfreiche und nicht hilfreiche Antworten und Fragen, die nichts fanden. In Gruppen merke ich mir die gewählte Sprache.
privacy-records = Mein Betreiber hält außerdem den Text von Fragen fest, die nichts fanden oder deren Antwort nicht hilfreich war, und wer sie gestellt hat.
privacy-no-records = Der Text von Fragen wird für niemanden festgehalten.
privacy-forget = /forget löscht, was ich über Sie gespeichert habe.
forgotten = Ich habe gelöscht, was ich über Sie gespeichert hatte.

gaps-off = Fragen werden nicht festgehalten. Für die Liste record_questions = true in die Konfiguration schreiben.
gaps-none = Nichts wurde vergeblich gefragt.
gaps-counts = Beantwortet: { $answered }. Nichts gefunden: { $refused }. Hilfreich: { $good }. Nicht hilfreich: { $bad }.
gaps-title = Gefragt und nicht gefunden, Häufigstes zuerst:
gaps-export = Exportieren
gaps-clear = Liste leeren
gaps-cleared = Die Liste ist jetzt leer.

menu-ask = eine Frage stellen
menu-brief = ein Artikel oder Thema in Kernsätzen
menu-sections = was es zu lesen gibt
menu-about = welche Artikel das sind
menu-help = wie man fragt
menu-language = die Sprache, die ich spreche
menu-privacy = was ich über Sie speichere
menu-forget = löschen, was ich über Sie gespeichert habe
menu-gaps = was gefragt und nicht gefunden wurde

description = Ich beantworte Fragen mit den Worten der Artikel, die ich habe, und sage, wo sie stehen: { $titles }.
short-description = Antwortet mit wörtlichen Zitaten aus { $titles }.

example-person = Wer ist { $topic }?
example-topic = Was sagt der Artikel über { $topic }?
example-year = Was geschah { $topic }?
