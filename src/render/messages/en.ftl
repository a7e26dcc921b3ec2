# English messages of the interface. Quotes of articles are never translated or changed here.

start = I answer questions with word-for-word quotes from the articles, each linked to its source. Type your question here.
try-one = Try one of these:
help-guest = In any other chat, write @{ $bot } and your question: I answer there, and nobody has to add me.
help-reading = Below a quote, “More” shows the next one, “Context” the paragraphs around it, “Read” its section, and ⋯ opens a menu. The name of the section links to the exact place. Reply to an answer to ask a follow-up question. /sections lists what there is to read.
help-group = In a group, send /ask and your question, or reply to one of my answers. Reply to a message with /ask alone to ask that message. I ignore all other messages.
help-mentions = I see a mention, @{ $bot }, only if I may read all messages: make me an administrator, or turn off privacy mode in @BotFather.
help-inline = In any chat, type @{ $bot } and a few words to choose a quote and post it.
help-filters = To search only some articles, add in: and a folder, by: and an author, tag: and a tag, or after: or before: and a date, for example after:2026-01.
ask-what = What would you like to know? For example, send /ask@{ $bot } and your question, or reply to a message with /ask.
guest-ask-what = What would you like to know? Write @{ $bot } and your question.
guest-only-questions = Here I only answer questions. For everything else, write to me in our own chat: @{ $bot }
greeting = Hello! Ask me something about the articles; /sections shows what they cover.
thanks = You are welcome.
farewell = Goodbye!
acknowledged = Ask me anything else about the articles.
identity = I am a program, not a person, and no artificial intelligence writes my answers: I search the articles and quote them word for word.
no-quote-yet = There is no quote here yet. Ask a question first: the link below each quote is its source.
no-more-quotes = There are no more quotes for that question. Ask in other words, or about something else.
brief-hint = /brief shows the newest article; /brief and a topic, what all articles say on it.
brief-help =
    /brief – the newest article on one screen
    /brief water treaty – what all articles say on a topic
    /brief daily 08:30 – news every day; also weekdays 08:30 or weekly mon 08:30
    /brief daily 08:30 water treaty – news on one topic only
    /brief status – your schedules, with buttons to change them
    /brief off – ends all schedules
nothing-to-search = There is nothing here that I can search for. Ask a question in a few words, or browse the contents:
only-text = I can only read text. Please type your question.
unknown-command = I do not know this command. /help shows what I can do.
text-changed = The text has changed, and this place no longer exists. Here is the current text.
withdrawn = The question was withdrawn.
internal-error = Something went wrong on my side. Please ask again in a moment.
reloading = I am reloading the articles. Please ask again in a few minutes.
about = I answer from { $articles ->
    [one] { $articles } article
   *[other] { $articles } articles
 } with { $sections ->
    [one] { $sections } section
   *[other] { $sections } sections
 }, word for word. Every quote links to its source.

found-nothing = I found nothing in { $articles ->
    [one] the article
   *[other] the articles
 } that answers this.
found-nothing-about = I found nothing about { $words } in { $articles ->
    [one] the article
   *[other] the articles
 }.
found-nothing-for = Nothing found for { $questions }
enumeration = { $before }, { $next }
enumeration-all = { $before } and { $last }
enumeration-end = { $before } or { $last }
quoted-word = “{ $word }”
closest-sections = Closest sections:
searched-for = Searched for { $words }.
searched-only = Searched only { $filters }.
no-folder = There is no folder “{ $name }”.
no-author = There is no author “{ $name }”.
no-tag = There is no tag “{ $name }”.
known-names = There are: { $names }.
not-a-date = “{ $typed }” is not a clear date. Write it like 2026, 2026-01 or 2026-01-31.
no-article-fits = No article fits { $filters }.
language-name = { $code ->
    [en] English
    [ru] Russian
    [fa] Persian
    [ar] Arabic
    [de] German
    [fr] French
    [es] Spanish
    [it] Italian
    [pt] Portuguese
    [nl] Dutch
    [pl] Polish
    [tr] Turkish
    [uk] Ukrainian
    [zh] Chinese
    [ja] Japanese
    [ko] Korean
    [hi] Hindi
    [el] Greek
    [he] Hebrew
    [sv] Swedish
   *[other] { $name }
 }
