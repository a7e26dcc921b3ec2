# Messages of the interface. Quotes of articles are never translated or changed here.

start = Respondo a las preguntas con citas literales de los artículos, cada una con un enlace a su fuente. Escriba aquí su pregunta.
try-one = Por ejemplo:
help-guest = En cualquier otro chat, escriba @{ $bot } y su pregunta: respondo allí, sin que nadie tenga que añadirme.
help-reading = Bajo una cita, «Más» muestra la siguiente, «Contexto» los párrafos que la rodean, «Leer» la sección, y ⋯ abre un menú. El nombre de la sección lleva al lugar exacto. Responda a una respuesta para seguir preguntando. /sections muestra lo que hay para leer.
help-group = En un grupo, envíe /ask y su pregunta, o responda a una de mis respuestas. Solo /ask, en respuesta a un mensaje, pregunta ese mensaje. Por lo demás, guardo silencio.
help-mentions = Una mención, @{ $bot }, solo me llega donde puedo leer todos los mensajes: hágame administrador o desactive el modo de privacidad en @BotFather.
help-inline = En cualquier chat, escriba @{ $bot } y unas palabras para elegir una cita y publicarla.
help-filters = Para buscar solo en algunos artículos, añada en: y una carpeta, por: y un autor, tag: y una etiqueta, o desde: o antes: y una fecha, por ejemplo desde:2026-01.
ask-what = ¿Qué desea saber? Por ejemplo: /ask@{ $bot } y su pregunta, o /ask en respuesta a un mensaje.
guest-ask-what = ¿Qué desea saber? Escriba @{ $bot } y su pregunta.
guest-only-questions = Aquí solo respondo a preguntas. Para lo demás, escríbame en nuestro propio chat: @{ $bot }
greeting = ¡Hola! Pregúnteme algo sobre los artículos; /sections muestra de qué tratan.
thanks = De nada.
farewell = ¡Adiós!
acknowledged = Pregúnteme lo que quiera sobre los artículos.
identity = Soy un programa, no una persona, y ninguna inteligencia artificial escribe mis respuestas: busco en los artículos y los cito palabra por palabra.
no-quote-yet = Aquí todavía no hay ninguna cita. Haga primero una pregunta: el enlace bajo cada cita es su fuente.
no-more-quotes = No hay más citas para esa pregunta. Pregunte con otras palabras o sobre otra cosa.
brief-hint = /brief muestra el artículo más reciente; /brief y un tema, lo que todos los artículos dicen de él.
brief-help =
    /brief – el artículo más reciente en una pantalla
    /brief tratado del agua – lo que todos los artículos dicen sobre un tema
    /brief daily 08:30 – cada día, lo que hay de nuevo; también weekdays 08:30 o weekly mon 08:30
    /brief daily 08:30 tratado del agua – solo las novedades sobre un tema
    /brief status – sus envíos programados, con botones para cambiarlos
    /brief off – termina todos los envíos
nothing-to-search = Aquí no hay nada que pueda buscar. Haga una pregunta en pocas palabras o vea lo que hay:
only-text = Solo sé leer texto. Hágame una pregunta con palabras.
unknown-command = No conozco esa orden. /help dice lo que sé hacer.
text-changed = El texto ha cambiado desde entonces: ese lugar ya no existe. Esto es lo que hay ahora.
withdrawn = La pregunta fue retirada.
internal-error = Algo ha fallado por mi parte. Pregunte de nuevo en un momento.
reloading = Estoy volviendo a leer los artículos. Pregunte de nuevo en unos minutos.
about = Respondo a partir de { $articles ->
    [one] { $articles } artículo
   *[other] { $articles } artículos
 } con { $sections ->
    [one] { $sections } sección
   *[other] { $sections } secciones
 }, palabra por palabra. Cada cita enlaza con su lugar.

found-nothing = No he encontrado nada { $articles ->
    [one] en el artículo
   *[other] en los artículos
 } que responda a eso.
found-nothing-about = No he encontrado nada sobre { $words } { $articles ->
    [one] en el artículo
   *[other] en los artículos
 }.
