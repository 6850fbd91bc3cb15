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

open-account-subject = Ouvrez votre compte – { $site }
open-account-text = Quelqu'un, sans doute vous, souhaite un compte sur { $site } avec cette adresse.
open-account-button = Choisir un nom et un mot de passe
open-account-otherwise = Si vous n'avez rien demandé, ne faites rien : aucun compte n'est ouvert sans vous.

has-account-subject = Vous avez déjà un compte – { $site }
has-account-text = Quelqu'un, sans doute vous, souhaite un compte sur { $site } avec cette adresse. Il y en a déjà un.
has-account-button = Se connecter
has-account-otherwise = Si vous avez oublié le mot de passe, la page de connexion vous aide. Si vous n'avez rien demandé, ne faites rien.

address-changed-subject = Votre adresse va changer – { $site }
address-changed-text = Quelqu'un qui connaît votre mot de passe demande que votre compte sur { $site } utilise l'adresse { $new }.
address-changed-otherwise = Si ce n'était pas vous, changez de mot de passe maintenant et prévenez l'équipe du site.
