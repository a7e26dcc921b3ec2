# Everything that Verbatim says in words of its own. Quotes never pass through here.

start = من به پرسش‌ها با واژه‌های خود مقاله‌هایی که دارم پاسخ می‌دهم و می‌گویم کجا آمده‌اند. پرسش خود را همین‌جا بنویسید.
try-one = برای نمونه:
help-reading = هر نقل‌قول نام بخش خود را دارد و پیوند آن درست همان‌جا را باز می‌کند. «بیشتر» نقل‌قول بعدی را نشان می‌دهد و «زمینه» بندهای پیرامون آن را. برای ادامهٔ پرسش به یک پاسخ پاسخ دهید. /sections نشان می‌دهد چه چیزهایی برای خواندن هست. /brief جمله‌های کلیدی تازه‌ترین مقاله را می‌آورد و با یک موضوع، جمله‌های کلیدی دربارهٔ آن را.
help-group = در گروه با /ask و پرسش خود بپرسید یا به یکی از پاسخ‌های من پاسخ دهید؛ پاسخی که تنها /ask باشد همان پیامی را می‌پرسد که به آن پاسخ داده‌اید. در برابر پیام‌های دیگر خاموش می‌مانم. نام بردن از من، @{ $bot }، تنها جایی به من می‌رسد که همهٔ پیام‌ها را ببینم: مرا مدیر کنید یا حالت حریم خصوصی را در @BotFather خاموش کنید.
help-inline = در هر گفتگو @{ $bot } و چند واژه بنویسید تا نقل‌قولی برگزینید و بفرستید.
ask-what = چه می‌خواهید بدانید؟ برای نمونه: /ask@{ $bot } و پرسش شما، یا /ask در پاسخ به یک پیام.
greeting = سلام! از من دربارهٔ مقاله‌ها بپرسید؛ /sections نشان می‌دهد دربارهٔ چه هستند.
thanks = خواهش می‌کنم.
farewell = خدانگهدار!
nothing-to-search = در این چیزی نیست که بتوانم جستجو کنم. با چند واژه بپرسید یا ببینید چه چیزهایی هست:
only-text = من تنها متن می‌خوانم. پرسش خود را بنویسید.
unknown-command = این دستور را نمی‌شناسم. /help می‌گوید چه کارهایی از من برمی‌آید.
text-has-changed = متن از آن زمان تغییر کرده است: این جا دیگر وجود ندارد. اکنون این هست.
withdrawn = پرسش پس گرفته شد.
sorry = مشکلی از سوی من پیش آمد. لطفاً کمی بعد دوباره بپرسید.
about = من واژه به واژه پاسخ می‌دهم، از { $articles } مقاله با { $sections } بخش. هر نقل‌قول به جای خود پیوند دارد.

found-nothing = { $articles ->
    [one] در مقاله
   *[other] در مقاله‌ها
 } چیزی نیافتم که به این پاسخ دهد.
found-nothing-about = { $articles ->
    [one] در مقاله
   *[other] در مقاله‌ها
 } چیزی دربارهٔ { $words } نیافتم.
found-nothing-for = برای { $questions } چیزی یافت نشد
enumeration = { $before }، { $next }
enumeration-all = { $before } و { $last }
enumeration-end = { $before } یا { $last }
quoted-word = «{ $word }»
closest-sections = نزدیک‌ترین بخش‌ها:
searched-for = برای { $words } جستجو شد.

opening = آغاز
by-authors = نوشتهٔ { $authors }
articles-to-read = مقاله‌ها: { $articles }
empty-section = این بخش متنی از خود ندارد.

button-more = بیشتر ({ $left })
button-back = بازگشت
button-context = زمینه
button-quote = بازگشت به نقل‌قول
button-read = خواندن بخش
button-answer = بازگشت به پاسخ
button-copy = رونوشت نقل‌قول
button-citation = نقل‌قول کامل
button-share = هم‌رسانی
button-good = 👍 سودمند
button-bad = 👎 سودمند نبود
button-contents = فهرست
button-previous = بخش پیشین
button-next = بخش پسین
button-examples = بازگشت به نمونه‌ها
button-ask-here = چیزی یافت نشد. در گفتگوی خصوصی بپرسید
button-brief-rest = بخش‌های دیگر ({ $left })
button-other-articles = مقاله‌های دیگر

vote-good = سپاس. سودمند ثبت شد.
vote-bad = سپاس. ناسودمند ثبت شد.

welcome = سلام! من به پرسش‌ها با واژه‌های خود مقاله‌هایی که دارم پاسخ می‌دهم. با /ask و پرسش خود بپرسید یا به یکی از پاسخ‌های من پاسخ دهید. وگرنه خاموش می‌مانم.
welcome-privacy = حالت حریم خصوصی تلگرام پیام‌های دیگر را از من پنهان می‌کند، نام بردن از من مانند @{ $bot } را نیز. مرا مدیر کنید تا به آن پاسخ دهم.