quotes-are-in = The quotes are in { $languages }.
articles-are-in = The articles are in { $languages }; names work best, spelled as in the articles.

opening = Opening
page-number = p. { $page }
by-authors = by { $authors }
articles-by = Articles by { $author }: { $articles }
articles-on = Articles on “{ $topic }”, newest first: { $articles }
newest-articles = The newest of all articles ({ $articles }):
articles-to-read = Articles: { $articles }
empty-section = This section has no text of its own.

button-more = More ({ $left })
button-back = Back
button-context = Context
button-quote = Back to the quote
button-read = Read
button-answer = Back to the answer
button-copy = Copy citation
button-citation = Full citation
button-share = Share
button-show-everyone = Show everyone
button-ask-person = Send my question to a person
help-sent = Your question was sent to a person. The answer will come here.
help-failed = Your question could not be sent to a person. Please try again later.
help-only-asker = Only the person who asked can send this question.
help-expired = I no longer have this question. Please ask it again.
help-question = Question #{ $number }, which the articles do not answer. Reply to this message to answer it:
help-answer = Answer from a person, not from the articles:
help-delivered = Delivered.
help-undeliverable = This could not be delivered: I can no longer write to the person who asked.
help-too-long = This is too long to be delivered. Please send at most { $max } characters.
button-good = 👍 Helpful
button-bad = 👎 Not helpful
button-contents = Contents
button-previous = « Previous section
button-next = Next section »
button-examples = Back to the examples
button-all-help = What else I can do
button-ask-here = Nothing found. Ask me in our chat
button-all-sections = All sections ({ $sections })
button-further = Next
button-other-articles = Other articles

vote-good = Thank you. Recorded as helpful.
vote-bad = Thank you. Recorded as not helpful.

welcome = Hello! I answer questions with word-for-word quotes from the articles. Send /ask and your question, or reply to one of my answers. I ignore all other messages.
welcome-guest = Hello! I answer questions with word-for-word quotes from the articles. Write @{ $bot } and your question, here or in any other chat, or reply to one of my answers. I ignore all other messages.
welcome-privacy = Telegram’s privacy mode hides all other messages from me, including mentions such as @{ $bot }. Make me an administrator if I should answer mentions.

not-allowed = Sorry, I only answer people whom my operator has given access.
not-allowed-send = To ask for access, send my operator this:
whoami-user = Your number:
whoami-channel = You write in the name of a channel. Its number:
whoami-as-group = You write in the name of this group.
whoami-group = Number of this group:
whoami-topic = Number of this topic:
chat-not-allowed = My operator has not given this chat access, so I cannot send scheduled messages or alerts here.
slow-down = Please slow down a little.
only-administrators = Only administrators of this group can do that.
private-only-groups = This is a setting of groups. Here only you see my answers.
private-on = Only the person who asks sees my answer. It also goes to the private chat with me; without one, it goes to this group.
private-off = Everybody in this group sees my answers.
button-answer-everyone = Show answers to everybody
button-answer-privately = Show answers only to the asker
private-copy = In a group you asked: { $question }
only-operator = Only my operator can do that.
choose-language = Which language should I use? Quotes are not translated.
language-set = I now use English in this chat.

privacy-private =
    I store only what I need:
    • your questions with your Telegram ID, and your ratings of answers: seven days, so that an edited question gets an edited answer and a follow-up question is understood
    • each message to me, with your name: until I have processed it, so that none is lost
    • the language, time zone, chosen articles, schedules and topics of this chat: until you change or end them
privacy-group =
    In this group, I store only what I need:
    • the questions to me with the Telegram ID of the asker, and ratings of answers: seven days, so that an edited question gets an edited answer and a follow-up question is understood
    • each message to me, with its sender’s name: until I have processed it, so that none is lost
    • the language, time zone, chosen articles, schedules and topics of the group: until they are changed or ended
