# Messages of the interface. Quotes of articles are never translated or changed here.

start = Je réponds aux questions par des citations exactes des articles, chacune avec un lien vers sa source. Écrivez votre question ici.
try-one = Par exemple :
help-guest = Dans toute autre discussion, écrivez @{ $bot } et votre question : j’y réponds sans que personne ait à m’ajouter.
help-reading = Sous une citation, « Plus » montre la suivante, « Contexte » les paragraphes autour, « Lire » la section, et ⋯ ouvre un menu. Le nom de la section mène à l’endroit exact. Répondez à une réponse pour poser la question suivante. /sections montre ce qu’il y a à lire.
help-group = Dans un groupe, envoyez /ask et votre question, ou répondez à l’une de mes réponses. /ask seul, en réponse à un message, pose ce message comme question. Sinon, je me tais.
help-mentions = Une mention, @{ $bot }, ne me parvient que là où je peux lire tous les messages : nommez-moi administrateur, ou désactivez le mode confidentialité dans @BotFather.
help-inline = Dans n’importe quelle discussion, écrivez @{ $bot } et quelques mots pour choisir une citation et la publier.
help-filters = Pour chercher dans une partie des articles, ajoutez dans: et un dossier, par: et un auteur, tag: et une étiquette, ou après: ou avant: et une date, par exemple après:2026-01.
ask-what = Que voulez-vous savoir ? Par exemple : /ask@{ $bot } et votre question, ou /ask en réponse à un message.
guest-ask-what = Que voulez-vous savoir ? Écrivez @{ $bot } et votre question.
guest-only-questions = Ici, je réponds seulement aux questions. Pour le reste, écrivez-moi dans notre propre discussion : @{ $bot }
greeting = Bonjour ! Posez-moi une question sur les articles ; /sections montre de quoi ils parlent.
thanks = Je vous en prie.
farewell = Au revoir !
acknowledged = Posez-moi une autre question sur les articles si vous voulez.
identity = Je suis un programme, pas une personne, et aucune intelligence artificielle n’écrit mes réponses : je cherche dans les articles et je les cite mot pour mot.
no-quote-yet = Il n’y a pas encore de citation ici. Posez d’abord une question : le lien sous chaque citation est sa source.
no-more-quotes = Il n’y a pas d’autre citation pour cette question. Demandez avec d’autres mots, ou autre chose.
brief-hint = /brief montre l’article le plus récent ; /brief et un sujet, ce que tous les articles en disent.
brief-help =
    /brief – l’article le plus récent en un écran
    /brief traité de l’eau – ce que tous les articles disent d’un sujet
    /brief daily 08:30 – chaque jour, ce qui est nouveau ; aussi weekdays 08:30 ou weekly mon 08:30
    /brief daily 08:30 traité de l’eau – seulement les nouveautés sur un sujet
    /brief status – vos envois programmés, avec des boutons pour les changer
    /brief off – arrête tous les envois
nothing-to-search = Il n’y a rien là-dedans que je puisse chercher. Posez une question en quelques mots, ou regardez ce qu’il y a :
only-text = Je ne sais lire que du texte. Posez-moi une question avec des mots.
unknown-command = Je ne connais pas cette commande. /help dit ce que je sais faire.
text-changed = Le texte a changé depuis : cet endroit n’existe plus. Voici ce qu’il y a maintenant.
withdrawn = La question a été retirée.
internal-error = Quelque chose s’est mal passé de mon côté. Veuillez redemander dans un instant.
reloading = Je relis actuellement les articles. Veuillez redemander dans quelques minutes.
about = Je réponds à partir de { $articles ->
    [one] { $articles } article
   *[other] { $articles } articles
 } en { $sections ->
    [one] { $sections } section
   *[other] { $sections } sections
 }, mot pour mot. Chaque citation renvoie à son endroit.

found-nothing = Je n’ai rien trouvé { $articles ->
    [one] dans l’article
   *[other] dans les articles
 } qui réponde à cela.
found-nothing-about = Je n’ai rien trouvé sur { $words } { $articles ->
    [one] dans l’article
   *[other] dans les articles
 }.