found-nothing-for = No he encontrado nada para { $questions }
enumeration = { $before }, { $next }
enumeration-all = { $before } y { $last }
enumeration-end = { $before } o { $last }
quoted-word = «{ $word }»
closest-sections = Secciones más cercanas:
searched-for = He buscado { $words }.
searched-only = Búsqueda limitada a { $filters }.
no-folder = No hay ninguna carpeta «{ $name }».
no-author = No hay ningún autor «{ $name }».
no-tag = No hay ninguna etiqueta «{ $name }».
known-names = Hay: { $names }.
not-a-date = «{ $typed }» no es una fecha clara. Escríbala como 2026, 2026-01 o 2026-01-31.
no-article-fits = Ningún artículo cumple { $filters }.
language-name = { $code ->
    [en] en inglés
    [ru] en ruso
    [fa] en persa
    [ar] en árabe
    [de] en alemán
    [fr] en francés
    [es] en español
    [it] en italiano
    [pt] en portugués
    [nl] en neerlandés
    [pl] en polaco
    [tr] en turco
    [uk] en ucraniano
    [zh] en chino
    [ja] en japonés
    [ko] en coreano
    [hi] en hindi
    [el] en griego
    [he] en hebreo
    [sv] en sueco
   *[other] en { $name }
 }
quotes-are-in = Las citas están { $languages }.
articles-are-in = Los artículos están { $languages }; lo que mejor funciona son los nombres propios, escritos como en los artículos.

opening = Comienzo
page-number = pág. { $page }
by-authors = por { $authors }
articles-by = Artículos de { $author }: { $articles }
articles-on = Artículos sobre «{ $topic }», primero los más recientes: { $articles }
newest-articles = Los más recientes de todos los artículos ({ $articles }):
articles-to-read = Artículos: { $articles }
empty-section = Esta sección no tiene texto propio.

button-more = Más ({ $left })
button-back = Atrás
button-context = Contexto
button-quote = Volver a la cita
button-read = Leer
button-answer = Volver a la respuesta
button-copy = Copiar la cita
button-citation = Cita completa
button-share = Compartir
button-show-everyone = Mostrar a todos
button-ask-person = Enviar mi pregunta a una persona
help-sent = Su pregunta se envió a una persona. La respuesta llegará aquí.
help-failed = Su pregunta no se pudo enviar a una persona. Inténtelo más tarde.
help-only-asker = Solo quien hizo la pregunta puede enviarla.
help-expired = Ya no tengo esta pregunta. Hágala de nuevo.
help-question = Pregunta #{ $number }, que los artículos no responden. Responda a este mensaje para contestarla:
help-answer = Respuesta de una persona, no de los artículos:
help-delivered = Entregado.
help-undeliverable = No se pudo entregar: ya no puedo escribir a quien preguntó.
help-too-long = Es demasiado largo para entregarlo. Envíe como máximo { $max } caracteres.
button-good = 👍 Útil
button-bad = 👎 No es útil
button-contents = Índice
button-previous = « Sección anterior
button-next = Sección siguiente »
button-examples = Volver a los ejemplos
button-all-help = Qué más puedo hacer
button-ask-here = Nada encontrado. Pregúnteme en privado
button-all-sections = Todas las secciones ({ $sections })
button-further = Siguiente
button-other-articles = Otros artículos

vote-good = Gracias. Anotado como útil.
vote-bad = Gracias. Anotado como no útil.

welcome = ¡Hola! Respondo a preguntas con las palabras de los artículos que tengo. Pregunte con /ask y su pregunta, o responda a una de mis respuestas. Por lo demás, guardo silencio.
welcome-guest = ¡Hola! Respondo a las preguntas con citas literales de los artículos. Escriba @{ $bot } y su pregunta, aquí o en cualquier otro chat, o responda a una de mis respuestas. Por lo demás, guardo silencio.
welcome-privacy = El modo de privacidad de Telegram me oculta los demás mensajes, incluso una mención como @{ $bot }. Hágame administrador para que responda a las menciones.

