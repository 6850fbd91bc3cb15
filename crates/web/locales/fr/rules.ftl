# Règles, votes, signalements, journal de modération.
rules-title = Règles
rules-heading = Règles de « { $title } »
rules-lead = Ce qui arrive à une proposition avant que quelqu’un la regarde. Ce que personne n’a prévu attend une décision.
rules-none = Il n’y a pas encore de règle : tout attend une décision.
rules-caption = Règles en vigueur
rules-number = Numéro
rules-field = Champ
rules-sender = Qui propose
rules-outcome = Ce qui arrive
rules-ceiling = Plafond par jour
rules-sentence = En une phrase
rules-everything = tous les champs, ajouts et retraits de fiches compris
rules-accept = accepter aussitôt
rules-queue = faire attendre
rules-drop = écarter
rules-ceiling-short = { $ops } changements, { $percent } % des fiches
rules-dropped = { $count ->
    [one] Une proposition écartée en 30 jours.
   *[other] { $shown } propositions écartées en 30 jours.
}
rules-remove = Retirer la règle
rules-order = La règle la plus précise l’emporte : celle d’un champ avant celle de tous, celle d’un partenaire avant celle de son groupe, d’un rôle ou de tout le monde. Une proposition qui touche plusieurs champs suit la plus sévère.
rules-new = Nouvelle règle
rules-ops = Changements acceptés par jour et par instance
rules-percent = Fiches touchées par jour et par instance, en pour cent
rules-ceiling-hint = Seulement pour ce qui est accepté aussitôt ; le reste attend.
rules-try = Essayer
rules-add = Ajouter la règle
rules-preview = Ce qui serait arrivé aux propositions des 30 derniers jours
rules-trying = Essai, rien n’est enregistré : { $sentence }
rules-preview-caption = Les dernières propositions
rules-would-accept = { $count ->
    [one] Une aurait été acceptée aussitôt.
   *[other] { $shown } auraient été acceptées aussitôt.
}
rules-would-wait = { $count ->
    [one] Une aurait attendu.
   *[other] { $shown } auraient attendu.
}
rules-would-drop = { $count ->
    [one] Une aurait été écartée.
   *[other] { $shown } auraient été écartées.
}
rules-when = Arrivée
rules-host = Venue de
rules-would = Ce qui serait arrivé
rules-was = Ce qui est arrivé
rules-fate-accept = acceptée par la règle { $rule }
rules-fate-accept-tried = acceptée par la règle essayée
rules-fate-drop = écartée par la règle { $rule }
rules-fate-drop-tried = écartée par la règle essayée
rules-fate-none = attend : aucune règle ne parle de tout ce qu’elle touche
rules-fate-queue = attend par la règle { $rule }
rules-fate-queue-tried = attend par la règle essayée
rules-fate-quarantine = attend : qui l’envoie est encore nouveau (règle { $rule })
rules-fate-quarantine-tried = attend : qui l’envoie est encore nouveau
rules-fate-ceiling = attend : le plafond du jour est atteint (règle { $rule })
rules-fate-ceiling-tried = attend : le plafond du jour est atteint
rules-was-pending = attend
rules-was-conflict = en conflit
rules-was-accepted = acceptée
rules-was-amended = acceptée après correction
rules-was-refused = refusée
rules-was-withdrawn = reprise
rules-was-expired = périmée
rules-from-anyone = tout le monde
rules-from-visitors = les personnes sans compte
rules-from-accounts = les comptes de cette instance
rules-from-peers = tous les partenaires
rules-from-strangers = les instances qui ne sont pas partenaires
rules-from-write = les personnes qui relisent ce jeu de données
rules-from-maintain = les personnes qui tiennent ce jeu de données
rules-from-group = le groupe « { $group } »
rules-from-peer = le partenaire { $host }
rules-says-accept-field = Ce qui est proposé par { $who } pour « { $field } » est accepté aussitôt, jusqu’à { $ops } changements et { $percent } % des fiches par jour et par instance ; le reste attend.
rules-says-queue-field = Ce qui est proposé par { $who } pour « { $field } » attend une décision.
rules-says-drop-field = Ce qui est proposé par { $who } pour « { $field } » est écarté ; rien n’en est gardé.
rules-says-accept = Tout ce qui est proposé par { $who } est accepté aussitôt, jusqu’à { $ops } changements et { $percent } % des fiches par jour et par instance ; le reste attend.
rules-says-queue = Tout ce qui est proposé par { $who } attend une décision.
rules-says-drop = Tout ce qui est proposé par { $who } est écarté ; rien n’en est gardé.
rules-beside = À côté des règles
rules-quarantine = Propositions à faire accepter par une personne avant que les règles acceptent
rules-quarantine-hint = Qui est nouveau attend toujours. 0 : personne n’est nouveau.
rules-per-actor = Propositions d’un même compte qui peuvent attendre
rules-per-instance = Propositions d’une même instance qui peuvent attendre
rules-quota-hint = Vide : comme partout sur cette instance. Jamais plus que là.
rules-votes = Validation par les votes
rules-votes-hint = Les personnes qui ont un compte ici voient les propositions en attente et votent. Éteinte par défaut.
rules-votes-on = Faire voter
rules-votes-for = Votes pour
rules-votes-against = Votes contre, au plus
rules-votes-days = Jours d’attente, au moins
rules-votes-force = Votes pour qui acceptent sans attendre
rules-save = Enregistrer
rules-problem-form = Cette règle est incomplète : choisissez qui propose et ce qui arrive.
rules-problem-exists = Il y a déjà une règle pour ce champ et ces personnes : retirez-la d’abord.
rules-problem-many = Il y a trop de règles : retirez-en une d’abord.
rules-problem-field = Ce jeu de données n’a pas ce champ.
rules-problem-number = Écrivez un nombre entre { $least } et { $most }.

