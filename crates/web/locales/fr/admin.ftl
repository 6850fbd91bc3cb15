# La page d’où partent toutes celles de qui fait fonctionner ce site.
admin = Administration
admin-title = Administration du site
admin-lead = Tout ce qui fait fonctionner ce site, et ce qui attend quelqu’un.
admin-waits = { $count ->
    [one] { $shown } en attente
   *[other] { $shown } en attente
}
admin-others = Avec les autres sites
admin-peers-about = Demander et accepter un partenariat, suivre les copies, choisir qui peut s’adresser à ce site.
admin-keys-about = Confirmer la nouvelle clé d’un autre site avant de lui rendre ses droits.
admin-blocks-about = Bloquer un domaine, relire ce que proposent les listes.
admin-partners-about = Chercher parmi les jeux de données que publient les partenaires.
admin-grants-about = Les relectures que d’autres sites vous confient, et celles que vous demandez.
admin-deciding = Décider
admin-queue-about = Les propositions qui attendent une décision.
admin-comments-about = Les commentaires à montrer ou à écarter.
admin-reports-about = Ce que des personnes ont signalé, ici ou sur un autre site.
admin-here = Ce site
admin-people-about = Les comptes, les invitations, les liens de mot de passe.
admin-closing-about = Confier ou archiver les jeux de données avant de fermer.
admin-mails-about = Les courriels que ce site d’essai aurait envoyés.
admin-datasets = Jeux de données
admin-datasets-none = Aucun jeu de données pour l’instant.
admin-origin = Origine et copies
admin-setup = Réglages en vigueur
admin-setup-how = Ils se changent dans le fichier rustine.toml ; « rustine config dump » les montre tous.
admin-address = Adresse
admin-letters = E-mails
admin-letters-on = ce site en envoie
admin-letters-off = ce site n’en envoie pas
admin-sign-up = Comptes
admin-sign-up-closed = ouverts par commande seulement
admin-sign-up-invitation = sur invitation
admin-sign-up-open = chacun peut en ouvrir un
admin-database = Base de données
admin-tiles = Fond de carte
admin-geocoder = Recherche d’adresses
admin-none = aucun
