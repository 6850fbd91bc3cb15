# Catalogue, dataset and row.
catalogue-title = Les données de { $site }
catalogue-lead = Consultez-les, réutilisez-les, et corrigez ce qui n’est plus juste : aucun compte n’est demandé.
first-run-title = Premiers pas
first-run-heading = Bienvenue sur { $site }
first-run-lead = Ce nœud fonctionne et ne contient encore aucune donnée. Voici la suite.
first-run-import = Publier un premier jeu de données
first-run-import-how = Sur le serveur, importez votre tableau. Son nom devient une adresse que chacun peut suivre.
first-run-follow = Ou recevoir celui d’un partenaire
first-run-follow-how = Vous gardez une copie vérifiée, qui reste à jour. L’instance d’origine garde la décision.
first-run-moderate = Relire les propositions
first-run-moderate-how = Chacun peut proposer une correction sans compte. Connectez-vous pour les accepter ou les refuser.

search-rows = Chercher une fiche
filter-by-field = Filtrer par champ
contains = contient…
apply-filters = Appliquer les filtres
rows-found = { $count ->
    [0] Aucune fiche ne correspond.
    [one] { $shown } fiche correspond.
   *[other] { $shown } fiches correspondent.
}
show-all-rows = Tout afficher
add-row = Ajouter une fiche
nothing-found = Rien ne correspond. Essayez avec moins de mots, ou retirez un filtre.
no-rows-yet = Ce jeu de données n’a pas encore de fiche.
rows-of = Fiches de { $title }
pages = Pages
first-rows = Revenir au début
previous-rows = Fiches précédentes
next-rows = Fiches suivantes
show-all-columns = Afficher toutes les colonnes ({ $shown })
show-main-columns = Afficher les colonnes principales
dataset-closed = Ce jeu de données est clos : il n’est plus modifié.
reuse-title = Réutiliser
reuse-how = Téléchargez toutes les fiches, toujours à jour :
reuse-api = Interface pour les programmes
follow-title = Suivre
follow-how = Depuis Mastodon ou un autre réseau ouvert, cherchez cette adresse et abonnez-vous : vous verrez ce qui change.
views = Façons de voir les fiches
view-table = Tableau
view-cards = Fiches

correct-row = Corriger cette fiche
report-problem = Signaler un problème
row-waiting = { $count ->
    [one] { $shown } proposition sur cette fiche attend d’être relue.
   *[other] { $shown } propositions sur cette fiche attendent d’être relues.
}
history = Historique
history-hint = Ce qui a changé, du plus récent au plus ancien. Les personnes ne sont jamais nommées.
history-show-values = { $count ->
    [one] Voir la valeur de départ
   *[other] Voir les { $shown } valeurs de départ
}
history-erased = Des valeurs de cette étape ont été effacées ou ne sont pas gardées ici.
history-older = Voir plus ancien
correct-short = Corriger
share-title = Partager
share-how = L’adresse de cette fiche ne change pas. Imprimez le code sur une affiche : qui le photographie arrive ici.
share-code = Code QR qui mène à cette fiche
