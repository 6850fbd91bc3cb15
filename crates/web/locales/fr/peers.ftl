# Partenaires, domaines bloqués, clés : les pages de qui fait fonctionner ce site.
peers = Partenaires
peers-lead = Un partenariat unit deux sites : chacun annonce ses jeux de données à l’autre, garde ses copies et transmet les propositions. Il ne donne aucun droit de décider.
peers-add = Demander un partenariat
peers-host = Adresse de l’autre site, par exemple hub.example
peers-look = Regarder
peers-list = Partenariats et demandes
peers-none = Aucun pour l’instant.
peers-mode = Qui peut s’adresser à ce site
peers-mode-who = S’adressent à ce site
peers-mode-open = tous les sites, sauf les domaines bloqués
peers-mode-allow-list = les partenaires ; les autres peuvent demander à le devenir
peers-mode-silent = les partenaires seulement ; personne ne peut demander
peers-mode-choose = Choisir
peers-mode-chosen = C’est choisi, et déjà en vigueur.
peers-removed = Le partenariat est terminé.
peers-changed-keys = { $count ->
    [one] Un acteur d’un autre site montre une autre clé qu’avant. Ses droits sont suspendus.
   *[other] { $shown } acteurs d’autres sites montrent une autre clé qu’avant. Leurs droits sont suspendus.
}
peers-no-host = Une adresse s’écrit hub.example, sans chemin.
peers-ourselves = C’est l’adresse de ce site.
peers-blocked = Ce domaine est bloqué ici. Levez d’abord le blocage.
peers-not-rustine = Ce site ne fonctionne pas avec Rustine : on peut suivre ses comptes, mais il ne peut pas être partenaire.
peers-key-changed = Ce site montre une autre clé que celle que nous connaissons. Comparez les empreintes avant de continuer.
peers-silent = Ce site ne répond pas : { $why }
peer-asked = Demandé, en attente de réponse
peer-asking = Demande un partenariat
peer-accepted = Partenaire
peer-refused = Refusé
peer-removed = Terminé
peer-suspended = Droits suspendus
peer-suspended-how = Ce site montre une autre clé que celle que nous connaissons. Tout ce qu’il envoie est refusé jusqu’à ce que quelqu’un confirme la nouvelle clé.
peer-heard = entendu { $when }
peer-never-heard = jamais entendu
peer-behind = { $count ->
    [one] une copie en retard
   *[other] { $shown } copies en retard
}
peer-failed = { $count ->
    [one] un envoi en difficulté
   *[other] { $shown } envois en difficulté
}
peer-silence = La dernière fois, ce site n’a rien dit de lui-même :
peer-about = Ce que ce site dit de lui-même
peer-software = Logiciel
peer-unsaid = non précisé
peer-key = Empreinte de sa clé
peer-last-heard = Entendu
peer-last-reached = Joint
peer-last-looked = Interrogé
peer-never = jamais
peer-no-charter = Ce site n’a pas écrit de charte.
peer-left-out = { $count ->
    [one] Une ligne de sa liste n’est pas à lui ou ne se lit pas ; elle est laissée de côté.
   *[other] { $shown } lignes de sa liste ne sont pas à lui ou ne se lisent pas ; elles sont laissées de côté.
}
peer-theirs = Ses jeux de données
peer-theirs-none = Aucun jeu de données publié.
peer-copy-this = Copier ici : { $title }
peer-wished = Copie demandée
peer-progress = Avancement de la copie de { $title }
peer-entries = { $have } entrées du journal sur { $all }
peer-entries-have = { $count ->
    [one] { $shown } entrée du journal
   *[other] { $shown } entrées du journal
}
peer-entries-unsaid = on ne sait pas encore où en est la copie
peer-confirmed = confirmé par l’origine { $when }
peer-looked = demandé { $when }
peer-digest = empreinte
peer-same = Identiques
peer-not-same = Différents
peer-not-compared = Pas encore comparés
peer-lag = { $count ->
    [one] une entrée de retard
   *[other] { $shown } entrées de retard
}
peer-ours = Ses copies de nos jeux de données
peer-ours-none = Ce site ne copie aucun de nos jeux de données.
peer-groups = Groupes
peer-groups-how = Des noms séparés par des virgules, par exemple voisins. Les règles d’un jeu de données peuvent viser un groupe.
peer-groups-wrong = Un nom de groupe n’a que des lettres sans accent, des chiffres, - et _ ; dix groupes au plus.
peer-groups-known = Groupes en usage : { $names }.
peer-groups-save = Enregistrer ces choix
peer-proposals = Ce que peuvent ses propositions
peer-proposals-how = Ce choix devient une règle de chaque jeu de données de ce site ; elle s’affine ensuite, champ par champ, sur la page des règles.
peer-proposals-rules = suivre les règles de chaque jeu de données ; sans règle, chacune attend une décision
peer-proposals-stay = garder les règles en vigueur, ci-dessous
peer-proposals-queue = attendre toujours une décision
peer-proposals-accept = être acceptées aussitôt, jusqu’à 50 changements et 5 % des fiches par jour, sauf celles des personnes encore nouvelles
peer-proposals-drop = être refusées à l’entrée, sans rien garder
peer-proposals-hold = Règles en vigueur pour ce partenaire :
peer-proposals-too-many = Un jeu de données a déjà deux cents règles : retirez-en une, puis choisissez de nouveau. Rien n’a été changé.
peer-ask = Demander le partenariat
peer-accept = Accepter
peer-refuse = Refuser
peer-copy = Copier les jeux choisis
peer-deliveries = Envois en difficulté
peer-again = Renvoyer maintenant
peer-not-taken = Reçu et refusé
peer-end = Mettre fin
peer-end-how = Les copies d’ici peuvent rester en lecture seule, ou disparaître avec leurs fiches et leur historique.
peer-end-keep = Terminer et garder une copie en lecture seule
peer-end-delete = Terminer et supprimer les copies
peer-done-asked = La demande est partie. L’autre site répondra.
peer-done-accepted = Le partenariat est conclu.
peer-done-refused = La demande est refusée.
peer-done-chosen = C’est enregistré.
peer-done-again = Les envois en attente repartent.
copy-is-starting = La copie commence
copy-is-catching-up = La copie avance
copy-is-current = Copie à jour
copy-is-unreachable = Personne ne répond
copy-is-forked = Deux histoires
copy-needs-upgrade = Une mise à jour est nécessaire
copy-is-full = Limite atteinte
copy-is-otherwise = Autre état
delivery-log = Une modification
delivery-follow = Un abonnement ou un partenariat
delivery-announce = Une annonce
delivery-patch = Une proposition
delivery-other = Un message
delivery-waits = Nouvel essai prévu
delivery-refused = Refusé
delivery-parked = Mis de côté
delivery-dropped = Abandonné
delivery-since = depuis le { $when }
delivery-attempts = { $count ->
    [one] un essai
   *[other] { $shown } essais
}
delivery-status = réponse { $status }
delivery-next = prochain essai le { $when }
peer-keys = Clés changées
peer-keys-lead = Quand un site ou une personne d’ailleurs montre une autre clé qu’avant, ses droits sont suspendus. Appelez son responsable par une autre voie, comparez les empreintes, puis confirmez.
peer-keys-none = Aucune clé n’a changé.
peer-keys-was = Clé connue
peer-keys-is = Clé montrée maintenant
peer-keys-fingerprint = Empreinte que le responsable de { $host } vous a dite
peer-keys-confirm = Confirmer cette clé
peer-keys-confirmed = La nouvelle clé est connue. Les droits sont rétablis.
peer-keys-type = Saisissez l’empreinte que l’on vous a dite.
peer-keys-other = L’empreinte saisie n’est pas celle de la clé montrée. Rien n’est confirmé.
peer-keys-own = Empreinte de notre clé
partners = Chez nos partenaires
partners-lead = Les jeux de données que publient les partenaires de ce site.
partners-search = Chercher un jeu de données ou une fiche
partners-rows = Fiches des copies gardées ici
partners-rows-none = Aucune fiche de ces copies ne contient tous ces mots.
partners-rows-found = { $count ->
    [one] Une fiche.
   *[other] { $shown } fiches.
}
partners-found = { $count ->
    [0] Aucun jeu de données.
    [one] Un jeu de données.
   *[other] { $shown } jeux de données.
}
blocks = Domaines bloqués
blocks-lead = Un blocage vaut pour le domaine et tout ce qui est en dessous. Rien n’en est accepté, rien n’y est envoyé.
blocks-add = Bloquer un domaine
blocks-domain = Domaine, par exemple spam.example
blocks-preview = Voir ce qui serait coupé
blocks-would-cut = Bloquer { $domain } couperait
blocks-cuts-nothing = Rien : ce domaine n’a aucun lien avec ce site.
blocks-cut-peer = le partenariat avec { $host }
blocks-cut-followers = { $count ->
    [one] un abonné de
   *[other] { $shown } abonnés de
}
blocks-cut-follow = l’abonnement de { $actor } à { $object }
blocks-cut-replica = la copie de { $dataset } chez { $host }
blocks-cut-grant = le rôle de { $who } sur { $dataset }, retiré dans l’historique public
blocks-cut-role = ce que { $user } peut décider sur { $dataset }, tant que dure le blocage
blocks-cut-deliveries = { $count ->
    [one] un envoi en attente
   *[other] { $shown } envois en attente
}
blocks-keep-copy = La copie de { $dataset } reste ici, mais n’apprend plus rien de son origine.
blocks-keep-proposals = { $count ->
    [one] Une proposition reste dans la file ; qui l’a envoyée n’en saura rien.
   *[other] { $shown } propositions restent dans la file ; qui les a envoyées n’en saura rien.
}
blocks-reason = Raison, pour l’équipe
blocks-block = Bloquer
blocks-draft = Garder comme brouillon
blocks-apply = Appliquer
blocks-dismiss = Écarter
blocks-drafts = { $count ->
    [0] Brouillons
    [one] Un brouillon attend
   *[other] { $shown } brouillons attendent
}
blocks-drafts-none = Rien n’attend de décision.
blocks-would-block = Bloquer
blocks-would-unblock = Lever le blocage
blocks-proposed-by = Proposé par { $list }
blocks-by-hand = Écrit à la main
blocks-list = Blocages en vigueur
blocks-none = Aucun domaine n’est bloqué.
blocks-since = depuis le { $when }
blocks-remove = Lever le blocage
blocks-lists = Listes d’autres
blocks-lists-how = Une liste ne fait que proposer : chaque domaine devient un brouillon, que vous appliquez ou écartez.
blocks-list-read = lue { $when }
blocks-list-unread = pas encore lue
blocks-list-read-now = Relire maintenant
blocks-list-remove = Retirer la liste
blocks-subscribe = S’abonner à une liste
blocks-list-url = Adresse de la liste
blocks-list-kind = Format
blocks-kind-csv = fichier CSV
blocks-kind-fires = flux FIRES
blocks-list-name = Nom
blocks-import = Lire un fichier CSV
blocks-csv = Contenu du fichier, un domaine par ligne
blocks-blocked = C’est fait.
blocks-drafted = Le brouillon est gardé. Rien n’est coupé.
blocks-removed = Le blocage est levé. Ce qui a été coupé doit être recommencé.
blocks-dismissed = Le brouillon est écarté.
blocks-listed = La liste sera lue dans un instant, puis chaque jour.
blocks-unlisted = La liste est retirée. Les blocages restent.
blocks-imported = Les domaines du fichier attendent comme brouillons.
blocks-no-domain = Ce n’est pas un domaine. Écrivez un nom comme spam.example.
blocks-ourselves = Ce domaine est celui de ce site.
blocks-no-address = L’adresse d’une liste commence par https://
blocks-list-known = Cette liste est déjà là.
blocks-no-list = Ce texte n’est pas une liste de domaines.
blocks-many-lists = Il y a déjà vingt listes. Retirez-en une.
watch-again = Relire cette page
watch-done = Tout est à jour.