not-allowed = Lo siento, solo puedo responder a quienes admite mi operador.
not-allowed-send = Para pedir acceso, envíe esto a mi operador:
whoami-user = Su número:
whoami-channel = Usted escribe en nombre de un canal. Su número:
whoami-as-group = Usted escribe en nombre de este grupo.
whoami-group = Número de este grupo:
whoami-topic = Número de este tema:
chat-not-allowed = Mi operador no ha admitido este chat, así que aquí no envío nada por mi cuenta.
slow-down = Un poco más despacio, por favor.
only-administrators = Solo los administradores de este grupo pueden hacerlo.
private-only-groups = Es un ajuste de los grupos. Aquí solo usted ve mis respuestas.
private-on = Solo quien pregunta ve mi respuesta. También llega al chat privado conmigo; sin él, llega a este grupo.
private-off = Todos en este grupo ven mis respuestas.
button-answer-everyone = Mostrar las respuestas a todos
button-answer-privately = Mostrar las respuestas solo a quien pregunta
private-copy = En un grupo usted preguntó: { $question }
only-operator = Solo mi operador puede hacerlo.
choose-language = ¿Qué idioma debo hablar? Las citas quedan como están.
language-set = Desde ahora hablo español aquí.

privacy-private =
    Guardo solo lo necesario:
    • sus preguntas con su identificador de Telegram, y sus opiniones sobre las respuestas: siete días, para que una pregunta editada cambie su respuesta y se pueda seguir preguntando
    • cada mensaje que me llega, con su nombre: hasta que lo haya atendido, para que ninguno se pierda
    • el idioma, la zona horaria, los artículos elegidos, los envíos programados y los temas de este chat: hasta que los cambie o los termine
privacy-group =
    En este grupo guardo solo lo necesario:
    • las preguntas que se me hacen, con el identificador de Telegram de quien pregunta, y las opiniones sobre las respuestas: siete días, para que una pregunta editada cambie su respuesta y se pueda seguir preguntando
    • cada mensaje que me llega, con el nombre de quien lo envía: hasta que lo haya atendido, para que ninguno se pierda
    • el idioma, la zona horaria, los artículos elegidos, los envíos programados y los temas del grupo: hasta que se cambien o terminen
privacy-records = Para que los artículos puedan mejorar, mi operador guarda además el texto de las preguntas que no encontraron nada o cuya respuesta no fue útil, con el identificador de Telegram de quien preguntó u opinó, hasta que vacíe esa lista.
privacy-help = Si envía una pregunta a una persona, esta recibe su texto y nada sobre usted. Durante treinta días guardo a qué mensaje corresponde la pregunta, para que la respuesta le llegue.
privacy-forget = /forget borra todo esto de inmediato.
privacy-forget-group = /forget borra de inmediato lo que guardo de usted, en todos los chats; un administrador que lo envíe puede hacer borrar todo lo que guardo de este grupo, y lo mismo ocurre al expulsarme del grupo.
forgotten = He borrado lo que guardaba de usted.
forget-group-confirm = Como administrador puede hacer borrar también todo lo que guardo de este grupo: las preguntas y respuestas de todos los miembros, el idioma y la zona horaria, los artículos elegidos, los envíos programados y los temas. Con eso terminan sus envíos.
button-forget-group = Olvidar este grupo
group-forgotten = He borrado lo que guardaba de este grupo. Ya no recibe envíos.

gaps-off = Las preguntas no se guardan. Ponga record_questions = true en la configuración para tener la lista.
gaps-none = Nada se ha preguntado en vano.
gaps-counts = Respondidas: { $answered }. Sin resultado: { $refused }. Útiles: { $good }. No útiles: { $bad }.
gaps-help-counts = Enviadas a una persona: { $sent }. Respondidas por una persona: { $answered }.
gaps-title = Preguntado y no encontrado, lo más frecuente primero:
gaps-export = Exportar
gaps-clear = Vaciar la lista
gaps-cleared = La lista está ahora vacía.

doctor-ok = Todo está en orden.
doctor-warning = Funciono, pero algo podría ir mejor:
doctor-error = Algo no está bien:

upload-would-become = { $file } se convertiría en:
upload-counts = Secciones: { $sections }. Párrafos: { $passages }.
feed-fails =
    No se puede importar el canal web { $url }: { $cause }
    consejo: { $hint }
