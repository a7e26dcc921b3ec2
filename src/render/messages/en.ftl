# Everything that Verbatim says in words of its own. Quotes never pass through here.

start = I answer questions in the words of the articles that I have, and say where they stand. Write your question here.
try-one = Try one of these:
help-reading = Every quote names its section; its link opens the very place. “More” shows the next quote, “Context” the paragraphs around it. Reply to an answer to ask on. /sections lists what there is to read. /brief gives the key sentences of the newest article, /brief and a topic those on the topic.
help-group = In a group, ask with /ask and your question, or reply to one of my answers; a reply with /ask alone asks the message that it replies to. To every other message I stay silent. A mention, @{ $bot }, reaches me only where I may read all messages: make me an administrator, or turn privacy mode off in @BotFather.
help-inline = In any chat, write @{ $bot } and a few words to pick a quote and post it.
ask-what = What would you like to know? For example: /ask@{ $bot } and your question, or /ask in reply to a message.
greeting = Hello! Ask me something about the articles; /sections shows what they cover.
thanks = You are welcome.
farewell = Goodbye!
nothing-to-search = There is nothing in this that I could look for. Ask a question in a few words, or see what there is:
only-text = I can only read text. Ask me a question in words.
unknown-command = I do not know this command. /help says what I can do.
text-has-changed = The text has changed since: this place is not there any more. This is what there is now.
withdrawn = The question was withdrawn.
sorry = Something went wrong on my side. Please ask again in a moment.
reading-again = I am reading the articles again. Please ask again in a few minutes.
about = I answer from { $articles ->
    [one] { $articles } article
   *[other] { $articles } articles
 } with { $sections ->
    [one] { $sections } section
   *[other] { $sections } sections
 }, word for word. Every quote links to its place.

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

opening = Opening
by-authors = by { $authors }
articles-to-read = Articles: { $articles }
empty-section = This section has no text of its own.

button-more = More ({ $left })
button-back = Back
button-context = Context
button-quote = Back to the quote
button-read = Read section
button-answer = Back to the answer
button-copy = Copy citation
button-citation = Full citation
button-share = Share
button-good = 👍 Helpful
button-bad = 👎 Not helpful
button-contents = Contents
button-previous = « Previous section
button-next = Next section »
button-examples = Back to the examples
button-ask-here = Nothing found. Ask me in our chat
button-brief-rest = Other sections ({ $left })
button-other-articles = Other articles

vote-good = Thank you. Noted as helpful.
vote-bad = Thank you. Noted as not helpful.

welcome = Hello! I answer questions in the words of the articles that I have. Ask with /ask and your question, or reply to one of my answers. I stay silent otherwise.
welcome-privacy = Telegram’s privacy mode keeps other messages from me, a mention such as @{ $bot } included. Make me an administrator to have mentions answered.

not-allowed = I am sorry, I may only answer those whom my operator lets in.
chat-not-let-in = My operator has not let this chat in, so I send nothing here unasked.
slower = A little slower, please.
only-administrators = Only administrators of this group can do that.
only-operator = Only my operator can do that.
choose-language = Which language shall I speak? Quotes stay as they are.
language-set = From now on I speak English here.

privacy-private = I keep your questions with your Telegram ID, and which of my messages answers which, for seven days, so that an edited question has its answer edited and a question can follow up another; your opinions of answers for seven days, so that each counts once; each message that reaches me, with your name, until I have dealt with it, so that none is lost; and the language and time zone of this chat, and the schedules and subjects that were set up in it, until you change or end them, so that you get what you asked for.
privacy-group = In this group I keep the questions to me with the Telegram ID of who asked, and which of my messages answers which, for seven days, so that an edited question has its answer edited and a question can follow up another; opinions of answers for seven days, so that each counts once; each message that reaches me, with its sender’s name, until I have dealt with it, so that none is lost; and the group’s language and time zone, and the schedules and subjects that were set up in it, until they are changed or ended, so that the group gets what it asked for.
privacy-records = So that the articles can be improved, my operator also keeps the text of questions that found nothing or whose answer was not helpful, with the Telegram ID of who asked or voted, until my operator clears that list.
privacy-forget = /forget removes all of this at once.
privacy-forget-group = /forget removes at once what I keep of you, in every chat; an administrator who sends it can have all removed that I keep of this group, and removing me from the group does the same.
forgotten = I have removed what I kept of you.
forget-group-ask = As an administrator you can also have all removed that I keep of this group: the questions and answers of all members, its language and time zone, schedules and subjects. Its briefings end with that.
button-forget-group = Forget this group
group-forgotten = I have removed what I kept of this group. It gets no more briefings.

