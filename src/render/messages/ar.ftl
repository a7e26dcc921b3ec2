# Messages of the interface. Quotes of articles are never translated or changed here.

start = أجيب عن الأسئلة باقتباسات حرفية من المقالات، ولكل اقتباس رابط إلى مصدره. اكتب سؤالك هنا.
try-one = على سبيل المثال:
help-guest = في أي محادثة أخرى اكتب @{ $bot } وسؤالك: أجيب هناك دون أن يضيفني أحد.
help-reading = تحت الاقتباس يعرض «المزيد» التالي، و«السياق» الفقرات المحيطة به، و«قراءة» القسم، ويفتح ⋯ قائمة. ويقود اسم القسم إلى الموضع نفسه. ردّ على إجابة لتتابع السؤال. ويعرض /sections ما يمكن قراءته.
help-group = في مجموعة، أرسل /ask وسؤالك، أو ردّ على إحدى إجاباتي. و/ask وحده ردًّا على رسالة يسأل تلك الرسالة. وأصمت فيما عدا ذلك.
help-mentions = لا تصلني الإشارة @{ $bot } إلا حيث أستطيع قراءة كل الرسائل: اجعلني مشرفًا، أو أوقف وضع الخصوصية في @BotFather.
help-inline = في أي محادثة، اكتب @{ $bot } وبضع كلمات لتختار اقتباسًا وتنشره.
help-filters = للبحث في بعض المقالات فقط، أضف في: واسم مجلد، أو الكاتب: واسمًا، أو وسم: ووسمًا، أو بعد: أو قبل: وتاريخًا، مثل بعد:2026-01.
ask-what = ماذا تريد أن تعرف؟ مثلًا: /ask@{ $bot } وسؤالك، أو /ask ردًّا على رسالة.
guest-ask-what = ماذا تريد أن تعرف؟ اكتب @{ $bot } وسؤالك.
guest-only-questions = هنا أجيب عن الأسئلة فقط. ولكل شيء آخر راسلني في محادثتنا الخاصة: @{ $bot }
greeting = مرحبًا! اسألني شيئًا عن المقالات؛ يعرض /sections ما تتناوله.
thanks = على الرحب والسعة.
farewell = مع السلامة!
acknowledged = اسألني عن أي شيء آخر في المقالات.
identity = أنا برنامج ولست إنسانًا، ولا يكتب إجاباتي ذكاء اصطناعي: أبحث في المقالات وأقتبس منها حرفيًا.
no-quote-yet = لا يوجد اقتباس هنا بعد. اطرح سؤالًا أولًا: الرابط تحت كل اقتباس هو مصدره.
no-more-quotes = لا توجد اقتباسات أخرى لهذا السؤال. اسأل بكلمات أخرى أو عن شيء آخر.
brief-hint = يعرض /brief أحدث مقال؛ و/brief مع موضوع ما تقوله عنه كل المقالات.
brief-help =
    /brief – أحدث مقال في شاشة واحدة
    /brief معاهدة المياه – ما تقوله كل المقالات عن موضوع
    /brief daily 08:30 – كل يوم ما هو جديد؛ وأيضًا weekdays 08:30 أو weekly mon 08:30
    /brief daily 08:30 معاهدة المياه – جديد موضوع واحد فقط
    /brief status – مواعيدك مع أزرار لتغييرها
    /brief off – ينهي كل المواعيد
nothing-to-search = ليس في هذا ما يمكنني البحث عنه. اطرح سؤالًا ببضع كلمات، أو انظر ما لدينا:
only-text = لا أقرأ إلا النص. اسألني بالكلمات.
unknown-command = لا أعرف هذا الأمر. يقول /help ما أستطيع فعله.
text-changed = تغيّر النص منذ ذلك الحين: لم يعد هذا الموضع موجودًا. هذا ما يوجد الآن.
withdrawn = سُحب السؤال.
internal-error = حدث خطأ من جهتي. يرجى السؤال مجددًا بعد لحظات.
reloading = أعيد الآن قراءة المقالات. يرجى السؤال مجددًا بعد بضع دقائق.
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
searched-only = البحث في { $filters } فقط.
no-folder = لا يوجد مجلد «{ $name }».
no-author = لا يوجد كاتب «{ $name }».
no-tag = لا يوجد وسم «{ $name }».
known-names = الموجود: { $names }.
not-a-date = «{ $typed }» ليس تاريخًا واضحًا. اكتبه مثل 2026 أو 2026-01 أو 2026-01-31.
no-article-fits = لا مقالة توافق { $filters }.
language-name = { $code ->
    [en] بالإنجليزية
    [ru] بالروسية
    [fa] بالفارسية
    [ar] بالعربية
    [de] بالألمانية
    [fr] بالفرنسية
    [es] بالإسبانية
    [it] بالإيطالية
    [pt] بالبرتغالية
    [nl] بالهولندية
    [pl] بالبولندية
    [tr] بالتركية
    [uk] بالأوكرانية
    [zh] بالصينية
    [ja] باليابانية
    [ko] بالكورية
    [hi] بالهندية
    [el] باليونانية
    [he] بالعبرية
    [sv] بالسويدية
   *[other] بلغة { $name }
 }