found-nothing-for = Rien trouvé pour { $questions }
enumeration = { $before }, { $next }
enumeration-all = { $before } et { $last }
enumeration-end = { $before } ou { $last }
quoted-word = « { $word } »
closest-sections = Sections les plus proches :
searched-for = Recherche effectuée pour { $words }.
searched-only = Recherche limitée à { $filters }.
no-folder = Il n’y a pas de dossier « { $name } ».
no-author = Il n’y a pas d’auteur « { $name } ».
no-tag = Il n’y a pas d’étiquette « { $name } ».
known-names = Il y a : { $names }.
not-a-date = « { $typed } » n’est pas une date claire. Écrivez-la comme 2026, 2026-01 ou 2026-01-31.
no-article-fits = Aucun article ne correspond à { $filters }.
language-name = { $code ->
    [en] en anglais
    [ru] en russe
    [fa] en persan
    [ar] en arabe
    [de] en allemand
    [fr] en français
    [es] en espagnol
    [it] en italien
    [pt] en portugais
    [nl] en néerlandais
    [pl] en polonais
    [tr] en turc
    [uk] en ukrainien
    [zh] en chinois
    [ja] en japonais
    [ko] en coréen
    [hi] en hindi
    [el] en grec
    [he] en hébreu
    [sv] en suédois
   *[other] en { $name }
 }
quotes-are-in = Les citations sont { $languages }.
articles-are-in = Les articles sont { $languages } ; les noms propres, écrits comme dans les articles, donnent les meilleurs résultats.

opening = Début
page-number = p. { $page }
by-authors = par { $authors }
articles-by = Articles de { $author } : { $articles }
articles-on = Articles sur « { $topic } », du plus récent au plus ancien : { $articles }
newest-articles = Les plus récents de tous les articles ({ $articles }) :
articles-to-read = Articles : { $articles }
empty-section = Cette section n’a pas de texte propre.

button-more = Plus ({ $left })
button-back = Retour
button-context = Contexte
button-quote = Retour à la citation
button-read = Lire
button-answer = Retour à la réponse
button-copy = Copier la citation
button-citation = Citation complète
button-share = Partager
button-show-everyone = Montrer à tous
button-ask-person = Envoyer ma question à une personne
help-sent = Votre question a été envoyée à une personne. La réponse arrivera ici.
help-failed = Votre question n’a pas pu être envoyée à une personne. Réessayez plus tard.
help-only-asker = Seule la personne qui a posé la question peut l’envoyer.
help-expired = Je n’ai plus cette question. Posez-la à nouveau.
help-question = Question #{ $number }, à laquelle les articles ne répondent pas. Répondez à ce message pour y répondre :
help-answer = Réponse d’une personne, et non des articles :
help-delivered = Remis.
help-undeliverable = Impossible à remettre : je ne peux plus écrire à la personne qui a posé la question.
help-too-long = C’est trop long pour être remis. Envoyez au plus { $max } caractères.
button-good = 👍 Utile
button-bad = 👎 Pas utile
button-contents = Sommaire
button-previous = « Section précédente
button-next = Section suivante »
button-examples = Retour aux exemples
button-all-help = Ce que je sais faire d’autre
button-ask-here = Rien trouvé. Demandez-moi en privé
button-all-sections = Toutes les sections ({ $sections })
button-further = Suite
button-other-articles = Autres articles

vote-good = Merci. Noté comme utile.
vote-bad = Merci. Noté comme pas utile.

welcome = Bonjour ! Je réponds aux questions avec les mots des articles dont je dispose. Demandez avec /ask et votre question, ou répondez à l’une de mes réponses. Sinon, je me tais.
welcome-guest = Bonjour ! Je réponds aux questions par des citations exactes des articles. Écrivez @{ $bot } et votre question, ici ou dans toute autre discussion, ou répondez à l’une de mes réponses. Sinon, je me tais.
welcome-privacy = Le mode confidentialité de Telegram me cache les autres messages, y compris une mention comme @{ $bot }. Nommez-moi administrateur pour que je réponde aux mentions.

