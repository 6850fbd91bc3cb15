# The page from which all pages of whoever runs this site are reached.
admin = Administration
admin-title = Running this site
admin-lead = Everything that runs this site, and what waits for somebody.
admin-waits = { $count ->
    [one] { $shown } waiting
   *[other] { $shown } waiting
}
admin-others = With other sites
admin-peers-about = Ask for and accept partnerships, watch copies, choose who may speak to this site.
admin-keys-about = Confirm the new key of another site before it gets its rights back.
admin-blocks-about = Block a domain, read what lists propose.
admin-partners-about = Search the datasets that partners publish.
admin-grants-about = What other sites let you review, and what you ask for.
admin-deciding = Deciding
admin-queue-about = Proposals that wait for a decision.
admin-comments-about = Comments to show or to put aside.
admin-reports-about = What people reported, here or on another site.
admin-here = This site
admin-people-about = Accounts, invitations, links to a new password.
admin-closing-about = Hand datasets over or archive them before you close.
admin-mails-about = The letters that this trial site would have sent.
admin-datasets = Datasets
admin-datasets-none = No dataset so far.
admin-origin = Origin and copies
admin-setup = Settings in force
admin-setup-how = They are changed in the file rustine.toml; “rustine config dump” shows all of them.
admin-address = Address
admin-letters = E-mails
admin-letters-on = this site sends them
admin-letters-off = this site sends none
admin-sign-up = Accounts
admin-sign-up-closed = opened by command only
admin-sign-up-invitation = by invitation
admin-sign-up-open = anybody may open one
admin-database = Database
admin-tiles = Ground of maps
admin-geocoder = Search for addresses
admin-none = none