quotes-are-in = الاقتباسات { $languages }.
articles-are-in = المقالات { $languages }، والبحث بالأسماء، كما تُكتب في المقالات، يعطي أفضل النتائج.

opening = المقدمة
page-number = ص { $page }
by-authors = بقلم { $authors }
articles-by = مقالات { $author }: { $articles }
articles-on = مقالات عن «{ $topic }»، الأحدث أولًا: { $articles }
newest-articles = أحدث المقالات من بين جميع المقالات ({ $articles }):
articles-to-read = المقالات: { $articles }
empty-section = ليس لهذا القسم نص خاص به.

button-more = المزيد ({ $left })
button-back = رجوع
button-context = السياق
button-quote = عودة إلى الاقتباس
button-read = قراءة
button-answer = عودة إلى الإجابة
button-copy = نسخ الاقتباس
button-citation = الاقتباس كاملًا
button-share = مشاركة
button-show-everyone = عرض للجميع
button-ask-person = أرسل سؤالي إلى شخص
help-sent = أُرسل سؤالك إلى شخص. سيصل الجواب إلى هنا.
help-failed = تعذّر إرسال سؤالك إلى شخص. حاول مرة أخرى لاحقًا.
help-only-asker = لا يستطيع إرسال هذا السؤال إلا من طرحه.
help-expired = لم يعد هذا السؤال لديّ. اطرحه مرة أخرى.
help-question = سؤال #{ $number } لا تجيب عنه المقالات. ردّ على هذه الرسالة للإجابة عنه:
help-answer = جواب من شخص، لا من المقالات:
help-delivered = تم التسليم.
help-undeliverable = تعذّر التسليم: لم أعد أستطيع الكتابة إلى من سأل.
help-too-long = هذا أطول من أن يُسلَّم. أرسل { $max } حرفًا على الأكثر.
button-good = 👍 مفيد
button-bad = 👎 غير مفيد
button-contents = المحتويات
button-previous = القسم السابق
button-next = القسم التالي
button-examples = عودة إلى الأمثلة
button-all-help = ما الذي أستطيعه أيضًا
button-ask-here = لم يوجد شيء. اسألني في محادثتنا
button-all-sections = كل الأقسام ({ $sections })
button-further = التالي
button-other-articles = مقالات أخرى

vote-good = شكرًا. سُجّلت مفيدة.
vote-bad = شكرًا. سُجّلت غير مفيدة.

welcome = مرحبًا! أجيب عن الأسئلة بكلمات المقالات التي لديّ. اسأل بالأمر /ask مع سؤالك، أو ردّ على إحدى إجاباتي. وأصمت فيما عدا ذلك.
welcome-guest = مرحبًا! أجيب عن الأسئلة باقتباسات حرفية من المقالات. اكتب @{ $bot } وسؤالك هنا أو في أي محادثة أخرى، أو ردّ على إحدى إجاباتي. وأصمت فيما عدا ذلك.
welcome-privacy = وضع الخصوصية في تيليجرام يحجب عني الرسائل الأخرى، حتى الإشارة مثل @{ $bot }. اجعلني مشرفًا لأجيب عن الإشارات.

not-allowed = عذرًا، لا يمكنني أن أجيب إلا من يسمح له مشغّلي.
not-allowed-send = لطلب الوصول، أرسل هذا إلى مشغّلي:
whoami-user = رقمك:
whoami-channel = تكتب باسم قناة. رقمها:
whoami-as-group = تكتب باسم هذه المجموعة.
whoami-group = رقم هذه المجموعة:
whoami-topic = رقم هذا الموضوع:
chat-not-allowed = لم يسمح مشغّلي بهذه المحادثة، لذلك لا أرسل إليها شيئًا من تلقاء نفسي.
slow-down = أبطأ قليلًا من فضلك.
only-administrators = هذا لمشرفي هذه المجموعة فقط.
private-only-groups = هذا إعداد للمجموعات. هنا لا يرى إجاباتي غيرك.
private-on = لا يرى جوابي إلا من سأل. ويصل أيضًا إلى محادثته الخاصة معي، وإن لم توجد فإلى هذه المجموعة.
private-off = يرى كل من في هذه المجموعة إجاباتي.
button-answer-everyone = عرض الإجابات للجميع
button-answer-privately = عرض الإجابات للسائل فقط
private-copy = سألت في مجموعة: { $question }
only-operator = هذا لمشغّلي فقط.
choose-language = بأي لغة أتحدث؟ تبقى الاقتباسات كما هي.
language-set = من الآن أتحدث هنا بالعربية.

