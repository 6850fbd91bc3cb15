# Partners, blocked domains, keys: pages of whoever runs this site.
peers = Partners
peers-lead = A partnership joins two sites: each announces its datasets to the other, keeps copies and carries proposals. It gives no right to decide.
peers-add = Ask for a partnership
peers-host = Address of the other site, for example hub.example
peers-look = Look
peers-list = Partnerships and requests
peers-none = None so far.
peers-mode = Who may speak to this site
peers-mode-who = May speak to this site
peers-mode-open = every site but blocked domains
peers-mode-allow-list = partners; others may ask to become one
peers-mode-silent = partners only; nobody can ask
peers-mode-choose = Choose
peers-mode-chosen = Chosen, and in force already.
peers-removed = The partnership has ended.
peers-changed-keys = { $count ->
    [one] An actor of another site shows another key than before. Its rights are suspended.
   *[other] { $shown } actors of other sites show another key than before. Their rights are suspended.
}
peers-no-host = An address is written hub.example, without a path.
peers-ourselves = This is the address of this site.
peers-blocked = This domain is blocked here. Take the block back first.
peers-not-rustine = This site does not run Rustine: its accounts can be followed, but it cannot be a partner.
peers-key-changed = This site shows another key than the one we know it by. Compare the fingerprints before you go on.
peers-silent = This site does not answer: { $why }
peer-asked = Asked, waiting for an answer
peer-asking = Asks for a partnership
peer-accepted = Partner
peer-refused = Refused
peer-removed = Ended
peer-suspended = Rights suspended
peer-suspended-how = This site shows another key than the one we know it by. Everything it sends is refused until somebody confirms the new key.
peer-heard = heard { $when }
peer-never-heard = never heard
peer-behind = { $count ->
    [one] one copy behind
   *[other] { $shown } copies behind
}
peer-failed = { $count ->
    [one] one delivery in trouble
   *[other] { $shown } deliveries in trouble
}
peer-silence = The last time, this site said nothing about itself:
peer-about = What this site says about itself
peer-software = Software
peer-unsaid = not said
peer-key = Fingerprint of its key
peer-last-heard = Heard
peer-last-reached = Reached
peer-last-looked = Asked
peer-never = never
peer-no-charter = This site has written no charter.
peer-left-out = { $count ->
    [one] One line of its list is not its own or cannot be read; it is left out.
   *[other] { $shown } lines of its list are not its own or cannot be read; they are left out.
}
peer-theirs = Its datasets
peer-theirs-none = No dataset published.
peer-copy-this = Copy here: { $title }
peer-wished = Copy asked for
peer-progress = Progress of the copy of { $title }
peer-entries = { $have } of { $all } entries of the log
peer-entries-have = { $count ->
    [one] { $shown } entry of the log
   *[other] { $shown } entries of the log
}
peer-entries-unsaid = nobody knows yet how far the copy is
peer-confirmed = confirmed by the origin { $when }
peer-looked = asked { $when }
peer-digest = digest
peer-same = Equal
peer-not-same = Different
peer-not-compared = Not compared yet
peer-lag = { $count ->
    [one] one entry behind
   *[other] { $shown } entries behind
}
peer-ours = Its copies of our datasets
peer-ours-none = This site copies none of our datasets.
peer-groups = Groups
peer-groups-how = Names separated by commas, for example neighbours. Rules of a dataset may name a group.
peer-groups-wrong = The name of a group has letters without accents, digits, - and _ only; ten groups at most.
peer-groups-known = Groups in use: { $names }.
peer-groups-save = Save these choices
peer-proposals = What its proposals may do
peer-proposals-how = The choice becomes a rule of each dataset of this site; the page of rules refines it, field by field.
peer-proposals-rules = follow the rules of each dataset; without a rule, each waits for a decision
peer-proposals-stay = keep the rules in force, below
peer-proposals-queue = always wait for a decision
peer-proposals-accept = be accepted at once, up to 50 changes and 5 % of the rows a day, except those of people who are still new
peer-proposals-drop = be refused at the door, keeping nothing
peer-proposals-hold = Rules in force for this partner:
peer-proposals-too-many = A dataset has two hundred rules already: remove one, then choose again. Nothing was changed.
peer-ask = Ask for the partnership
peer-accept = Accept
peer-refuse = Refuse
peer-copy = Copy the chosen datasets
peer-deliveries = Deliveries in trouble
peer-again = Send again now
peer-not-taken = Received and refused
peer-end = End it
peer-end-how = The copies here may stay, to be read only, or go with their records and their history.
peer-end-keep = End it and keep a read-only copy
peer-end-delete = End it and delete the copies
peer-done-asked = The request is on its way. The other site will answer.
peer-done-accepted = The partnership is agreed.
peer-done-refused = The request is refused.
peer-done-chosen = Saved.
peer-done-again = What waited is being sent again.
copy-is-starting = The copy begins
copy-is-catching-up = The copy goes on
copy-is-current = Copy up to date
copy-is-unreachable = Nobody answers
copy-is-forked = Two histories
copy-needs-upgrade = An upgrade is needed
copy-is-full = Limit reached
copy-is-otherwise = Another state
delivery-log = A change
delivery-follow = A follow or a partnership
delivery-announce = An announcement
delivery-patch = A proposal
delivery-other = A message
delivery-waits = Will be tried again
delivery-refused = Refused
delivery-parked = Set aside
delivery-dropped = Given up
delivery-since = since { $when }
delivery-attempts = { $count ->
    [one] one attempt
   *[other] { $shown } attempts
}
delivery-status = answer { $status }
delivery-next = next attempt { $when }
peer-keys = Changed keys
peer-keys-lead = When a site or a person elsewhere shows another key than before, its rights are suspended. Call its operator by another way, compare the fingerprints, then confirm.
peer-keys-none = No key has changed.
peer-keys-was = Known key
peer-keys-is = Key shown now
peer-keys-fingerprint = Fingerprint that the operator of { $host } told you
peer-keys-confirm = Confirm this key
peer-keys-confirmed = The new key is known. The rights are restored.
peer-keys-type = Type the fingerprint that you were told.
peer-keys-other = The fingerprint you typed is not that of the key shown. Nothing is confirmed.
peer-keys-own = Fingerprint of our key
partners = At our partners
partners-lead = The datasets that the partners of this site publish.
partners-search = Search for a dataset or a row
partners-rows = Rows of the copies kept here
partners-rows-none = No row of these copies holds all of these words.
partners-rows-found = { $count ->
    [one] One row.
   *[other] { $shown } rows.
}
partners-found = { $count ->
    [0] No dataset.
    [one] One dataset.
   *[other] { $shown } datasets.
}
blocks = Blocked domains
blocks-lead = A block covers the domain and everything under it. Nothing is taken from there, nothing is sent there.
blocks-add = Block a domain
blocks-domain = Domain, for example spam.example
blocks-preview = See what would be cut
blocks-would-cut = A block of { $domain } would cut
blocks-cuts-nothing = Nothing: this domain has nothing to do with this site.
blocks-cut-peer = the partnership with { $host }
blocks-cut-followers = { $count ->
    [one] one follower of
   *[other] { $shown } followers of
}
blocks-cut-follow = the follow of { $object } by { $actor }
blocks-cut-replica = the copy of { $dataset } at { $host }
blocks-cut-grant = the role of { $who } on { $dataset }, taken back in the public history
blocks-cut-role = what { $user } may decide on { $dataset }, as long as the block stands
blocks-cut-deliveries = { $count ->
    [one] one delivery that waits
   *[other] { $shown } deliveries that wait
}
blocks-keep-copy = The copy of { $dataset } stays here, but hears no more from its origin.
blocks-keep-proposals = { $count ->
    [one] One proposal stays in the queue; whoever sent it hears nothing.
   *[other] { $shown } proposals stay in the queue; whoever sent them hears nothing.
}
blocks-reason = Reason, for the team
blocks-block = Block
blocks-draft = Save as a draft
blocks-apply = Apply
blocks-dismiss = Dismiss
blocks-drafts = { $count ->
    [0] Drafts
    [one] One draft waits
   *[other] { $shown } drafts wait
}
blocks-drafts-none = Nothing waits for a decision.
blocks-would-block = Block
blocks-would-unblock = End the block
blocks-proposed-by = Proposed by { $list }
blocks-by-hand = Written by hand
blocks-list = Blocks in force
blocks-none = No domain is blocked.
blocks-since = since { $when }
blocks-remove = End the block
blocks-lists = Lists of others
blocks-lists-how = A list proposes and never acts: each domain becomes a draft that you apply or dismiss.
blocks-list-read = read { $when }
blocks-list-unread = not read yet
blocks-list-read-now = Read it now
blocks-list-remove = Remove the list
blocks-subscribe = Subscribe to a list
blocks-list-url = Address of the list
blocks-list-kind = Format
blocks-kind-csv = CSV file
blocks-kind-fires = FIRES feed
blocks-list-name = Name
blocks-import = Read a CSV file
blocks-csv = Content of the file, one domain in each line
blocks-blocked = Done.
blocks-drafted = The draft is kept. Nothing is cut.
blocks-removed = The block has ended. What was cut has to be begun anew.
blocks-dismissed = The draft is dismissed.
blocks-listed = The list will be read in a moment, and every day from then on.
blocks-unlisted = The list is removed. Blocks stay.
blocks-imported = The domains of the file wait as drafts.
blocks-no-domain = This is no domain. Write a name like spam.example.
blocks-ourselves = This domain is that of this site.
blocks-no-address = The address of a list begins with https://
blocks-list-known = This list is there already.
blocks-no-list = This text is no list of domains.
blocks-many-lists = There are twenty lists already. Remove one.
watch-again = Load this page again
watch-done = Everything is up to date.
