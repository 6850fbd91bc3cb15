# Courriels à qui fait fonctionner le site ou décide. $about est l’autre site, ou le jeu de données.
peer-asked-subject = { $about } demande un partenariat – { $site }
peer-asked-text = Le site { $about } demande un partenariat. La demande attend votre réponse : la page montre ce qu’il dit de lui-même, ses jeux de données et l’empreinte de sa clé.
peer-asked-button = Lire et répondre
key-changed-subject = { $about } montre une autre clé – { $site }
key-changed-text = Le site { $about } montre une autre clé qu’avant. Ses droits sont suspendus et ce qu’il envoie est refusé, jusqu’à ce que quelqu’un confirme la nouvelle clé. Appelez ses responsables par un autre moyen et comparez les empreintes avant de confirmer.
key-changed-button = Comparer les clés
reported-subject = Un signalement attend – { $about }
reported-text = Quelqu’un a signalé quelque chose dans « { $about } ».
reported-button = Lire les signalements
reported-foot = Vous recevez ce message de { $site } parce que vous décidez des propositions.
upkeep-foot = Vous recevez ce message de { $site } parce que vous faites fonctionner ce site.
collected-upkeep = Ce qui attend aussi
