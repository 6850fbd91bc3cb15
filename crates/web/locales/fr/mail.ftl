# Décider depuis un courriel, notifications.
link-decides = Vous décidez au nom de { $name }. Une seule décision est possible avec ce lien.
link-correct = Corriger puis accepter (demande de vous connecter)
link-used = Ce lien a déjà servi : il ne permet qu’une décision.
link-expired = Ce lien a plus de sept jours : il ne permet plus de décider.
link-answered = Quelqu’un a répondu à cette proposition entre-temps : la première décision compte.
link-withdrawn = La personne a retiré sa proposition.
link-changed = La proposition a changé depuis l’envoi du courriel : relisez-la avant de décider.
link-not-allowed = Ce compte ne peut plus décider : le lien ne sert plus.
link-to-review = Voir la proposition dans la file (demande de vous connecter)
notifications = Notifications
notifications-unread = { $count ->
    [one] Notifications ({ $shown } nouvelle)
   *[other] Notifications ({ $shown } nouvelles)
}
notifications-none = Rien pour le moment.
notifications-read = Tout marquer comme lu
notifications-older = Plus anciennes
notification-new = nouveau
notified-to-decide = Une proposition à relire sur « { $title } »
notified-decided = Votre proposition sur « { $title } » a reçu une réponse
notified-expires-soon = Une proposition sur « { $title } » expire bientôt
notified-commented = Un message sur une proposition, « { $title } »
notified-news = Du nouveau de ceux que vous suivez
notification-choices = Choisir mes notifications
kind-to-decide = Propositions à relire
kind-decided = Réponses à mes propositions
kind-expires-soon = Propositions qui expirent bientôt
kind-commented = Messages sur des propositions
kind-news = Nouvelles de ceux que je suis
rhythm-now = un courriel tout de suite
rhythm-daily = un résumé par jour
rhythm-weekly = un résumé par semaine
rhythm-off = pas de courriel
letters-lang = Langue des courriels
choices-save = Enregistrer
choices-done = Vos choix sont enregistrés.
mail-is-off = Ce serveur n’envoie pas de courriels : vous trouverez tout dans vos notifications.
unsubscribe-title = Ne plus recevoir ces courriels
unsubscribe-how = Vous ne recevrez plus de courriels de ce type. Vos notifications restent sur le site.
unsubscribe-button = Ne plus recevoir
unsubscribe-done = C’est fait : vous ne recevrez plus ces courriels. Vous pouvez changer d’avis après vous être connecté.
dev-mails = Courriels de l’essai
dev-mails-how = Avec --dev, les courriels ne partent pas : ils sont écrits dans le dossier de données et montrés ici.
dev-mails-none = Aucun courriel pour le moment.