votes-title = Votes
votes-lead = Dites ce que vous pensez des propositions qui attendent.
votes-how = { $needed } votes pour font accepter une proposition qui attend depuis { $days } jours.
votes-force = { $force } la font accepter aussitôt. Au-delà de { $against } votes contre, une personne décide.
votes-none = Aucune proposition n’attend.
votes-no-value = (vide)
votes-agree = { $count ->
    [one] Un vote pour.
   *[other] { $shown } votes pour.
}
votes-disagree = { $count ->
    [one] Un vote contre.
   *[other] { $shown } votes contre.
}
votes-said-yes = Vous êtes pour.
votes-said-no = Vous êtes contre.
votes-own = C’est votre proposition : d’autres en décident.
votes-yes = Pour
votes-no = Contre

report-title = Signaler
report-heading = Signaler « { $title } »
report-lead = Un signalement ne change rien par lui-même : les personnes qui décident le lisent.
report-goes-to-origin = Ces données viennent de { $origin } : votre signalement y est transmis, sans votre nom.
report-why = Qu’est-ce qui ne va pas ?
report-kind-gone = N’existe pas ou plus
report-kind-duplicate = Y est deux fois
report-kind-wrong = Est faux
report-kind-charter = Est contraire à la charte
report-kind-other = Autre chose
report-text = En quelques mots
report-text-hint = Lu par les personnes qui décident, jamais publié. N’écrivez rien de personnel.
report-send = Signaler
report-sent = Merci, les personnes qui décident sont prévenues.
report-problem-why = Choisissez ce qui ne va pas.
report-problem-text = Écrivez ce qui ne va pas.
report-problem-full = Trop de signalements attendent : revenez quand quelques-uns auront été lus.
report-here = Signaler sans rien proposer

reports-title = Signalements
reports-lead = Ce que des personnes ont signalé. Rien n’a été changé.
reports-none = Aucun signalement n’attend.
reports-through = Venu par { $host }, { $when }.
reports-of-origin = jeu de données de { $origin }
reports-handled = C’est traité
reports-dismissed = Rien à faire

modlog-title = Journal de modération
modlog-heading = Journal de modération de « { $title } »
modlog-lead = Ce qui a été décidé, dans quel rôle et depuis quelle instance. Personne n’y est nommé.
modlog-lines = Lignes signées
modlog-copy = Copie vérifiée du journal de { $origin }.
modlog-answered = Dernière réponse : { $when }.
modlog-problem = La suite n’est pas reprise :
modlog-none = Rien n’a encore été décidé.
modlog-older = Plus ancien
modlog-entry = entrée { $seq }
modlog-policy-hash = règle { $hash }
modlog-by = { $role }, { $instance }
modlog-by-maintain = une personne qui tient le jeu de données
modlog-by-write = une personne qui relit
modlog-by-quorum = plusieurs avis
modlog-by-rule = une règle
modlog-by-citizens = des votes
modlog-by-proposer = qui proposait
modlog-by-operator = l’opérateur
modlog-by-clock = le temps écoulé
modlog-accepted = Proposition venue de { $instance } acceptée
modlog-amended = Proposition venue de { $instance } acceptée après correction
modlog-refused = Proposition venue de { $instance } refusée
modlog-dropped = Propositions venues de { $instance } écartées
modlog-undone = Proposition acceptée annulée
modlog-withdrawn = Proposition reprise
modlog-expired = { $count ->
    [one] Une proposition périmée
   *[other] { $count } propositions périmées
}
modlog-granted = Rôle donné à une personne de { $instance } : { $about }
modlog-revoked = Rôle d’une personne de { $instance } terminé ({ $reason }) : { $about }
modlog-suspended = Rôle d’une personne de { $instance } suspendu : { $about }
modlog-policy = Nombre d’avis nécessaires changé
modlog-rules = { $count ->
    [0] Règles changées : aucune en vigueur
    [one] Règles changées : une en vigueur
   *[other] Règles changées : { $count } en vigueur
}
modlog-report = Signalement venu par { $instance } ({ $reason }) : { $about }
modlog-redacted = { $count ->
    [one] Une valeur effacée
   *[other] { $count } valeurs effacées
}
modlog-moved = Jeu de données parti chez { $instance }
modlog-closed = Jeu de données fermé : { $about }
modlog-succeeded = Suite d’un jeu de données de { $instance }
modlog-other = Autre action ({ $action })
modlog-about-write = relire
modlog-about-maintain = tenir
modlog-about-handled = traité
modlog-about-dismissed = rien à faire
modlog-about-kept = valeurs gardées
modlog-about-erased = valeurs effacées
modlog-reason-revoked = repris
modlog-reason-expired = échu
modlog-reason-suspended = suspendu
modlog-reason-gone = n’existe plus
modlog-reason-duplicate = en double
modlog-reason-wrong = faux
modlog-reason-charter = contraire à la charte
modlog-reason-other = autre chose
