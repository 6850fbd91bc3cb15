# Log-in, queue and review.
login-lead = Cette entrée est réservée à l’équipe. Pour proposer une correction, aucun compte n’est nécessaire.
login-name = Nom de compte
login-password = Mot de passe
login-failed = Nom de compte ou mot de passe incorrect. Vérifiez les deux, puis réessayez.
moderation-heading = Propositions à relire
moderation-count = { $count ->
    [0] Aucune proposition.
    [one] { $shown } proposition.
   *[other] { $shown } propositions.
}
moderation-oldest = La plus ancienne est arrivée { $age }.
moderation-empty = Tout est relu. Merci !
moderation-none-match = Aucune proposition ne correspond. Changez ou retirez un filtre.
moderation-next = Propositions suivantes
proposal = Proposition
came-from = Vient de
from-here = Ici même
waiting-since = Reçue
filter-dataset = Jeu de données
filter-origin = Vient de
filter-status = État
open-statuses = À relire ou en conflit
headline-row = { $title } : { $changes }
headline-summary = { $row } – { $summary }
review-title = Relire une proposition
review-heading = Proposition pour « { $title } »
proposed-here = Proposée ici
proposed-at = Proposée depuis { $host }
sent-by = Envoyée par { $name } (visible seulement par l’équipe)
review-conflict-how = La valeur actuelle n’est plus celle que la personne a vue. Corrigez la proposition ou refusez-la en expliquant.
what-changes = Ce qui change
your-decision = Votre décision
accept = Accepter
refuse = Refuser…
refuse-why = Pourquoi refuser ?
refuse-text = Votre explication
refuse-hint = Elle est envoyée à la personne qui propose. Pas de donnée personnelle.
refuse-send = Refuser la proposition
amend = Corriger puis accepter…
amend-hint = Changez les valeurs proposées, ou cochez ce que vous laissez de côté. Le reste est accepté avec vos corrections.
leave-out-set = Laisser de côté : { $about }
leave-out-add = Laisser de côté : ne pas ajouter cette fiche
leave-out-del = Laisser de côté : ne pas supprimer cette fiche
amend-send = Accepter avec mes corrections
decided-elsewhere = La décision revient à { $host } : elle apparaîtra ici.
problem-all-left-out = Tout est laissé de côté. Gardez au moins une modification, ou refusez la proposition avec une raison.
alike-groups = À décider ensemble
alike-count = { $count ->
    [one] { $shown } proposition semblable
   *[other] { $shown } propositions semblables
}
alike-group = { $count } – { $what }
alike-what = { $title } : { $acts }
alike-title = Propositions semblables
alike-how = Elles viennent du même expéditeur et changent les mêmes champs. Décochez celles que vous voulez relire à part.
alike-choose = Accepter : { $headline }
alike-accept = { $count ->
    [one] Accepter la proposition cochée
   *[other] Accepter les propositions cochées
}
alike-more = { $count ->
    [one] { $shown } autre attend : elle viendra après celles-ci.
   *[other] { $shown } autres attendent : elles viendront après celles-ci.
}
alike-accepted = { $count ->
    [0] Aucune proposition n’a été acceptée.
    [one] { $shown } proposition acceptée.
   *[other] { $shown } propositions acceptées.
}
alike-left = { $count ->
    [one] { $shown } demande une relecture à part : ses données ont changé, ou elle ne convient plus.
   *[other] { $shown } demandent une relecture à part : leurs données ont changé, ou elles ne conviennent plus.
}
problem-none-chosen = Aucune proposition n’est cochée. Cochez celles que vous acceptez.
problem-reason = Donnez une raison : choisissez-en une ou écrivez-la.
reason-refuse-source = Nous n’avons pas pu vérifier cette information.
reason-refuse-wrong = La valeur actuelle est la bonne.
reason-refuse-duplicate = Cette correction ou cette fiche existe déjà.
reason-refuse-scope = Cette fiche ne relève pas de ce jeu de données.
moderation-beside = À côté de la file
moderation-votes = Votes sur « { $title } »
