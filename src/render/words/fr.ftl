# Everything that Verbatim says in words of its own. Quotes never pass through here.

start = Je réponds aux questions avec les mots des articles dont je dispose, et je dis où ils se trouvent. Écrivez votre question ici.
try-one = Par exemple :
help-reading = Chaque citation indique sa section ; son lien ouvre l’endroit exact. « Plus » montre la citation suivante, « Contexte » les paragraphes autour. Répondez à une réponse pour continuer. /sections montre ce qu’il y a à lire. /brief donne les phrases clés de l’article le plus récent, /brief suivi d’un sujet celles sur ce sujet.
help-group = Dans un groupe, demandez avec /ask et votre question, ou répondez à l’une de mes réponses ; une réponse avec /ask seul pose la question du message auquel elle répond. Pour tout autre message, je me tais. Une mention, @{ $bot }, ne me parvient que là où je peux lire tous les messages : nommez-moi administrateur, ou désactivez le mode confidentialité dans @BotFather.
help-inline = Dans n’importe quelle discussion, écrivez @{ $bot } et quelques mots pour choisir une citation et la publier.
ask-what = Que voulez-vous savoir ? Par exemple : /ask@{ $bot } et votre question, ou /ask en réponse à un message.
greeting = Bonjour ! Posez-moi une question sur les articles ; /sections montre de quoi ils parlent.
thanks = Je vous en prie.
farewell = Au revoir !
nothing-to-search = Il n’y a rien là-dedans que je puisse chercher. Posez une question en quelques mots, ou regardez ce qu’il y a :
only-text = Je ne sais lire que du texte. Posez-moi une question avec des mots.
unknown-command = Je ne connais pas cette commande. /help dit ce que je sais faire.
text-has-changed = Le texte a changé depuis : cet endroit n’existe plus. Voici ce qu’il y a maintenant.
withdrawn = La question a été retirée.
sorry = Quelque chose s’est mal passé de mon côté. Veuillez redemander dans un instant.
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

opening = Début
by-authors = par { $authors }
articles-to-read = Articles : { $articles }
empty-section = Cette section n’a pas de texte propre.

button-more = Plus ({ $left })
button-back = Retour
button-context = Contexte
button-quote = Retour à la citation
button-read = Lire la section
button-answer = Retour à la réponse
button-copy = Copier la citation
button-share = Partager
button-good = 👍 Utile
button-bad = 👎 Pas utile
button-contents = Sommaire
button-previous = « Section précédente
button-next = Section suivante »
button-examples = Retour aux exemples
button-ask-here = Rien trouvé. Demandez-moi en privé
button-brief-rest = Autres sections ({ $left })
button-other-articles = Autres articles

vote-good = Merci. Noté comme utile.
vote-bad = Merci. Noté comme pas utile.

welcome = Bonjour ! Je réponds aux questions avec les mots des articles dont je dispose. Demandez avec /ask et votre question, ou répondez à l’une de mes réponses. Sinon, je me tais.
welcome-privacy = Le mode confidentialité de Telegram me cache les autres messages, y compris une mention comme @{ $bot }. Nommez-moi administrateur pour que je réponde aux mentions.

not-allowed = Je suis désolé, je ne peux répondre qu’à ceux que mon opérateur autorise.
slower = Un peu moins vite, s’il vous plaît.
only-administrators = Seuls les administrateurs de ce groupe peuvent le faire.
only-operator = Seul mon opérateur peut le faire.
choose-language = Quelle langue dois-je parler ? Les citations restent telles quelles.
language-set = Désormais, je parle français ici.

privacy-always = Je garde pendant sept jours lequel de mes messages répond à quelle question, afin qu’une question modifiée voie sa réponse modifiée et qu’on puisse poursuivre. Je compte les réponses utiles et pas utiles, et les questions restées sans réponse. Dans les groupes, je garde la langue choisie.
privacy-records = Mon opérateur enregistre aussi le texte des questions restées sans réponse ou dont la réponse n’a pas été utile, avec leur auteur.
privacy-no-records = Le texte des questions n’est enregistré pour personne.
privacy-forget = /forget efface ce que je garde de vous.
forgotten = J’ai effacé ce que je gardais de vous.

gaps-off = Les questions ne sont pas enregistrées. Mettez record_questions = true dans la configuration pour avoir la liste.
gaps-none = Rien n’a été demandé en vain.
gaps-counts = Répondu : { $answered }. Rien trouvé : { $refused }. Utile : { $good }. Pas utile : { $bad }.
gaps-title = Demandé et pas trouvé, le plus fréquent d’abord :
gaps-export = Exporter
gaps-clear = Vider la liste
gaps-cleared = La liste est maintenant vide.

menu-ask = poser une question
menu-brief = un article ou un sujet en phrases clés
menu-sections = ce qu’il y a à lire
menu-about = quels sont les articles
menu-help = comment demander
menu-language = la langue que je parle
menu-privacy = ce que je garde de vous
menu-forget = effacer ce que je garde de vous
menu-gaps = ce qui a été demandé et pas trouvé

description = Je réponds aux questions avec les mots des articles dont je dispose, et je dis où ils se trouvent : { $titles }.
short-description = Répond par des citations exactes de { $titles }.

example-person = Qui est { $topic } ?
example-topic = Que dit l’article sur { $topic } ?
example-year = Que s’est-il passé en { $topic } ?