privacy-private =
    لا أحتفظ إلا بما يلزم:
    • أسئلتك مع معرّفك في تيليجرام وآراؤك في الإجابات: سبعة أيام، كي تُعدَّل إجابة السؤال المعدَّل ويمكن متابعة السؤال
    • كل رسالة تصلني، مع اسمك: إلى أن أعالجها، كي لا تضيع أي رسالة
    • لغة هذه المحادثة ومنطقتها الزمنية والمقالات المختارة لها والمواعيد والمواضيع: إلى أن تغيّرها أو تنهيها
privacy-group =
    في هذه المجموعة لا أحتفظ إلا بما يلزم:
    • الأسئلة الموجهة إليّ مع معرّف السائل في تيليجرام والآراء في الإجابات: سبعة أيام، كي تُعدَّل إجابة السؤال المعدَّل ويمكن متابعة السؤال
    • كل رسالة تصلني، مع اسم مرسلها: إلى أن أعالجها، كي لا تضيع أي رسالة
    • لغة المجموعة ومنطقتها الزمنية والمقالات المختارة لها والمواعيد والمواضيع: إلى أن تُغيَّر أو تُنهى
privacy-records = ولكي تتحسن المقالات، يحتفظ مشغّلي أيضًا بنص الأسئلة التي لم يوجد لها شيء أو لم تكن إجابتها مفيدة، مع معرّف من سأل أو أبدى رأيه في تيليجرام، إلى أن يفرغ تلك القائمة.
privacy-help = إذا أرسلت سؤالًا إلى شخص، فإنه يتلقى نصه ولا شيء عنك. وأحفظ لثلاثين يومًا أي رسالة كان السؤال، ليصل إليك الجواب.
privacy-forget = يحذف /forget كل ذلك فورًا.
privacy-forget-group = يحذف /forget فورًا ما أحتفظ به عنك في كل المحادثات؛ ويمكن لمشرف يرسله أن يحذف كل ما أحتفظ به عن هذه المجموعة، وكذلك تفعل إزالتي من المجموعة.
forgotten = حذفت ما كنت أحتفظ به عنك.
forget-group-confirm = بصفتك مشرفًا يمكنك أيضًا حذف كل ما أحتفظ به عن هذه المجموعة: أسئلة جميع الأعضاء وإجاباتها، ولغتها ومنطقتها الزمنية، والمقالات المختارة، والمواعيد والمواضيع. وبذلك تنتهي موجزاتها.
button-forget-group = انسَ هذه المجموعة
group-forgotten = حذفت ما كنت أحتفظ به عن هذه المجموعة. لن تصلها موجزات بعد الآن.

gaps-off = الأسئلة لا تُسجَّل. ضع record_questions = true في الإعدادات لتحصل على القائمة.
gaps-none = لم يُسأل شيء عبثًا.
gaps-counts = أُجيب: { $answered }. لم يوجد: { $refused }. مفيدة: { $good }. غير مفيدة: { $bad }.
gaps-help-counts = أُرسل إلى شخص: { $sent }. أجاب عنه شخص: { $answered }.
gaps-title = سُئل ولم يوجد، الأكثر تكرارًا أولًا:
gaps-export = تصدير
gaps-clear = إفراغ القائمة
gaps-cleared = القائمة الآن فارغة.

doctor-ok = كل شيء على ما يرام.
doctor-warning = أعمل، لكن هناك ما يمكن تحسينه:
doctor-error = هناك خلل:

upload-would-become = سيصبح { $file }:
upload-counts = الأقسام: { $sections }. الفقرات: { $passages }.
feed-fails =
    لا يمكن استيراد الخلاصة { $url }: { $cause }
    تلميح: { $hint }
