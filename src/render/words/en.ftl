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
slower = A little slower, please.
only-administrators = Only administrators of this group can do that.
only-operator = Only my operator can do that.
choose-language = Which language shall I speak? Quotes stay as they are.
language-set = From now on I speak English here.

privacy-always = I keep, for seven days, which of my messages answers which question, so that an edited question has its answer edited and a question can follow up another. I count helpful and not helpful answers, and questions that found nothing. In groups I keep the language that was chosen.
privacy-records = My operator also records the text of questions that found nothing or whose answer was not helpful, with who asked.
privacy-no-records = The text of questions is recorded for nobody to read.
privacy-forget = /forget removes what I keep of you.
forgotten = I have removed what I kept of you.

gaps-off = Questions are not recorded. Set record_questions = true in the configuration to have the list.
gaps-none = Nothing was asked in vain.
gaps-counts = Answered: { $answered }. Found nothing: { $refused }. Helpful: { $good }. Not helpful: { $bad }.
gaps-title = Asked and not found, most frequent first:
gaps-export = Export
gaps-clear = Clear the list
gaps-cleared = The list is empty now.

menu-ask = ask a question
menu-brief = an article or a topic in its key sentences
menu-sections = what there is to read
menu-about = what the articles are
menu-help = how to ask
menu-language = the language that I speak
menu-privacy = what I keep of you
menu-forget = remove what I keep of you
menu-gaps = what was asked and not found

description = I answer questions in the words of the articles that I have, and say where they stand: { $titles }.
short-description = Answers with verbatim quotes from { $titles }.

example-person = Who is { $topic }?
example-topic = What does the article say about { $topic }?
example-year = What happened in { $topic }?
