# Lettres sur les propositions. $title est le jeu de données, $what la fiche ou leur nombre.
letter-unsubscribe = Ne plus recevoir ces messages

row-set = Fiche « { $row } »
row-add = Nouvelle fiche « { $row } »
row-del = Fiche à retirer « { $row } »
row-unnamed = sans nom
rows-changed = { $count ->
    [one] { $count } fiche
   *[other] { $count } fiches
}
more-rows = { $count ->
    [one] Et { $count } autre fiche, à voir sur la page.
   *[other] Et { $count } autres fiches, à voir sur la page.
}
no-value = (rien)
kept-instead = Retenu : { $value }
left-out = Non retenu.

to-decide-subject = À relire : { $what } – { $title }
to-decide-text = Une proposition attend votre décision sur « { $title } ».
to-decide-button = Relire et décider
to-decide-link = Ce lien est pour vous seul, ne le transférez pas : il permet une décision, une fois, pendant sept jours, sans vous connecter. L'ouvrir ne décide de rien.
to-decide-foot = Vous recevez ce message de { $site } parce que vous pouvez décider des propositions.
from-member = Envoyée par une personne inscrite ici.
from-visitor = Envoyée d'ici, sans compte.
from-member-elsewhere = Envoyée par une personne de { $host }.
from-visitor-elsewhere = Envoyée sans compte depuis { $host }.
record-none = Aucune proposition connue de cet expéditeur avant celle-ci.
record = Avant celle-ci : { $applied ->
    [one] { $applied } acceptée
   *[other] { $applied } acceptées
}, { $refused ->
    [one] { $refused } refusée
   *[other] { $refused } refusées
}.

collected-subject = { $count ->
    [one] { $count } nouvelle – { $site }
   *[other] { $count } nouvelles – { $site }
}
collected-to-decide = { $count ->
    [one] { $count } proposition attend votre décision
   *[other] { $count } propositions attendent votre décision
}
collected-line = { $what } – { $title }
collected-more = { $count ->
    [one] Et { $count } autre, à voir sur le site.
   *[other] Et { $count } autres, à voir sur le site.
}
collected-decided = Réponses à vos propositions
collected-button = Tout voir

accepted-subject = Merci : votre proposition est acceptée – { $title }
accepted-text = Merci ! Votre proposition sur « { $title } » est acceptée. Voici ce qui a changé grâce à vous.
amended-subject = Merci : votre proposition est acceptée avec des changements – { $title }
amended-text = Merci ! Votre proposition sur « { $title } » est acceptée avec des changements : ce qui diffère est indiqué sous chaque valeur.
refused-subject = Votre proposition n'est pas retenue – { $title }
refused-text = Votre proposition sur « { $title } » n'est pas retenue. Merci de l'avoir faite.
expired-subject = Votre proposition est restée sans réponse – { $title }
expired-text = Personne n'a décidé à temps de votre proposition sur « { $title } ». Vous pouvez la refaire ; nos excuses.
answered-button = Voir la fiche
answered-foot = Vous recevez ce message de { $site } parce que vous avez fait cette proposition.
answered-foot-once = Vous recevez ce message de { $site } parce que vous avez laissé cette adresse avec votre proposition. Elle est effacée avec l'envoi de cette réponse.

expires-soon-subject = Expire bientôt : { $what } – { $title }
expires-soon-text = Une proposition sur « { $title } » attend toujours votre décision. Sans réponse, elle expire dans quelques jours.
written-to-subject = On vous écrit à propos de votre proposition – { $title }
written-to-text = Une personne qui relit les propositions vous écrit à propos de la vôtre sur « { $title } ».
written-to-answer = Pour répondre, ouvrez la page de suivi dont l'adresse vous a été donnée à l'envoi.
written-to-foot = Vous recevez ce message de { $site } parce que vous avez fait cette proposition.
asked-about-subject = Message sur une proposition – { $title }
asked-about-text = L'auteur d'une proposition sur « { $title } » vous écrit.
asked-about-button = Lire et répondre
asked-about-foot = Vous recevez ce message de { $site } parce que vous pouvez décider des propositions.
collected-commented = Messages sur des propositions
collected-news = De ceux que vous suivez
collected-foot = Vous recevez ce message de { $site } parce que vous y avez un compte.

news-subject = Du nouveau de ceux que vous suivez – { $site }
news-text = Voici ce qu'ont publié ceux que vous suivez.
news-button = Tout lire
news-foot = Vous recevez ce message de { $site } parce que vous y suivez quelqu'un.

collected-origins = Où vivent des jeux de données
origin-moved-subject = « { $title } » a déménagé
origin-moved-text = « { $title } » vit maintenant sur { $place }, avec toute son histoire : ses responsables l'ont signé. Vous pouvez l'y suivre.
origin-silent-subject = Plus de réponse : « { $title } »
origin-silent-text = { $place }, d'où vient « { $title } », ne répond plus depuis un jour. La copie d'ici reste lisible, et les propositions sont gardées jusqu'à ce qu'une origine réponde.
origin-successor-subject = Quelqu'un propose de prendre la suite de « { $title } »
origin-successor-text = Quelqu'un propose de prendre la suite de « { $title } » sous un nom à part. À vous de choisir si vous le suivez.
origin-button = Voir où il vit
origin-foot = Vous recevez ce message de { $site } parce que vous suivez ce jeu de données, ou parce que vous tenez ce serveur.
