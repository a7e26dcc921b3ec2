# Everything that Verbatim says in words of its own. Quotes never pass through here.

start = أجيب عن الأسئلة بكلمات المقالات التي لديّ، وأقول أين وردت. اكتب سؤالك هنا.
try-one = على سبيل المثال:
help-reading = كل اقتباس يذكر قسمه، ورابطه يفتح الموضع نفسه. «المزيد» يعرض الاقتباس التالي، و«السياق» الفقرات المحيطة به. ردّ على إجابة لتتابع السؤال. يعرض /sections ما يمكن قراءته. يعرض /brief الجمل الأساسية لأحدث مقال، ومع موضوع الجمل الأساسية عن ذلك الموضوع.
help-group = في مجموعة، اسأل بالأمر /ask مع سؤالك، أو ردّ على إحدى إجاباتي؛ والردّ بالأمر /ask وحده يسأل الرسالة التي تردّ عليها. وأصمت أمام كل رسالة أخرى. لا تصلني الإشارة @{ $bot } إلا حيث أستطيع قراءة كل الرسائل: اجعلني مشرفًا، أو أوقف وضع الخصوصية في @BotFather.
help-inline = في أي محادثة، اكتب @{ $bot } وبضع كلمات لتختار اقتباسًا وتنشره.
ask-what = ماذا تريد أن تعرف؟ مثلًا: /ask@{ $bot } وسؤالك، أو /ask ردًّا على رسالة.
greeting = مرحبًا! اسألني شيئًا عن المقالات؛ يعرض /sections ما تتناوله.
thanks = على الرحب والسعة.
farewell = مع السلامة!
nothing-to-search = ليس في هذا ما يمكنني البحث عنه. اطرح سؤالًا ببضع كلمات، أو انظر ما لدينا:
only-text = لا أقرأ إلا النص. اسألني بالكلمات.
unknown-command = لا أعرف هذا الأمر. يقول /help ما أستطيع فعله.
text-has-changed = تغيّر النص منذ ذلك الحين: لم يعد هذا الموضع موجودًا. هذا ما يوجد الآن.
withdrawn = سُحب السؤال.
sorry = حدث خطأ من جهتي. يرجى السؤال مجددًا بعد لحظات.
about = أجيب كلمة بكلمة. المقالات: { $articles }، والأقسام: { $sections }. كل اقتباس يرتبط بموضعه.

found-nothing = لم أجد { $articles ->
    [one] في المقالة
   *[other] في المقالات
 } ما يجيب عن هذا.
found-nothing-about = لم أجد { $articles ->
    [one] في المقالة
   *[other] في المقالات
 } شيئًا عن { $words }.
found-nothing-for = لم أجد شيئًا عن { $questions }
enumeration = { $before }، { $next }
enumeration-all = { $before } و{ $last }
enumeration-end = { $before } أو { $last }
quoted-word = «{ $word }»
closest-sections = أقرب الأقسام:
searched-for = بحثت عن { $words }.

opening = المقدمة
by-authors = بقلم { $authors }
articles-to-read = المقالات: { $articles }
empty-section = ليس لهذا القسم نص خاص به.

button-more = المزيد ({ $left })
button-back = رجوع
button-context = السياق
button-quote = عودة إلى الاقتباس
button-read = قراءة القسم
button-answer = عودة إلى الإجابة
button-copy = نسخ الاقتباس
button-share = مشاركة
button-good = 👍 مفيد
button-bad = 👎 غير مفيد
button-contents = المحتويات
button-previous = القسم السابق
button-next = القسم التالي
button-examples = عودة إلى الأمثلة
button-ask-here = لم يوجد شيء. اسألني في محادثتنا
button-brief-rest = أقسام أخرى ({ $left })
button-other-articles = مقالات أخرى

vote-good = شكرًا. سُجّلت مفيدة.
vote-bad = شكرًا. سُجّلت غير مفيدة.

welcome = مرحبًا! أجيب عن الأسئلة بكلمات المقالات التي لديّ. اسأل بالأمر /ask مع سؤالك، أو ردّ على إحدى إجاباتي. وأصمت فيما عدا ذلك.
welcome-privacy = وضع الخصوصية في تيليجرام يحجب عني الرسائل الأخرى، حتى الإشارة مثل @{ $bot }. اجعلني مشرفًا لأجيب عن الإشارات.

not-allowed = عذرًا، لا يمكنني أن أجيب إلا من يسمح له مشغّلي.
slower = أبطأ قليلًا من فضلك.
only-administrators = هذا لمشرفي هذه المجموعة فقط.
only-operator = هذا لمشغّلي فقط.
choose-language = بأي لغة أتحدث؟ تبقى الاقتباسات كما هي.
language-set = من الآن أتحدث هنا بالعربية.

privacy-always = أحتفظ سبعة أيام بأي رسالة من رسائلي تجيب عن أي سؤال، كي تُعدَّل إجابة السؤال المعدَّل ويمكن متابعة السؤال. وأعدّ الإجابات المفيدة وغير المفيدة والأسئلة التي لم يوجد لها شيء. وفي المجموعات أحتفظ باللغة المختارة.
privacy-records = ويسجّل مشغّلي أيضًا نص الأسئلة التي لم يوجد لها شيء أو لم تكن إجابتها مفيدة، ومن سألها.
privacy-no-records = لا يُسجَّل نص الأسئلة لأحد.
privacy-forget = يحذف /forget ما أحتفظ به عنك.
forgotten = حذفت ما كنت أحتفظ به عنك.

gaps-off = الأسئلة لا تُسجَّل. ضع record_questions = true في الإعدادات لتحصل على القائمة.
gaps-none = لم يُسأل شيء عبثًا.
gaps-counts = أُجيب: { $answered }. لم يوجد: { $refused }. مفيدة: { $good }. غير مفيدة: { $bad }.
gaps-title = سُئل ولم يوجد، الأكثر تكرارًا أولًا:
gaps-export = تصدير
gaps-clear = إفراغ القائمة
gaps-cleared = القائمة الآن فارغة.

menu-ask = اطرح سؤالًا
menu-brief = مقال أو موضوع في جمله الأساسية
menu-sections = ما يمكن قراءته
menu-about = ما هي المقالات
menu-help = كيف تسأل
menu-language = اللغة التي أتحدث بها
menu-privacy = ما أحتفظ به عنك
menu-forget = حذف ما أحتفظ به عنك
menu-gaps = ما سُئل ولم يوجد

description = أجيب عن الأسئلة بكلمات المقالات التي لديّ، وأقول أين وردت: { $titles }.
short-description = إجابات باقتباسات حرفية من { $titles }.

example-person = من هو { $topic }؟
example-topic = ماذا تقول المقالة عن { $topic }؟
example-year = ماذا حدث في { $topic }؟