upload-replaces = Ocupa el lugar de «{ $title }», que está ahora.
upload-problems = { $file } no puede convertirse en un artículo:
import-would-become =
    { $articles ->
        [one] Esto daría un artículo:
       *[other] Esto daría { $articles } artículos:
    }
import-added =
    { $articles ->
        [one] Se ha añadido un artículo. En un momento se podrá preguntar por él.
       *[other] Se han añadido { $articles } artículos. En un momento se podrá preguntar por ellos.
    }
import-notes = Tenga en cuenta:
import-left-out = No importado:
import-kept = Editados desde la última importación y por eso conservados; las versiones nuevas están ocultas al lado: { $files }
upload-too-large = { $file } ocupa más de 20 MB, y Telegram no da archivos mayores a los bots. Impórtelo en el servidor: { $command }
upload-failed = No se pudo recibir el archivo de Telegram. Envíelo otra vez, por favor.
upload-added = { $file } está en el corpus. En un momento se podrá preguntar por él.
upload-discarded = No se cambió nada.
upload-expired = Este archivo ya no se guarda. Envíelo otra vez, por favor.
button-add = Añadir
button-replace = Reemplazar
button-cancel = Cancelar
button-remove = Quitar
removal-choose = ¿Qué artículo hay que quitar?
removal-confirm = ¿Quitar «{ $title }» ({ $file }) del corpus?
removal-done = «{ $title }» está quitado. Su archivo está aquí en el chat: envíemelo para recuperarlo.
removal-last = Es el único artículo, y necesito uno.
file-problem = Esto no funcionó:
problem-kept = El archivo de un artículo tiene ahora errores. El artículo queda como estaba.
problem-left-out = Un archivo queda fuera, porque no puede convertirse en un artículo.

zone-ask = ¿Qué zona horaria vale aquí?
zone-is = Aquí las horas son las de { $zone }.
zone-write = Elija una o escriba, por ejemplo: /brief zone Europe/Berlin
schedule-made = Hecho. Envío lo que hay de nuevo:
schedule-exists = Este envío está programado:
schedule-limit = Aquí hay { $max } envíos programados y no puedo guardar más. /brief off con un número termina uno.
schedule-none = Aquí no hay ningún envío programado. Por ejemplo: /brief daily 08:30, o /brief weekly mon 09:00 y unas palabras sobre el tema.
schedule-ended = Terminado.
number-not-found = No hay nada así que terminar.
rule-daily = Todos los días a las { $time }, { $zone }
rule-weekdays = De lunes a viernes a las { $time }, { $zone }
rule-weekly = Cada { $day } a las { $time }, { $zone }
day-monday = lunes
day-tuesday = martes
day-wednesday = miércoles
day-thursday = jueves
day-friday = viernes
day-saturday = sábado
day-sunday = domingo
schedule-about = { $rule }, sobre «{ $topic }»
schedule-always = También cuando no hay nada nuevo
schedule-silent = Sin sonido
schedule-next = Próxima vez: { $time }
last-none = Aún no enviado
last-sending = Enviándose ahora
last-sent = Última vez: enviado el { $time }
last-nothing-new = Última vez: no había nada nuevo el { $time }
last-rejected = Última vez: Telegram lo rechazó el { $time }
last-skipped = Última vez: se omitió el envío del { $time }, porque habría llegado demasiado tarde
last-unknown = Última vez: me interrumpieron el { $time } y no sé si llegó
numbered = { $number }: { $label }
button-stop = Terminar
button-without-sound = Sin sonido
button-with-sound = Con sonido
button-always = Enviar aunque no haya novedades
button-only-changes = Enviar solo con novedades
schedule-bad-time = «{ $typed }» no es una hora. Escríbala así: 08:30.
schedule-bad-day = «{ $typed }» no es un día de la semana. Escríbalo en inglés, por ejemplo mon.
schedule-bad-zone = No conozco ninguna zona horaria «{ $typed }». Escríbala así: Europe/Berlin.
schedule-no-time = ¿A qué hora? Escriba, por ejemplo: /brief daily 08:30
schedule-no-day = ¿Qué día? Escriba, por ejemplo: /brief weekly mon 09:00
schedule-bad-interval = «{ $typed }» no es posible. Puedo enviar cada día, de lunes a viernes o una vez por semana: /brief daily 08:30, /brief weekdays 08:30 o /brief weekly mon 08:30
topic-too-long = Es demasiado largo para un tema. Bastan unas pocas palabras.
watch-made = Hecho. Cuando llegue un artículo que responda a esto, lo citaré aquí:
watch-exists = Esto se sigue:
watch-limit = Aquí sigo { $max } temas y no puedo seguir más. /watch off con un número termina uno.
watch-none = Aquí no sigo ningún tema. Escriba, por ejemplo, /watch tratado del agua: cuando llegue un artículo que responda a esto, lo citaré.
watch-list = Temas que sigo aquí:
watch-ended = Terminado.
watch-nothing = En estas palabras no hay nada que pueda seguir. Escriba nombres u otras palabras, como aparecen en los artículos.
shelf-none = Este chat usa todos los artículos. Para usar solo algunos, envíe /shelf con carpetas o etiquetas, por ejemplo /shelf agua, energía tag:clima
shelf-shown = Este chat usa solo estos artículos: { $shelf } ({ $articles }). Vale para preguntas, resúmenes y avisos. /shelf todos vuelve a usar todos los artículos.
shelf-of-chat = Este tema usa la selección de todo el grupo.
shelf-set = Hecho. Desde ahora, este chat usa solo estos artículos: { $shelf } ({ $articles }).
shelf-cleared = Hecho. Este chat usa todos los artículos.
shelf-note = Solo de los artículos elegidos para este chat: { $shelf } (/shelf).
shelf-only-names = La selección solo tiene carpetas y etiquetas. Envíe por ejemplo: /shelf agua, energía tag:clima
shelf-too-many = La selección tiene como máximo { $max } carpetas y etiquetas.
watch-other-language = Ningún artículo contendrá estas palabras, porque los artículos están { $languages }. Escriba nombres propios, como aparecen en los artículos.
watch-hit = Novedades sobre «{ $topic }»:
watch-more = { $articles ->
    [one] { $articles } artículo más responde a esto. /brief { $topic }
   *[other] { $articles } artículos más responden a esto. /brief { $topic }
 }