not-allowed = ببخشید، تنها می‌توانم به کسانی پاسخ دهم که گردانندهٔ من اجازه داده است.
chat-not-let-in = گردانندهٔ من به این گفتگو اجازه نداده است، برای همین خودم چیزی اینجا نمی‌فرستم.
slower = لطفاً کمی آهسته‌تر.
only-administrators = این کار تنها از مدیران این گروه برمی‌آید.
only-operator = این کار تنها از گردانندهٔ من برمی‌آید.
choose-language = به چه زبانی سخن بگویم؟ نقل‌قول‌ها همان‌گونه که هستند می‌مانند.
language-set = از این پس این‌جا فارسی سخن می‌گویم.

privacy-always = هفت روز نگه می‌دارم که کدام پیام من پاسخ کدام پرسش است تا پاسخ پرسش ویرایش‌شده نیز ویرایش شود و بتوان پرسش را دنبال کرد. پاسخ‌های سودمند و ناسودمند و پرسش‌های بی‌پاسخ را می‌شمارم. از هر گفتگو زبان و منطقهٔ زمانی آن و برنامه‌ها و موضوع‌هایی را که در آن گذاشته شده‌اند نگه می‌دارم.
privacy-records = گردانندهٔ من همچنین متن پرسش‌هایی را که چیزی برایشان یافت نشد یا پاسخشان سودمند نبود، با نام پرسنده ثبت می‌کند.
privacy-no-records = متن پرسش‌ها برای هیچ‌کس ثبت نمی‌شود.
privacy-forget = /forget آنچه را از شما نگه می‌دارم پاک می‌کند.
forgotten = آنچه از شما نگه داشته بودم پاک کردم.

gaps-off = پرسش‌ها ثبت نمی‌شوند. برای داشتن فهرست record_questions = true را در پیکربندی بگذارید.
gaps-none = هیچ پرسشی بی‌پاسخ نمانده است.
gaps-counts = پاسخ‌داده: { $answered }. نیافته: { $refused }. سودمند: { $good }. ناسودمند: { $bad }.
gaps-title = پرسیده شد و یافت نشد، پرشمارترین نخست:
gaps-export = برون‌برد
gaps-clear = پاک کردن فهرست
gaps-cleared = فهرست اکنون خالی است.

upload-would-become = { $file } چنین خواهد شد:
upload-counts = بخش‌ها: { $sections }. بندها: { $passages }.
upload-replaces = جای «{ $title }» را می‌گیرد که اکنون هست.
upload-problems = { $file } نمی‌تواند مقاله شود:
upload-failed = پرونده از تلگرام دریافت نشد. لطفاً دوباره بفرستید.
upload-put = { $file } در مجموعه است. تا لحظه‌ای دیگر می‌توان درباره‌اش پرسید.
upload-dropped = چیزی تغییر نکرد.
upload-gone = این پرونده دیگر نگه‌داری نمی‌شود. لطفاً دوباره بفرستید.
button-add = افزودن
button-replace = جایگزین کردن
button-cancel = لغو
button-remove = حذف
removal-choose = کدام مقاله حذف شود؟
removal-ask = «{ $title }» ({ $file }) از مجموعه حذف شود؟
removal-done = «{ $title }» حذف شد. پرونده‌اش همین‌جا در گفتگو است: برای بازگرداندن آن را برایم بفرستید.
removal-last = این تنها مقاله است و من به یکی نیاز دارم.
file-trouble = این کار نشد:
problem-kept = پروندهٔ یک مقاله خراب شده است. مقاله همان‌گونه که بود می‌ماند.
problem-left-out = پرونده‌ای کنار گذاشته شد، چون نمی‌تواند مقاله شود.

