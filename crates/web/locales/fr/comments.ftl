# Comments on rows and proposals.
comments-title = Commentaires à relire
comments-lead = Ce que des personnes ont écrit sur nos fiches, ici ou depuis d’autres serveurs. Rien n’est montré avant votre accord ; une fois un commentaire montré, les suivants de la même personne le sont aussitôt.
comments-none = Aucun commentaire n’attend.
comments-waiting = { $count ->
    [one] { $shown } commentaire à relire
   *[other] { $shown } commentaires à relire
}
comment-show = Montrer
comment-hide = Écarter
comment-moderator = L’équipe
comment-member = Une personne d’ici
comment-contributor = La personne qui propose
comment-elsewhere = Une personne sur { $host }
comment-text = Votre message
comment-send = Envoyer le message
comment-title = Commenter une fiche
comment-heading = Commenter « { $title } »
comment-add = Commenter cette fiche
comment-hint-public = Il est montré à tous aussitôt.
comment-hint-held = Il est montré à tous après relecture par l’équipe.
comment-hint-team = Seules l’équipe et vous le lisez.
comment-hint-contributor = La personne qui propose le lit sur son lien de suivi.
comments-heading = Commentaires
comment-held = Merci ! Votre commentaire sera montré après relecture.
talk-title = Échange avec l’équipe
talk-title-moderator = Échange avec la personne qui propose
problem-comment-empty = Le message est vide. Écrivez-le, puis envoyez.
problem-comment-full = Trop de messages attendent une réponse. Réessayez quand l’équipe en aura lu.
# The page of components, with --dev.
components-title = Composants
components-lead = Toutes les pièces dont les pages sont faites, pour qui y travaille. Cette page n’existe que sur un nœud d’essai.
components-buttons = Boutons et liens
components-notices = États et messages
components-forms = Formulaires