not-allowed = Je suis désolé, je ne peux répondre qu’à ceux que mon opérateur autorise.
not-allowed-send = Pour demander l’accès, envoyez ceci à mon opérateur :
whoami-user = Votre numéro :
whoami-channel = Vous écrivez au nom d’un canal. Son numéro :
whoami-as-group = Vous écrivez au nom de ce groupe.
whoami-group = Numéro de ce groupe :
whoami-topic = Numéro de ce sujet :
chat-not-allowed = Mon opérateur n’a pas autorisé cette discussion : je n’y envoie donc rien de moi-même.
slow-down = Un peu moins vite, s’il vous plaît.
only-administrators = Seuls les administrateurs de ce groupe peuvent le faire.
private-only-groups = C’est un réglage des groupes. Ici, vous seul voyez mes réponses.
private-on = Seule la personne qui demande voit ma réponse. Elle arrive aussi dans la discussion privée avec moi ; sans celle-ci, elle va dans ce groupe.
private-off = Tous dans ce groupe voient mes réponses.
button-answer-everyone = Montrer les réponses à tous
button-answer-privately = Montrer les réponses au seul demandeur
private-copy = Dans un groupe, vous avez demandé : { $question }
only-operator = Seul mon opérateur peut le faire.
choose-language = Quelle langue dois-je parler ? Les citations restent telles quelles.
language-set = Désormais, je parle français ici.

privacy-private =
    Je ne garde que le nécessaire :
    • vos questions avec votre identifiant Telegram, et vos avis sur les réponses : sept jours, pour qu’une question modifiée voie sa réponse modifiée et qu’on puisse poursuivre
    • chaque message qui m’est adressé, avec votre nom : jusqu’à ce que je l’aie traité, pour qu’aucun ne se perde
    • la langue, le fuseau horaire, les articles choisis, les envois programmés et les sujets de cette discussion : jusqu’à ce que vous les changiez ou les arrêtiez
privacy-group =
    Dans ce groupe, je ne garde que le nécessaire :
    • les questions qui me sont posées, avec l’identifiant Telegram de leur auteur, et les avis sur les réponses : sept jours, pour qu’une question modifiée voie sa réponse modifiée et qu’on puisse poursuivre
    • chaque message qui m’est adressé, avec le nom de son expéditeur : jusqu’à ce que je l’aie traité, pour qu’aucun ne se perde
    • la langue, le fuseau horaire, les articles choisis, les envois programmés et les sujets du groupe : jusqu’à ce qu’ils soient changés ou arrêtés
privacy-records = Pour que les articles puissent être améliorés, mon opérateur garde aussi le texte des questions restées sans réponse ou dont la réponse n’a pas été utile, avec l’identifiant Telegram de qui a posé la question ou donné son avis, jusqu’à ce qu’il vide cette liste.
privacy-help = Si vous envoyez une question à une personne, celle-ci reçoit son texte et rien sur vous. Pendant trente jours, je conserve le message auquel correspond la question, pour que la réponse vous parvienne.
privacy-forget = /forget efface tout cela immédiatement.
privacy-forget-group = /forget efface immédiatement ce que je garde de vous, dans toutes les discussions ; un administrateur qui l’envoie peut faire effacer tout ce que je garde de ce groupe, et me retirer du groupe l’efface aussi.
forgotten = J’ai effacé ce que je gardais de vous.
forget-group-confirm = En tant qu’administrateur, vous pouvez aussi faire effacer tout ce que je garde de ce groupe : les questions et réponses de tous les membres, la langue et le fuseau horaire, les articles choisis, les envois programmés et les sujets suivis. Ses envois cessent alors.
button-forget-group = Oublier ce groupe
group-forgotten = J’ai effacé ce que je gardais de ce groupe. Il ne reçoit plus d’envois.

gaps-off = Les questions ne sont pas enregistrées. Mettez record_questions = true dans la configuration pour avoir la liste.
gaps-none = Rien n’a été demandé en vain.
gaps-counts = Répondu : { $answered }. Rien trouvé : { $refused }. Utile : { $good }. Pas utile : { $bad }.
gaps-help-counts = Envoyées à une personne : { $sent }. Répondues par une personne : { $answered }.
gaps-title = Demandé et pas trouvé, le plus fréquent d’abord :
gaps-export = Exporter
gaps-clear = Vider la liste
gaps-cleared = La liste est maintenant vide.

doctor-ok = Tout est en ordre.
doctor-warning = Je fonctionne, mais quelque chose pourrait être mieux :
doctor-error = Quelque chose ne va pas :

upload-would-become = { $file } deviendrait :
upload-counts = Sections : { $sections }. Paragraphes : { $passages }.
feed-fails =
    Le flux { $url } ne peut pas être importé : { $cause }
    conseil : { $hint }