privacy-records = To improve the articles, my operator also stores the text of questions that found nothing or whose answer was not helpful, with the Telegram ID of the person who asked or voted, until my operator clears that list.
privacy-help = If you send a question to a person, that person gets its text and nothing about you. For thirty days I store which message the question was, so that the answer reaches you.
privacy-forget = /forget deletes all of this immediately.
privacy-forget-group = /forget immediately deletes what I store about you, in every chat. An administrator who sends it can also delete everything I store about this group; removing me from the group does the same.
forgotten = I have deleted what I stored about you.
forget-group-confirm = As an administrator, you can also delete everything I store about this group: the questions and answers of all members, its language and time zone, chosen articles, schedules and topics. Its briefings then end.
button-forget-group = Forget this group
group-forgotten = I have deleted what I stored about this group. It gets no more briefings.

gaps-off = Questions are not recorded. To get this list, set record_questions = true in the configuration.
gaps-none = There are no questions without an answer.
gaps-counts = Answered: { $answered }. Found nothing: { $refused }. Helpful: { $good }. Not helpful: { $bad }.
gaps-help-counts = Sent to a person: { $sent }. Answered by a person: { $answered }.
gaps-title = Questions without an answer, most frequent first:
gaps-export = Export
gaps-clear = Clear the list
gaps-cleared = The list is now empty.

doctor-ok = Everything is in order.
doctor-warning = I work, but something could be better:
doctor-error = Something is wrong:

upload-would-become = { $file } would become:
upload-counts = Sections: { $sections }. Paragraphs: { $passages }.
feed-fails =
    The feed { $url } cannot be imported: { $cause }
    hint: { $hint }
upload-replaces = It would replace the existing article “{ $title }”.
upload-problems = { $file } cannot become an article:
import-would-become =
    { $articles ->
        [one] This would become one article:
       *[other] This would become { $articles } articles:
    }
import-added =
    { $articles ->
        [one] One article has been added. You can ask about it in a moment.
       *[other] { $articles } articles have been added. You can ask about them in a moment.
    }
import-notes = Please note:
import-left-out = Not imported:
import-kept = Edited since the last import, so kept as they are; the new versions are stored next to them, hidden: { $files }
upload-too-large = { $file } is larger than 20 MB, and Telegram gives bots no larger files. Import it on the server: { $command }
upload-failed = The file could not be downloaded from Telegram. Please send it again.
upload-added = { $file } has been added. You can ask about it in a moment.
upload-discarded = Nothing was changed.
upload-expired = This file is no longer available. Please send it again.
button-add = Add it
button-replace = Replace it
button-cancel = Cancel
button-remove = Remove
removal-choose = Which article should be removed?
removal-confirm = Remove “{ $title }” ({ $file }) from the corpus?
removal-done = “{ $title }” has been removed. Its file is here in the chat; send it to me to restore the article.
removal-last = This is the only article, and I need at least one.
file-problem = This did not work:
problem-kept = The file of an article now has a problem. The article remains as it was before.
problem-left-out = A file was skipped because it cannot become an article.