changes-heading = Lo que hay de nuevo
changes-since = Lo que hay de nuevo desde el { $time }
change-new = nuevo
change-edited = modificado
change-shortened = acortado
changes-more = { $articles ->
    [one] Hay novedades en { $articles } artículo más.
   *[other] Hay novedades en { $articles } artículos más.
 }
changes-removed = Ya no está aquí: { $titles }
changes-none = No hay nada nuevo.
delivery-unknown = Me interrumpieron mientras enviaba algo aquí y no sé si llegó.
button-send-again = No llegó: enviar
help-briefings = /brief muestra el artículo más reciente en una pantalla; /brief y un tema, lo que todos los artículos dicen de él. /brief daily 08:30 envía cada día lo que hay de nuevo. /watch y un tema avisa cuando un artículo nuevo responde a él.

menu-ask = hacer una pregunta
menu-brief = un artículo o un tema en frases clave
menu-sections = lo que hay para leer
menu-about = qué artículos son
menu-help = cómo preguntar
menu-language = el idioma que hablo
menu-private = mostrar las respuestas solo a quien pregunta
menu-privacy = lo que guardo de usted
menu-forget = borrar lo que guardo de usted
menu-whoami = mostrar los números para la lista de acceso
menu-gaps = lo preguntado y no encontrado
menu-remove = quitar un artículo
menu-doctor = comprobar que todo está en orden
menu-watch = enterarse de nuevos artículos sobre un tema
menu-shelf = elegir los artículos para este chat

description = Respondo a preguntas con las palabras de los artículos que tengo y digo dónde están: { $titles }.
description-untitled = Respondo a preguntas con las palabras de los artículos que tengo y digo dónde están.
short-description = Responde con citas literales de { $titles }.
short-description-untitled = Responde con citas literales de artículos.

example-person = ¿Quién es { $topic }?
example-topic = ¿Qué dice el artículo sobre { $topic }?
example-year = ¿Qué ocurrió en { $topic }?