upload-replaces = يأخذ مكان «{ $title }» الموجود الآن.
upload-problems = لا يمكن أن يصبح { $file } مقالًا:
import-would-become = سينتج من هذا عدد من المقالات: { $articles }
import-added = عدد المقالات المضافة: { $articles }. بعد لحظة يمكن السؤال عنها.
import-notes = يُرجى الانتباه:
import-left-out = لم يُستورد:
import-kept = عُدّلت بعد الاستيراد السابق فبقيت كما هي؛ النسخ الجديدة محفوظة بجانبها مخفية: { $files }
upload-too-large = { $file } أكبر من 20 ميغابايت، ولا يعطي تيليغرام البوتات ملفات أكبر. استورده على الخادم: { $command }
upload-failed = تعذّر جلب الملف من تيليغرام. أرسله مرة أخرى من فضلك.
upload-added = صار { $file } في المجموعة. بعد لحظة يمكن السؤال عنه.
upload-discarded = لم يتغيّر شيء.
upload-expired = لم يعد هذا الملف محفوظًا. أرسله مرة أخرى من فضلك.
button-add = إضافة
button-replace = استبدال
button-cancel = إلغاء
button-remove = إزالة
removal-choose = أي مقال تريد إزالته؟
removal-confirm = هل تُزال «{ $title }» ({ $file }) من المجموعة؟
removal-done = أُزيل «{ $title }». ملفه هنا في المحادثة: أرسله إليّ لاستعادته.
removal-last = هذا هو المقال الوحيد، وأحتاج إلى واحد.
file-problem = لم ينجح هذا:
problem-kept = صار في ملف أحد المقالات خلل. يبقى المقال كما كان.
problem-left-out = تُرك ملف جانبًا لأنه لا يمكن أن يصبح مقالًا.

zone-ask = أي منطقة زمنية هي المقصودة هنا؟
zone-is = الأوقات هنا بتوقيت { $zone }.
zone-write = اختر واحدة، أو اكتب مثلًا: /brief zone Europe/Berlin
schedule-made = تم. أرسل ما هو جديد:
schedule-exists = هذا الموعد موجود:
schedule-limit = عدد المواعيد هنا { $max }، ولا يمكنني الاحتفاظ بأكثر من ذلك. الأمر /brief off مع رقم ينهي واحدًا منها.
schedule-none = لا يوجد هنا موجز مجدول. مثلًا: /brief daily 08:30، أو /brief weekly mon 09:00 مع كلمات عن موضوعه.
schedule-ended = أُنهي.
number-not-found = لا يوجد شيء كهذا لإنهائه.
rule-daily = كل يوم الساعة { $time }، { $zone }
rule-weekdays = من الاثنين إلى الجمعة الساعة { $time }، { $zone }
rule-weekly = كل يوم { $day } الساعة { $time }، { $zone }
day-monday = اثنين
day-tuesday = ثلاثاء
day-wednesday = أربعاء
day-thursday = خميس
day-friday = جمعة
day-saturday = سبت
day-sunday = أحد
schedule-about = { $rule }، عن «{ $topic }»
schedule-always = حتى إن لم يكن هناك جديد
schedule-silent = بلا صوت
schedule-next = المرة القادمة: { $time }
last-none = لم يُرسل بعد
last-sending = يُرسل الآن
last-sent = آخر مرة: أُرسل في { $time }
last-nothing-new = آخر مرة: لم يكن هناك جديد في { $time }
last-rejected = آخر مرة: رفضه تيليغرام في { $time }
last-skipped = آخر مرة: تُرك موعد { $time } لأنه كان سيصل متأخرًا جدًّا
last-unknown = آخر مرة: انقطع عملي في { $time } ولا أدري هل وصل
numbered = { $number }: { $label }
button-stop = إيقاف
button-without-sound = بلا صوت
button-with-sound = مع صوت
button-always = أرسل حتى دون جديد
button-only-changes = أرسل مع الجديد فقط
schedule-bad-time = «{ $typed }» ليس وقتًا من اليوم. اكتبه هكذا: 08:30.
schedule-bad-day = «{ $typed }» ليس يومًا من الأسبوع. اكتبه بالإنجليزية، مثل mon.
schedule-bad-zone = لا أعرف منطقة زمنية باسم «{ $typed }». اكتبها هكذا: Europe/Berlin.
schedule-no-time = في أي ساعة؟ اكتب مثلًا: /brief daily 08:30
schedule-no-day = في أي يوم؟ اكتب مثلًا: /brief weekly mon 09:00
schedule-bad-interval = «{ $typed }» غير ممكن. أستطيع الإرسال كل يوم أو من الاثنين إلى الجمعة أو مرة في الأسبوع: /brief daily 08:30 أو /brief weekdays 08:30 أو /brief weekly mon 08:30
topic-too-long = هذا أطول مما يلزم لموضوع. تكفي بضع كلمات.
watch-made = تم. حين تأتي مقالة تجيب عن هذا أقتبس منها هنا:
watch-exists = هذا ما أتابعه:
watch-limit = عدد المواضيع التي أتابعها هنا { $max }، ولا يمكنني متابعة أكثر من ذلك. الأمر /watch off مع رقم ينهي واحدًا منها.
watch-none = لا أتابع هنا أي موضوع. اكتب مثلًا /watch معاهدة المياه: حين تأتي مقالة تجيب عن هذا أقتبس منها.
watch-list = ما أتابعه هنا:
watch-ended = أُنهي.
watch-nothing = ليس في هذه الكلمات ما يمكنني متابعته. اكتب أسماءً أو كلمات أخرى كما تُكتب في المقالات.
shelf-none = تستخدم هذه المحادثة كل المقالات. لاستخدام بعضها فقط، أرسل /shelf مع مجلدات أو وسوم، مثل /shelf ماء، طاقة tag:مناخ
shelf-shown = تستخدم هذه المحادثة هذه المقالات فقط: { $shelf } ({ $articles }). يسري ذلك على الأسئلة والملخصات والتنبيهات. يعيد ‎/shelf الكل كل المقالات.
shelf-of-chat = يستخدم هذا الموضوع اختيار المجموعة كلها.
shelf-set = تم. من الآن تستخدم هذه المحادثة هذه المقالات فقط: { $shelf } ({ $articles }).
shelf-cleared = تم. تستخدم هذه المحادثة كل المقالات.
shelf-note = من المقالات المختارة لهذه المحادثة فقط: { $shelf } (‎/shelf).
shelf-only-names = الاختيار من مجلدات ووسوم فقط. أرسل مثلًا: /shelf ماء، طاقة tag:مناخ
shelf-too-many = في الاختيار { $max } من المجلدات والوسوم على الأكثر.
watch-other-language = لن ترد هذه الكلمات في أي مقالة، لأن المقالات { $languages }. اكتب أسماءً كما تُكتب في المقالات.
watch-hit = جديد عن «{ $topic }»:
watch-more = مقالات أخرى تجيب عن هذا: { $articles }. /brief { $topic }
changes-heading = ما الجديد
changes-since = ما الجديد منذ { $time }
change-new = جديد
change-edited = معدّل
change-shortened = مختصر
changes-more = { $articles ->
    [zero] لا جديد في مقالات أخرى.
    [one] هناك جديد في مقالة واحدة أخرى.
    [two] هناك جديد في مقالتين أخريين.
    [few] هناك جديد في { $articles } مقالات أخرى.
    [many] هناك جديد في { $articles } مقالة أخرى.
   *[other] هناك جديد في { $articles } مقالة أخرى.
 }
