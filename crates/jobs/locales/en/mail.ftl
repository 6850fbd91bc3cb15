# Letters. $site is the name of the instance.
letter-foot = Automatic message from { $site }.

confirm-address-subject = Confirm your address – { $site }
confirm-address-text = This address was given for an account on { $site }. Please confirm that it is yours.
confirm-address-button = Confirm my address
confirm-address-otherwise = If you asked for nothing, do nothing: the address will not be used.

reset-password-subject = Choose a new password – { $site }
reset-password-text = Somebody, probably you, asked for a new password for your account on { $site }.
reset-password-button = Choose a password
reset-password-otherwise = If you asked for nothing, do nothing: your password stays the same.

invitation-subject = Invitation to open an account – { $site }
invitation-text = { $by } invites you to open an account on { $site }.
invitation-button = Open my account
invitation-otherwise = If this invitation is not for you, do nothing: no account is opened without you.

open-account-subject = Open your account – { $site }
open-account-text = Somebody, probably you, would like an account on { $site } with this address.
open-account-button = Choose a name and a password
open-account-otherwise = If you did not ask for this, do nothing: no account is opened without you.

has-account-subject = You have an account already – { $site }
has-account-text = Somebody, probably you, would like an account on { $site } with this address. There is one already.
has-account-button = Log in
has-account-otherwise = If you have forgotten the password, the log-in page helps you. If you did not ask for this, do nothing.

address-changed-subject = Your address is to be changed – { $site }
address-changed-text = Somebody who knows your password asks that your account on { $site } use the address { $new }.
address-changed-otherwise = If that was not you, change your password now, and tell the people who run the site.