zone-ask = این‌جا کدام منطقهٔ زمانی به کار رود؟
zone-is = ساعت‌ها این‌جا به وقت { $zone } هستند.
zone-write = یکی را برگزینید یا برای نمونه بنویسید: /brief zone Europe/Berlin
schedule-made = انجام شد. آنچه را تازه است می‌فرستم:
schedule-known = این برنامه هست:
schedule-full = این‌جا { $most } برنامه هست و بیش از این نمی‌توانم نگه دارم. دستور /brief off با یک شماره یکی را پایان می‌دهد.
schedule-none = این‌جا هیچ برنامه‌ای برای فرستادن نیست. برای نمونه: /brief daily 08:30، یا /brief weekly mon 09:00 و چند واژه دربارهٔ موضوع آن.
schedule-ended = پایان یافت.
schedule-not-there = چنین چیزی نیست که پایان یابد.
rule-daily = هر روز ساعت { $time }، { $zone }
rule-weekdays = از دوشنبه تا جمعه ساعت { $time }، { $zone }
rule-weekly = هر { $day } ساعت { $time }، { $zone }
day-monday = دوشنبه
day-tuesday = سه‌شنبه
day-wednesday = چهارشنبه
day-thursday = پنج‌شنبه
day-friday = جمعه
day-saturday = شنبه
day-sunday = یکشنبه
schedule-about = { $rule }، دربارهٔ «{ $topic }»
schedule-always = حتی اگر چیز تازه‌ای نباشد
schedule-silent = بی‌صدا
schedule-next = بار بعد: { $time }
last-none = هنوز فرستاده نشده است
last-under-way = هم‌اکنون فرستاده می‌شود
last-sent = آخرین بار: در { $time } فرستاده شد
last-nothing-new = آخرین بار: در { $time } چیز تازه‌ای نبود
last-refused = آخرین بار: در { $time } تلگرام آن را نپذیرفت
last-missed = آخرین بار: نوبت { $time } کنار گذاشته شد، چون بسیار دیر می‌رسید
last-unsure = آخرین بار: در { $time } کارم قطع شد و نمی‌دانم که رسید یا نه
button-end = پایان { $number }
button-silent = { $number }: بی‌صدا
button-loud = { $number }: باصدا
button-always = { $number }: همیشه
button-only-news = { $number }: تنها تازه‌ها
schedule-bad-time = «{ $typed }» ساعتی از روز نیست. آن را چنین بنویسید: 08:30.
schedule-bad-day = «{ $typed }» روزی از هفته نیست. آن را به انگلیسی بنویسید، برای نمونه mon.
schedule-bad-zone = منطقهٔ زمانی «{ $typed }» را نمی‌شناسم. آن را چنین بنویسید: Europe/Berlin.
schedule-no-time = چه ساعتی؟ برای نمونه بنویسید: /brief daily 08:30
schedule-no-day = چه روزی؟ برای نمونه بنویسید: /brief weekly mon 09:00
topic-too-long = این برای یک موضوع بیش از اندازه دراز است. چند واژه بس است.
watch-made = انجام شد. هرگاه مقاله‌ای بیاید که به این پاسخ دهد، همین‌جا از آن نقل می‌کنم:
watch-known = این دنبال می‌شود:
watch-full = این‌جا { $most } موضوع را دنبال می‌کنم و بیش از این نمی‌توانم. دستور /watch off با یک شماره یکی را پایان می‌دهد.
watch-none = این‌جا هیچ موضوعی را دنبال نمی‌کنم. برای نمونه بنویسید /watch پیمان آب: هرگاه مقاله‌ای بیاید که به این پاسخ دهد، از آن نقل می‌کنم.
watch-list = آنچه این‌جا دنبال می‌کنم:
watch-ended = پایان یافت.
watch-nothing = در این چیزی نیست که بتوانم جستجو کنم. چند واژهٔ گویاتر بنویسید.
watch-hit = تازه دربارهٔ «{ $topic }»:
watch-more = { $articles } مقالهٔ دیگر نیز به این پاسخ می‌دهد. /brief { $topic }
news-heading = تازه‌ها
news-since = تازه‌ها از { $time }
news-new = تازه
news-changed = تغییریافته
news-shorter = کوتاه‌شده
news-more = { $articles ->
    [one] در { $articles } مقالهٔ دیگر نیز چیز تازه‌ای هست.
   *[other] در { $articles } مقالهٔ دیگر نیز چیزهای تازه‌ای هست.
 }
news-gone = دیگر این‌جا نیست: { $titles }
news-none = چیز تازه‌ای نیست.
unsure = هنگامی که چیزی به این‌جا می‌فرستادم کارم قطع شد و نمی‌دانم که رسید یا نه.
button-send-again = نرسید: بفرستید
help-briefings = دستور /brief تازه‌ترین مقاله را در یک صفحه نشان می‌دهد و /brief با چند واژه، آنچه را همهٔ مقاله‌ها دربارهٔ یک موضوع می‌گویند. دستور /brief daily 08:30 هر روز تازه‌ها را می‌فرستد و /watch با چند واژه خبر می‌دهد که مقاله‌ای آمده که به آن‌ها پاسخ می‌دهد.

menu-ask = پرسیدن
menu-brief = مقاله یا موضوعی در جمله‌های کلیدی‌اش
menu-sections = چه چیزهایی برای خواندن هست
menu-about = این مقاله‌ها چه هستند
menu-help = چگونه بپرسیم
menu-language = زبانی که با آن سخن می‌گویم
menu-privacy = چه چیزی از شما نگه می‌دارم
menu-forget = پاک کردن آنچه از شما نگه می‌دارم
menu-gaps = چه پرسیده شد و یافت نشد
menu-remove = حذف یک مقاله
menu-watch = آگاهی از مقاله‌های تازه دربارهٔ یک موضوع

description = من به پرسش‌ها با واژه‌های خود مقاله‌هایی که دارم پاسخ می‌دهم و می‌گویم کجا آمده‌اند: { $titles }.
description-untitled = من به پرسش‌ها با واژه‌های خود مقاله‌هایی که دارم پاسخ می‌دهم و می‌گویم کجا آمده‌اند.
short-description = پاسخ با نقل‌قول واژه به واژه از { $titles }.
short-description-untitled = پاسخ با نقل‌قول واژه به واژه از مقاله‌ها.

example-person = { $topic } کیست؟
example-topic = مقاله دربارهٔ { $topic } چه می‌گوید؟
example-year = در { $topic } چه رخ داد؟