upload-replaces = Il prendrait la place de « { $title } », qui est là maintenant.
upload-problems = { $file } ne peut pas devenir un article :
import-would-become =
    { $articles ->
        [one] Cela donnerait un article :
       *[other] Cela donnerait { $articles } articles :
    }
import-added =
    { $articles ->
        [one] Un article a été ajouté. Dans un instant, on pourra poser des questions dessus.
       *[other] { $articles } articles ont été ajoutés. Dans un instant, on pourra poser des questions dessus.
    }
import-notes = À noter :
import-left-out = Non importé :
import-kept = Modifiés depuis la dernière importation, donc conservés ; les nouvelles versions sont cachées à côté : { $files }
upload-too-large = { $file } dépasse 20 Mo, et Telegram ne donne pas de fichiers plus grands aux bots. Importez-le sur le serveur : { $command }
upload-failed = Le fichier n’a pas pu être reçu de Telegram. Renvoyez-le, s’il vous plaît.
upload-added = { $file } est dans le corpus. Dans un instant, on pourra poser des questions dessus.
upload-discarded = Rien n’a été changé.
upload-expired = Ce fichier n’est plus gardé. Renvoyez-le, s’il vous plaît.
button-add = Ajouter
button-replace = Remplacer
button-cancel = Annuler
button-remove = Retirer
removal-choose = Quel article faut-il retirer ?
removal-confirm = Retirer « { $title } » ({ $file }) du corpus ?
removal-done = « { $title } » est retiré. Son fichier est ici dans la discussion : envoyez-le-moi pour le reprendre.
removal-last = C’est le seul article, et il m’en faut un.
file-problem = Cela n’a pas marché :
problem-kept = Le fichier d’un article est devenu fautif. L’article reste comme il était.
problem-left-out = Un fichier est laissé de côté, car il ne peut pas devenir un article.

zone-ask = Quel fuseau horaire vaut ici ?
zone-is = Ici, les heures sont celles de { $zone }.
zone-write = Choisissez-en un, ou écrivez par exemple : /brief zone Europe/Berlin
schedule-made = C’est fait. J’envoie ce qui est nouveau :
schedule-exists = Cet envoi est programmé :
schedule-limit = Il y a ici { $max } envois programmés, et je ne peux pas en garder davantage. /brief off avec un numéro en arrête un.
schedule-none = Aucun envoi n’est programmé ici. Par exemple : /brief daily 08:30, ou /brief weekly mon 09:00 suivi de quelques mots qui en donnent le sujet.
schedule-ended = C’est arrêté.
number-not-found = Il n’y a rien de tel à arrêter.
rule-daily = Tous les jours à { $time }, { $zone }
rule-weekdays = Du lundi au vendredi à { $time }, { $zone }
rule-weekly = Chaque { $day } à { $time }, { $zone }
day-monday = lundi
day-tuesday = mardi
day-wednesday = mercredi
day-thursday = jeudi
day-friday = vendredi
day-saturday = samedi
day-sunday = dimanche
schedule-about = { $rule }, sur « { $topic } »
schedule-always = Même quand il n’y a rien de nouveau
schedule-silent = Sans son
schedule-next = Prochaine fois : { $time }
last-none = Pas encore envoyé
last-sending = En cours d’envoi
last-sent = Dernière fois : envoyé le { $time }
last-nothing-new = Dernière fois : rien de nouveau le { $time }
last-rejected = Dernière fois : refusé par Telegram le { $time }
last-skipped = Dernière fois : l’envoi du { $time } a été omis, car il serait arrivé trop tard
last-unknown = Dernière fois : j’ai été interrompu le { $time } et je ne sais pas si l’envoi est arrivé
numbered = { $number }: { $label }
button-stop = Arrêter
button-without-sound = Sans son
button-with-sound = Avec son
button-always = Envoyer même sans nouveauté
button-only-changes = Envoyer seulement s’il y a du nouveau
schedule-bad-time = « { $typed } » n’est pas une heure. Écrivez-la ainsi : 08:30.
schedule-bad-day = « { $typed } » n’est pas un jour de la semaine. Écrivez-le en anglais, par exemple mon.
schedule-bad-zone = Je ne connais pas de fuseau horaire « { $typed } ». Écrivez-le ainsi : Europe/Berlin.
schedule-no-time = À quelle heure ? Écrivez par exemple : /brief daily 08:30
schedule-no-day = Quel jour ? Écrivez par exemple : /brief weekly mon 09:00
schedule-bad-interval = « { $typed } » n’est pas possible. Je peux envoyer chaque jour, du lundi au vendredi ou une fois par semaine : /brief daily 08:30, /brief weekdays 08:30 ou /brief weekly mon 08:30
topic-too-long = C’est trop long pour un sujet. Quelques mots suffisent.
watch-made = C’est fait. Quand arrivera un article qui répond à cela, je le citerai ici :
watch-exists = Voici ce qui est suivi :
watch-limit = Il y a ici { $max } sujets suivis, et je ne peux pas en suivre davantage. /watch off avec un numéro en arrête un.
watch-none = Aucun sujet n’est suivi ici. Écrivez par exemple /watch traité sur l’eau : quand arrivera un article qui répond à cela, je le citerai.
watch-list = Sujets suivis ici :
watch-ended = C’est arrêté.
watch-nothing = Il n’y a rien dans ces mots que je puisse suivre. Écrivez des noms ou d’autres mots, comme dans les articles.
shelf-none = Cette discussion utilise tous les articles. Pour n’en utiliser qu’une partie, envoyez /shelf avec des dossiers ou des étiquettes, par exemple /shelf eau, énergie tag:climat
shelf-shown = Cette discussion n’utilise que ces articles : { $shelf } ({ $articles }). Cela vaut pour les questions, les résumés et les alertes. /shelf tous reprend tous les articles.
shelf-of-chat = Ce sujet utilise le choix de tout le groupe.
shelf-set = C’est fait. Cette discussion n’utilise plus que ces articles : { $shelf } ({ $articles }).
shelf-cleared = C’est fait. Cette discussion utilise tous les articles.
shelf-note = Seulement dans les articles choisis pour cette discussion : { $shelf } (/shelf).
shelf-only-names = Le choix ne comporte que des dossiers et des étiquettes. Envoyez par exemple : /shelf eau, énergie tag:climat
shelf-too-many = Le choix comporte au plus { $max } dossiers et étiquettes.
watch-other-language = Aucun article ne contiendra ces mots, car les articles sont { $languages }. Écrivez des noms propres, comme dans les articles.
watch-hit = Du nouveau sur « { $topic } » :
watch-more = { $articles ->
    [one] { $articles } autre article y répond. /brief { $topic }
   *[other] { $articles } autres articles y répondent. /brief { $topic }
 }