gaps-off = Questions are not recorded. Set record_questions = true in the configuration to have the list.
gaps-none = Nothing was asked in vain.
gaps-counts = Answered: { $answered }. Found nothing: { $refused }. Helpful: { $good }. Not helpful: { $bad }.
gaps-title = Asked and not found, most frequent first:
gaps-export = Export
gaps-clear = Clear the list
gaps-cleared = The list is empty now.

upload-would-become = { $file } would become:
upload-counts = Sections: { $sections }. Paragraphs: { $passages }.
upload-replaces = It takes the place of “{ $title }”, which is there now.
upload-problems = { $file } cannot become an article:
upload-failed = The file could not be fetched from Telegram. Please send it again.
upload-put = { $file } is in the corpus. In a moment it can be asked about.
upload-dropped = Nothing was changed.
upload-gone = This file is not kept any more. Please send it again.
button-add = Add it
button-replace = Replace it
button-cancel = Cancel
button-remove = Remove
removal-choose = Which article shall be removed?
removal-ask = Remove “{ $title }” ({ $file }) from the corpus?
removal-done = “{ $title }” is removed. Its file is here in the chat: send it to me to have it back.
removal-last = This is the only article, and I need one.
file-trouble = This did not work:
problem-kept = An article’s file has become faulty. The article stays as it was before.
problem-left-out = A file is left out, since it cannot become an article.

zone-ask = Which time zone is meant here?
zone-is = Times of day are those of { $zone } here.
zone-write = Choose one, or write for example: /brief zone Europe/Berlin
schedule-made = Done. I send what is new:
schedule-known = There is this schedule:
schedule-full = There are { $most } schedules here, and more I cannot keep. /brief off with a number ends one.
schedule-none = No briefing is scheduled here. For example: /brief daily 08:30, or /brief weekly mon 09:00 and words that it shall be about.
schedule-ended = Ended.
schedule-not-there = There is nothing like that to end.
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
schedule-always = Also when nothing is new
schedule-silent = Without a sound
schedule-next = Next: { $time }
last-none = Not sent yet
last-under-way = Just being sent
last-sent = Last: sent on { $time }
last-nothing-new = Last: nothing was new on { $time }
last-refused = Last: Telegram refused it on { $time }
last-missed = Last: the one of { $time } was left out, since it would have come too late
last-unsure = Last: I was interrupted on { $time } and cannot tell whether it arrived
button-end = End { $number }
button-silent = { $number }: without a sound
button-loud = { $number }: with a sound
button-always = { $number }: always
button-only-news = { $number }: only what is new
schedule-bad-time = “{ $typed }” is no time of day. Write it like 08:30.
schedule-bad-day = “{ $typed }” is no day of the week. Write it like mon, in English.
schedule-bad-zone = I know no time zone “{ $typed }”. Write it like Europe/Berlin.
schedule-no-time = At what time? Write for example: /brief daily 08:30
schedule-no-day = On which day? Write for example: /brief weekly mon 09:00
topic-too-long = That is too long for a subject. A few words are enough.
watch-made = Done. When an article comes that answers this, I quote it here:
watch-known = This is watched for:
watch-full = I watch for { $most } subjects here, and more I cannot. /watch off with a number ends one.
watch-none = I watch for nothing here. Write for example /watch water treaty: when an article comes that answers this, I quote it.
watch-list = Watched for here:
watch-ended = Ended.
watch-nothing = There is nothing in this that I could look for. Write a few words that tell more.
watch-hit = New on “{ $topic }”:
watch-more = { $articles ->
    [one] { $articles } more article answers this. /brief { $topic }
   *[other] { $articles } more articles answer this. /brief { $topic }
 }
news-heading = What is new
news-since = What is new since { $time }
news-new = new
news-changed = changed
news-shorter = shortened
news-more = { $articles ->
    [one] { $articles } more article has news.
   *[other] { $articles } more articles have news.
 }
news-gone = No longer here: { $titles }
news-none = Nothing is new.
unsure = I was interrupted while I was sending something here, and cannot tell whether it arrived.
button-send-again = It did not arrive: send it
help-briefings = /brief shows the newest article in one screen, /brief and words what all articles say on a subject. /brief daily 08:30 sends what is new every day, /watch and words tells when an article comes that answers them.

menu-ask = ask a question
menu-brief = an article or a topic in its key sentences
menu-sections = what there is to read
menu-about = what the articles are
menu-help = how to ask
menu-language = the language that I speak
menu-privacy = what I keep of you
menu-forget = remove what I keep of you
menu-gaps = what was asked and not found
menu-remove = remove an article
menu-watch = hear of new articles on a subject

description = I answer questions in the words of the articles that I have, and say where they stand: { $titles }.
description-untitled = I answer questions in the words of the articles that I have, and say where they stand.
short-description = Answers with verbatim quotes from { $titles }.
short-description-untitled = Answers with verbatim quotes from articles.

example-person = Who is { $topic }?
example-topic = What does the article say about { $topic }?
example-year = What happened in { $topic }?
