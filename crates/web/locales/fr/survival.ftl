# Une instance d’origine qui se tait, déménage, ou ferme.
origin-silent = { $origin }, d’où viennent ces données, ne répond plus depuis { $when }.
origin-what-now = Que se passe-t-il ?
origin-title = Où vit « { $title } »
origin-here = Ce jeu de données vit ici : c’est ici que l’on décide des propositions.
origin-lives-at = Ces données vivent sur { $origin }. Vous lisez une copie vérifiée.
origin-silent-means = Cette copie reste lisible et vérifiable, telle qu’à la dernière confirmation. Rien n’y change sans la signature de ses responsables. Vos propositions sont gardées ici et partiront dès qu’une instance d’origine répondra.
origin-held = { $count ->
    [one] Une proposition faite ici attend une réponse.
   *[other] { $shown } propositions faites ici attendent une réponse.
}
origin-moved-title = Ce jeu de données a déménagé
origin-moved-how = Ses responsables l’ont signé avec leur clef de secours. C’est le même jeu de données, avec toute son histoire ; ses anciennes adresses mènent encore ici :
origin-follow = Le suivre là où il vit maintenant
origin-followed = Vous l’y suivez.
successors-title = Qui prend la suite
successors-none = Personne, à notre connaissance, n’a repris ce jeu de données.
successors-how = Sans la clef de secours, nul ne peut reprendre l’identité de ces données. D’autres peuvent les continuer sous leur propre nom. Les voici côte à côte : à vous de choisir.
successors-entitled = { $count ->
    [one] Une personne, responsable d’après le journal, peut dire sa préférence.
   *[other] { $shown } personnes, responsables d’après le journal, peuvent dire leur préférence.
}
successors-nobody-entitled = Le journal ne nomme aucun responsable qui puisse dire sa préférence.
successor-at = sur { $host }
successor-chosen = choisi par la majorité des responsables
successor-from = Repris à l’entrée { $seq } du journal.
successor-votes = { $count ->
    [0] Aucun responsable ne l’a encore choisi.
    [one] Un responsable l’a choisi.
   *[other] { $shown } responsables l’ont choisi.
}
successor-here = Le lire ici
successor-followed = Vous le suivez.
successor-follow = Suivre
successor-vote = C’est mon choix
successor-copy = En garder une copie
rehome-title = Accueillir ce jeu de données
rehome-dead = Si l’instance d’origine a disparu et que vous tenez sa clef de secours, reprenez-le ici, sur le serveur :
rehome-alive = Si elle existe encore et veut vous le confier, donnez votre accord ; elle le remettra ensuite avec sa propre clef, qui ne quitte pas ses mains.
rehome-agree = Accepter de l’accueillir
rehome-agreed = Vous avez accepté de l’accueillir à l’adresse { $url }.
rehome-withdraw = Retirer cet accord
takeover-here = Ou ici. Les autres copies sont interrogées d’abord : rien n’est repris tant que l’une d’elles en a davantage.
takeover-key-hint = La ligne de la page imprimée qui commence par rustine-recovery-1. Elle n’est pas conservée, et ne servira plus pour ce jeu de données.
takeover-name = Son nom ici
takeover-name-hint = Laissez vide pour garder son nom.
takeover-do = Reprendre ce jeu de données ici
takeover-other-key = Ce n’est pas la clef de secours de ce jeu de données.
fork-beside = En créer une autre à côté de celles de la liste
fork-exists = Quelqu’un a déjà pris la suite : voyez la liste ci-dessus. Cochez la case pour en créer une autre malgré tout.
fork-title = Continuer sans la clef
fork-how = Un nouveau jeu de données reprend les fiches là où cette copie s’arrête, et nomme celui qu’il continue. Regardez d’abord la liste ci-dessus : rejoindre une suite existante vaut souvent mieux.
fork-name = Nom du nouveau jeu de données
fork-name-hint = De 3 à 60 caractères : a-z, 0-9 et _
fork-make = Créer cette suite
origin-name-form = Ce nom ne convient pas : de 3 à 60 caractères, a-z, 0-9 et _.
origin-name-taken = Ce nom est déjà pris : choisissez-en un autre.
notified-moved = « { $title } » a déménagé.
notified-silent = « { $title } » : plus de réponse d’où il vit.
notified-successor = Quelqu’un propose de prendre la suite de « { $title } ».
tracking-held = { $origin } ne répond plus depuis { $when }. Votre proposition est gardée ici et lui sera envoyée dès son retour, ou à qui prendra sa place.
closing-title = Fermer cette instance
closing-lead = Avant d’éteindre le serveur, décidez du sort de chaque jeu de données : le remettre à un partenaire qui a donné son accord, ou l’archiver.
closing-empty = Plus aucun jeu de données n’est ouvert ici. Laissez tourner le serveur jusqu’à ce que vos partenaires aient tout reçu ; vous pourrez ensuite l’éteindre.
closing-fates = Que devient chaque jeu de données ?
closing-rows = { $count ->
    [0] Aucune fiche.
    [one] Une fiche.
   *[other] { $shown } fiches.
}
closing-no-copies = Personne n’en garde de copie : archivé, il disparaîtra avec ce serveur.
closing-leave = Ne rien faire pour l’instant
closing-archive = Archiver : plus rien ne change, les copies le gardent
closing-hand-over = Remettre à { $host }
closing-key = Clef de secours
closing-key-hint = La ligne de la page imprimée qui commence par rustine-recovery-1. Nécessaire pour remettre ; elle n’est pas conservée.
closing-sure = Je sais que cela ne peut pas être annulé.
closing-do = Fermer ces jeux de données
closing-nothing = Choisissez le sort d’au moins un jeu de données.
closing-unsure = Cochez la case pour confirmer.
closing-no-key = Pour remettre un jeu de données, tapez la ligne entière de la clef de secours.
closing-archived = archivé
closing-handed-over = remis
closing-left = inchangé
