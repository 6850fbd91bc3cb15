# The frame of every page, and words that several pages share.
language-name = Français
skip-to-content = Aller au contenu
main-navigation = Navigation principale
language = Langue
trail = Vous êtes ici
datasets = Jeux de données
dataset = Jeu de données
moderation = Propositions à relire
log-in = Se connecter
log-out = Se déconnecter ({ $name })
footer-about = { $site } publie ces données avec Rustine, logiciel libre. Chacun peut proposer une correction, sans compte.
back-to-datasets = Voir les jeux de données

yes = Oui
no = Non
no-value = Non renseigné
erased-value = Valeur effacée
required = (obligatoire)
no-choice = Aucun choix
field = Champ
before = Avant
after = Après
changes = Valeurs modifiées
status = État
search = Chercher
filter = Filtrer
any-value = Tout
send = Envoyer
cancel = Annuler
back-to = Retour à { $title }

rows-count = { $count ->
    [one] { $shown } fiche
   *[other] { $shown } fiches
}
changes-count = { $count ->
    [one] { $shown } modification
   *[other] { $shown } modifications
}
updated = Mis à jour { $when }
copy-of = Copie vérifiée de { $origin }
copy-confirmed = Confirmée par son instance d’origine le { $when }.
copy-unconfirmed = Pas encore confirmée par son instance d’origine.
license = Licence :
no-license = Sans licence : demandez avant de réutiliser

instant = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year } à { $hour }
day = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
age-now = à l’instant
age-minutes = { $count ->
    [one] il y a { $shown } minute
   *[other] il y a { $shown } minutes
}
age-hours = { $count ->
    [one] il y a { $shown } heure
   *[other] il y a { $shown } heures
}
age-days = { $count ->
    [one] il y a { $shown } jour
   *[other] il y a { $shown } jours
}
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

status-pending = À relire
status-conflict = En conflit
status-accepted = Acceptée
status-amended = Acceptée avec des changements
status-refused = Refusée
status-withdrawn = Retirée
status-expired = Expirée
status-pending-sentence = Votre proposition est en attente chez { $host }.
status-conflict-sentence = La fiche a changé entre-temps : il faut reprendre cette proposition.
status-accepted-sentence = Proposition acceptée. La fiche est à jour.
status-amended-sentence = Proposition acceptée avec des changements. La fiche est à jour.
status-refused-sentence = Proposition refusée.
status-withdrawn-sentence = Proposition retirée.
status-expired-sentence = Personne n’a répondu dans les délais. La proposition n’a pas été appliquée.

kind-add = Fiche ajoutée
kind-set = Fiche modifiée
kind-del = Fiche supprimée
kind-propose-add = Fiche à ajouter
kind-propose-set = Modifier
kind-propose-del = Supprimer
role-keeper = par l’équipe du jeu de données
role-visitor = par un visiteur
role-member = par un membre
role-import = par l’import d’un fichier
role-unknown = auteur non communiqué
role-at-host = { $role }, depuis { $host }
