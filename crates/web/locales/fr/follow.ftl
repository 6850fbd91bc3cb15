# Suivre d’ici, et lire ce qui change.
follow = Suivre
follow-lead = Collez l’adresse d’un jeu de données, d’une personne ou d’un groupe d’un autre site. Vous lirez ici ce qui change.
follow-address = Adresse, par exemple lieux@hub.example
follow-no-address = Une adresse s’écrit nom@site, par exemple lieux@hub.example.
follow-here = Cette adresse est de ce site : vous la trouvez dans les jeux de données.
follow-nobody = Personne n’a été trouvé à cette adresse. Vérifiez-la, ou réessayez plus tard : l’autre site est peut-être en panne.
follow-follow = Suivre
follow-already = Vous suivez déjà cette adresse, ou l’avez demandé.
follow-followers = { $count ->
    [one] { $shown } abonnement
   *[other] { $shown } abonnements
}
follow-list = Ce que vous suivez
follow-none = Rien pour l’instant.
follow-pending = Demandé
follow-accepted = Suivi
follow-rejected = Refusé
follow-end = Ne plus suivre
feed = Nouvelles
feed-lead = Ce qu’ont publié celles et ceux que vous suivez, pendant quatre-vingt-dix jours.
feed-empty = Rien de nouveau.
feed-earlier = Plus anciennes