changes-heading = Ce qui est nouveau
changes-since = Ce qui est nouveau depuis le { $time }
change-new = nouveau
change-edited = modifié
change-shortened = raccourci
changes-more = { $articles ->
    [one] Il y a du nouveau dans { $articles } autre article.
   *[other] Il y a du nouveau dans { $articles } autres articles.
 }
changes-removed = N’est plus ici : { $titles }
changes-none = Il n’y a rien de nouveau.
delivery-unknown = J’ai été interrompu pendant que j’envoyais quelque chose ici, et je ne sais pas si c’est arrivé.
button-send-again = Pas arrivé : envoyer
help-briefings = /brief montre l’article le plus récent en un écran ; /brief et un sujet, ce que tous les articles en disent. /brief daily 08:30 envoie chaque jour ce qui est nouveau. /watch et un sujet prévient quand un nouvel article y répond.

menu-ask = poser une question
menu-brief = un article ou un sujet en phrases clés
menu-sections = ce qu’il y a à lire
menu-about = quels sont les articles
menu-help = comment demander
menu-language = la langue que je parle
menu-private = montrer les réponses au seul demandeur
menu-privacy = ce que je garde de vous
menu-forget = effacer ce que je garde de vous
menu-whoami = afficher les numéros pour la liste d’accès
menu-gaps = ce qui a été demandé et pas trouvé
menu-remove = retirer un article
menu-doctor = vérifier que tout est en ordre
menu-watch = être prévenu des nouveaux articles sur un sujet
menu-shelf = choisir les articles de cette discussion

description = Je réponds aux questions avec les mots des articles dont je dispose, et je dis où ils se trouvent : { $titles }.
description-untitled = Je réponds aux questions avec les mots des articles dont je dispose, et je dis où ils se trouvent.
short-description = Répond par des citations exactes de { $titles }.
short-description-untitled = Répond par des citations exactes tirées d’articles.

example-person = Qui est { $topic } ?
example-topic = Que dit l’article sur { $topic } ?
example-year = Que s’est-il passé en { $topic } ?