zone-ask = Which time zone should I use here?
zone-is = Times in this chat are in the time zone { $zone }.
zone-write = Choose one, or send for example: /brief zone Europe/Berlin
schedule-made = Done. I will send what is new:
schedule-exists = This schedule already exists:
schedule-limit = This chat has { $max } schedules, which is the limit. To end one, send /brief off and its number.
schedule-none = No briefing is scheduled here. For example, send /brief daily 08:30, or /brief weekly mon 09:00 followed by a topic.
schedule-ended = Ended.
number-not-found = There is nothing with this number to end.
rule-daily = Every day at { $time }, { $zone }
rule-weekdays = From Monday to Friday at { $time }, { $zone }
rule-weekly = Every { $day } at { $time }, { $zone }
day-monday = Monday
day-tuesday = Tuesday
day-wednesday = Wednesday
day-thursday = Thursday
day-friday = Friday
day-saturday = Saturday
day-sunday = Sunday
schedule-about = { $rule }, about “{ $topic }”
schedule-always = Also if nothing is new
schedule-silent = Without sound
schedule-next = Next: { $time }
last-none = Not sent yet
last-sending = Being sent now
last-sent = Last: sent on { $time }
last-nothing-new = Last: nothing new on { $time }
last-rejected = Last: rejected by Telegram on { $time }
last-skipped = Last: the one due on { $time } was skipped because it was too late
last-unknown = Last: I was interrupted on { $time } and do not know whether it arrived
numbered = { $number }: { $label }
button-stop = Stop
button-without-sound = Without sound
button-with-sound = With sound
button-always = Send even without news
button-only-changes = Send only with news
schedule-bad-time = “{ $typed }” is not a time of day. Write it like 08:30.
schedule-bad-day = “{ $typed }” is not a day of the week. Write it in English, like mon.
schedule-bad-zone = I do not know the time zone “{ $typed }”. Write it like Europe/Berlin.
schedule-no-time = At what time? For example, send: /brief daily 08:30
schedule-no-day = On which day? For example, send: /brief weekly mon 09:00
schedule-bad-interval = “{ $typed }” is not possible. I can send every day, from Monday to Friday, or once a week: /brief daily 08:30, /brief weekdays 08:30 or /brief weekly mon 08:30
topic-too-long = This topic is too long. A few words are enough.
watch-made = Done. When a new article answers this, I will quote it here:
watch-exists = I already watch for this:
watch-limit = This chat has { $max } watched topics, which is the limit. To end one, send /watch off and its number.
watch-none = I watch for nothing here. For example, send /watch water treaty. When a new article answers this, I will quote it.
watch-list = Watched topics:
watch-ended = Ended.
watch-nothing = These words say nothing that I can watch for. Send names or other words as they are written in the articles.
shelf-none = This chat uses all articles. To use only some, send /shelf with folders or tags, for example /shelf water, energy tag:climate
shelf-shown = This chat uses only these articles: { $shelf } ({ $articles }). Questions, briefings and alerts take no others. /shelf all takes all articles again.
shelf-of-chat = This topic uses the choice of the whole group.
shelf-set = Done. From now on, this chat uses only these articles: { $shelf } ({ $articles }).
shelf-cleared = Done. This chat uses all articles.
shelf-note = Only from the articles chosen for this chat: { $shelf } (/shelf).
shelf-only-names = A shelf has folders and tags only. For example, send: /shelf water, energy tag:climate
shelf-too-many = A shelf has at most { $max } folders and tags.
watch-other-language = No article can match these words, because the articles are in { $languages }. Send names, spelled as in the articles.
watch-hit = New on “{ $topic }”:
watch-more = { $articles ->
    [one] { $articles } more article answers this. /brief { $topic }
   *[other] { $articles } more articles answer this. /brief { $topic }
 }
changes-heading = What is new
changes-since = What is new since { $time }
change-new = new
change-edited = changed
change-shortened = shortened
changes-more = { $articles ->
    [one] { $articles } more article is new or has changed.
   *[other] { $articles } more articles are new or have changed.
 }
changes-removed = Removed: { $titles }
changes-none = There is nothing new.
delivery-unknown = I was interrupted while sending a message here, and do not know whether it arrived.
button-send-again = It did not arrive: send it again
help-briefings = /brief shows the newest article on one screen; /brief and a topic, what all articles say on it. /brief daily 08:30 sends what is new every day. /watch and a topic alerts you when a new article answers it.

menu-ask = ask a question
menu-brief = key sentences of an article or on a topic
menu-sections = list the articles and their sections
menu-about = about the articles
menu-help = how to ask
menu-language = choose my language
menu-private = show answers only to the asker
menu-privacy = what I store about you
menu-forget = delete what I store about you
menu-whoami = show the numbers for the access list
menu-gaps = questions without an answer
menu-remove = remove an article
menu-doctor = check that everything works
menu-watch = get alerts for new articles on a topic
menu-shelf = choose the articles for this chat

description = I answer questions with word-for-word quotes from the articles, and link each quote to its source: { $titles }.
description-untitled = I answer questions with word-for-word quotes from the articles, and link each quote to its source.
short-description = Answers with verbatim quotes from { $titles }.
short-description-untitled = Answers with verbatim quotes from articles.

example-person = Who is { $topic }?
example-topic = What does the article say about { $topic }?
example-year = What happened in { $topic }?
