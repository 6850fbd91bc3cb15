# Lettres. $site est le nom de l'instance.
letter-foot = Message automatique de { $site }.

confirm-address-subject = Confirmez votre adresse – { $site }
confirm-address-text = Cette adresse a été indiquée pour un compte sur { $site }. Confirmez qu'elle est bien la vôtre.
confirm-address-button = Confirmer mon adresse
confirm-address-otherwise = Si vous n'avez rien demandé, ne faites rien : l'adresse ne sera pas utilisée.

reset-password-subject = Choisir un nouveau mot de passe – { $site }
reset-password-text = Quelqu'un, sans doute vous, a demandé un nouveau mot de passe pour votre compte sur { $site }.
reset-password-button = Choisir un mot de passe
reset-password-otherwise = Si vous n'avez rien demandé, ne faites rien : votre mot de passe reste le même.

invitation-subject = Invitation à ouvrir un compte – { $site }
invitation-text = { $by } vous invite à ouvrir un compte sur { $site }.
invitation-button = Ouvrir mon compte
invitation-otherwise = Si cette invitation n'est pas pour vous, ne faites rien : aucun compte n'est ouvert sans vous.
