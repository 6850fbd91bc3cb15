# What moderators see and do beside the decision itself.
filter-kind = Nature
filter-assignee = Suivie par
filter-age = Attente
filter-sort = Ordre
sort-newest = Les plus récentes d’abord
sort-oldest = Les plus anciennes d’abord
age-week = Plus d’une semaine
age-month = Plus d’un mois
age-expiring = Expirent bientôt
assignee = Suivie par
assignee-me = Moi
assignee-none = Personne
assign-take = Je m’en occupe
assign-release = Je ne m’en occupe plus
assign-hand = Confier à
assign-hand-send = Confier
beside-title = Autour de cette proposition
reported = Problème signalé
problem-kind-gone = N’existe plus
problem-kind-duplicate = En double
problem-kind-wrong = N’a pas sa place ici
problem-kind-charter = Contraire à la charte
problem-kind-other = Autre problème
sender-person = La personne qui propose
sender-instance = Propositions de { $host }
sender-first = C’est sa première proposition ici.
sender-record = { $accepted }, { $refused } ; la première date du { $when }.
sender-accepted = { $count ->
    [0] Aucune acceptée
    [one] { $shown } acceptée
   *[other] { $shown } acceptées
}
sender-refused = { $count ->
    [0] aucune refusée
    [one] { $shown } refusée
   *[other] { $shown } refusées
}
expires = Sans décision
expires-on = Expire le { $when }
tracking-expires = Si personne ne décide d’ici là, elle expire le { $when }.
tracking-undone = Cette modification a été annulée depuis par l’équipe qui tient les données.
notes-title = Notes internes
notes-hint = Seule l’équipe les lit : elles ne sont ni publiées ni envoyées à d’autres serveurs.
note-text = Ajouter une note
note-send = Enregistrer la note
note-nobody = Compte supprimé
problem-note-empty = La note est vide. Écrivez-la, puis enregistrez.
review-next = Voici la suivante.
review-walk = Autres propositions
review-previous = Proposition précédente
review-following = Proposition suivante
undo = Annuler cette modification…
undo-why = Pourquoi annuler ?
undo-hint = Ce texte reste attaché à la modification et peut être lu par tous : pas de donnée personnelle.
undo-send = Remettre ce qu’il y avait avant
undo-undoes = Cette proposition en annule une autre.
undo-undone = Cette modification a été annulée ensuite.
problem-undo-changed = Ces valeurs ont encore changé depuis. Corrigez plutôt la fiche.
problem-undo-gone = Ce qu’il y avait avant n’est plus conservé ici : on ne peut pas le remettre.
problem-undo-already = Cette modification a déjà été annulée.
problem-undo-not-applied = Cette proposition n’a rien modifié ici : il n’y a rien à annuler.
shift-sentence = La position se déplace de { $distance } vers { $direction }.
shift-metres = { $count } m
shift-kilometres = { $count } km
number-decimal = { $whole },{ $rest }
compass-n = le nord
compass-ne = le nord-est
compass-e = l’est
compass-se = le sud-est
compass-s = le sud
compass-sw = le sud-ouest
compass-w = l’ouest
compass-nw = le nord-ouest
bursts-title = Arrivées d’un coup
burst-line = { $count } – { $title }
burst-title = Propositions arrivées d’un coup
burst-lead = { $title } : { $count }
burst-how = Elles sont venues en si grand nombre, en si peu de temps, qu’elles sont mises à part pour ne pas noyer les autres. Regardez-en quelques-unes, puis décidez pour toutes.
burst-accept = { $count ->
    [one] Accepter cette proposition
   *[other] Accepter les { $shown } premières
}
burst-refuse = Refuser ensemble…
burst-refuse-send = { $count ->
    [one] Refuser cette proposition
   *[other] Refuser les { $shown } premières
}
burst-refused = { $count ->
    [one] { $shown } proposition refusée.
   *[other] { $shown } propositions refusées.
}
burst-first = Les premières
burst-part = Cette proposition est arrivée avec beaucoup d’autres et a été mise à part.
burst-open = Décider pour toutes
burst-release = La remettre dans la file
elsewhere-title = En attente ailleurs
elsewhere-how = Nos propositions sur les données d’autres sites : c’est chez eux que l’on décide.
keys-title = Raccourcis clavier
keys-next = Proposition suivante
keys-previous = Proposition précédente
keys-accept = Accepter
keys-refuse = Refuser, puis choisir une raison
keys-help = Montrer ou cacher cette aide
keys-off = Désactiver les raccourcis
keys-on = Activer les raccourcis
reason-refuse-absent = Ce lieu ou cette activité n’existe pas.
reason-refuse-charter = Cette proposition est contraire à notre charte.
reason-refuse-other = Autre raison (à écrire ci-dessous)

# Ce que les instances écrivent d’elles-mêmes dans leurs réponses.
void-no-grant = cette personne n’a aucun rôle sur ce jeu de données.
void-revoked = le rôle de cette personne a été retiré ou suspendu.
void-blocked = le site de cette personne est bloqué.
void-expired = le rôle de cette personne est arrivé à son terme.
void-other-key = elle n’est pas signée avec la clé que son rôle nomme.
void-old-version = elle porte sur une autre version de la proposition.
void-own = cette personne a fait elle-même la proposition.
void-before = elle date d’avant le retrait du rôle de cette personne.
answer-shut = Ce jeu de données ne prend plus de propositions.
answer-dropped = Les responsables de ce jeu de données ne prennent pas de telles propositions de ce site.
answer-changed = Des valeurs ont changé depuis : relisez-les, puis proposez à nouveau.
answer-full-actor = Trop de propositions de ce compte attendent déjà. Essayez de nouveau quand certaines auront une réponse.
answer-full-visitor = Trop de propositions de ce réseau attendent déjà. Essayez de nouveau quand certaines auront une réponse.
answer-full-instance = Trop de propositions de ce site attendent déjà. Essayez de nouveau quand certaines auront une réponse.
answer-full-dataset = Trop de propositions attendent déjà sur ce jeu de données. Essayez de nouveau quand certaines auront une réponse.
