# Maps, counts and how well a dataset is kept.
view-map = Carte
active-filters = Filtres en cours
remove-filter = Retirer le filtre
chip = { $title } : { $value }
chip-words = « { $words } »
refine = Affiner par valeurs
show-counts = Affiner par valeurs, avec leur nombre de fiches

answered-within = Réponse aux propositions : { $time } en général
oldest-waiting = Plus ancienne proposition en attente : { $when }
stale-since = Peut-être plus à jour : dernier changement { $when }
span-minutes = { $count ->
    [one] { $shown } minute
   *[other] { $shown } minutes
}
span-hours = { $count ->
    [one] { $shown } heure
   *[other] { $shown } heures
}
span-days = { $count ->
    [one] { $shown } jour
   *[other] { $shown } jours
}
followers = { $count ->
    [0] Personne ne suit encore ce jeu de données.
    [one] { $shown } compte suit ce jeu de données.
   *[other] { $shown } comptes suivent ce jeu de données.
}
copies-at = Copies vérifiées, consultables même si ce site est en panne :
original-at = L’original se trouve chez son propriétaire :
more-copies = { $count ->
    [one] et { $shown } autre
   *[other] et { $shown } autres
}

map-name = Carte des fiches
map-list = Fiches de la carte
map-skip = Passer la carte, aller à la liste
map-source = Le fond de carte vient d’un tiers, { $host } : votre navigateur lui demande les images de la zone affichée. { $attribution }
map-unplaced = { $count ->
    [one] { $shown } fiche n’a pas de position et n’est pas sur la carte.
   *[other] { $shown } fiches n’ont pas de position et ne sont pas sur la carte.
}
map-see-table = Les voir dans le tableau
map-group = { $count ->
    [one] { $shown } fiche : agrandir
   *[other] { $shown } fiches : agrandir
}
map-nothing-here = Aucune fiche dans cette zone.
map-no-places = Aucune fiche n’a de position.
map-all = Toute la carte
map-in = Agrandir
map-out = Prendre du recul
map-north = Vers le nord
map-south = Vers le sud
map-west = Vers l’ouest
map-east = Vers l’est

place-legend = Où est-ce ?
place-address = Chercher une adresse
place-address-hint = Numéro, rue et commune. Ce site pose la question pour vous : votre adresse réseau n’est pas transmise.
place-find = Chercher l’adresse
place-candidates = Lieux trouvés : lequel est le bon ?
place-none = Aucun de ceux-là
place-too-short = Écrivez au moins trois lettres.
place-too-often = Trop de recherches d’adresses en peu de temps. Réessayez dans quelques minutes, ou écrivez la latitude et la longitude.
place-not-found = Aucun lieu ne porte cette adresse. Essayez avec moins de détails.
place-unreachable = La recherche d’adresses ne répond pas. Le reste du formulaire fonctionne.
place-open-map = Choisir sur la carte
place-map = Carte pour choisir le lieu
place-map-hint = Touchez la carte, ou déplacez le repère. Au clavier : les flèches déplacent la carte, + et − l’agrandissent, puis placez le repère au centre.
place-centre = Placer le repère au centre de la carte
place-marker = Le lieu
place-placed = Repère placé :