changes-removed = لم يعد هنا: { $titles }
changes-none = لا جديد.
delivery-unknown = انقطع عملي وأنا أرسل شيئًا إلى هنا، ولا أدري هل وصل.
button-send-again = لم يصل: أرسله
help-briefings = يعرض /brief أحدث مقال في شاشة واحدة، ومع موضوع ما تقوله عنه كل المقالات. ويرسل /brief daily 08:30 كل يوم ما هو جديد. ويخبرك /watch مع موضوع حين يجيب عنه مقال جديد.

menu-ask = اطرح سؤالًا
menu-brief = مقال أو موضوع في جمله الأساسية
menu-sections = ما يمكن قراءته
menu-about = ما هي المقالات
menu-help = كيف تسأل
menu-language = اللغة التي أتحدث بها
menu-private = عرض الإجابات للسائل فقط
menu-privacy = ما أحتفظ به عنك
menu-forget = حذف ما أحتفظ به عنك
menu-whoami = عرض الأرقام لقائمة الوصول
menu-gaps = ما سُئل ولم يوجد
menu-remove = إزالة مقال
menu-doctor = التحقق من أن كل شيء على ما يرام
menu-watch = معرفة المقالات الجديدة عن موضوع
menu-shelf = اختيار المقالات لهذه المحادثة

description = أجيب عن الأسئلة بكلمات المقالات التي لديّ، وأقول أين وردت: { $titles }.
description-untitled = أجيب عن الأسئلة بكلمات المقالات التي لديّ، وأقول أين وردت.
short-description = إجابات باقتباسات حرفية من { $titles }.
short-description-untitled = إجابات باقتباسات حرفية من المقالات.

example-person = من هو { $topic }؟
example-topic = ماذا تقول المقالة عن { $topic }؟
example-year = ماذا حدث في { $topic }؟
