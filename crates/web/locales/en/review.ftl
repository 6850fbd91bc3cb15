# What moderators see and do beside the decision itself.
filter-kind = Kind
filter-assignee = Looked after by
filter-age = Waiting
filter-sort = Order
sort-newest = Newest first
sort-oldest = Oldest first
age-week = More than a week
age-month = More than a month
age-expiring = Expire soon
assignee = Looked after by
assignee-me = Me
assignee-none = Nobody
assign-take = I take it
assign-release = I let it go
assign-hand = Hand over to
assign-hand-send = Hand over
beside-title = About this proposal
reported = Reported problem
problem-kind-gone = No longer exists
problem-kind-duplicate = Duplicate
problem-kind-wrong = Does not belong here
problem-kind-charter = Against the charter
problem-kind-other = Another problem
sender-person = Who proposes
sender-instance = Proposals from { $host }
sender-first = This is the first proposal here.
sender-record = { $accepted }, { $refused }; the first came on { $when }.
sender-accepted = { $count ->
    [0] None accepted
   *[other] { $shown } accepted
}
sender-refused = { $count ->
    [0] none refused
   *[other] { $shown } refused
}
expires = Without a decision
expires-on = Expires on { $when }
tracking-expires = If nobody decides by then, it expires on { $when }.
tracking-undone = The people who keep the data have undone this change since.
notes-title = Internal notes
notes-hint = Only the team reads them: they are neither published nor sent to other servers.
note-text = Add a note
note-send = Keep the note
note-nobody = Account removed
problem-note-empty = The note is empty. Write it, then keep it.
review-next = Here is the next one.
review-walk = Other proposals
review-previous = Previous proposal
review-following = Next proposal
undo = Undo this change…
undo-why = Why undo it?
undo-hint = This text stays with the change and everybody can read it: no personal data.
undo-send = Restore what stood before
undo-undoes = This proposal undoes another one.
undo-undone = This change was undone later.
problem-undo-changed = These values changed again since. Correct the record instead.
problem-undo-gone = What stood before is no longer held here, so it cannot be restored.
problem-undo-already = This change was undone already.
problem-undo-not-applied = This proposal changed nothing here, so there is nothing to undo.
shift-sentence = The position moves { $distance } to { $direction }.
shift-metres = { $count } m
shift-kilometres = { $count } km
number-decimal = { $whole }.{ $rest }
compass-n = the north
compass-ne = the north-east
compass-e = the east
compass-se = the south-east
compass-s = the south
compass-sw = the south-west
compass-w = the west
compass-nw = the north-west
bursts-title = Came all at once
burst-line = { $count } – { $title }
burst-title = Proposals that came all at once
burst-lead = { $title }: { $count }
burst-how = So many came in so little time that they are set aside, so as not to drown the others. Look at some of them, then decide for all.
burst-accept = { $count ->
    [one] Accept this proposal
   *[other] Accept the first { $shown }
}
burst-refuse = Refuse together…
burst-refuse-send = { $count ->
    [one] Refuse this proposal
   *[other] Refuse the first { $shown }
}
burst-refused = { $count ->
    [one] { $shown } proposal refused.
   *[other] { $shown } proposals refused.
}
burst-first = The first ones
burst-part = This proposal came with many others and was set aside.
burst-open = Decide for all
burst-release = Put it back into the queue
elsewhere-title = Waiting elsewhere
elsewhere-how = Our proposals on the data of other sites: they are decided there.
keys-title = Keyboard shortcuts
keys-next = Next proposal
keys-previous = Previous proposal
keys-accept = Accept
keys-refuse = Refuse, then choose a reason
keys-help = Show or hide this help
keys-off = Turn shortcuts off
keys-on = Turn shortcuts on
reason-refuse-absent = This place or activity does not exist.
reason-refuse-charter = This proposal is against our charter.
reason-refuse-other = Another reason (write it below)

# What instances write by themselves into their answers.
void-no-grant = this person has no role on this dataset.
void-revoked = the role of this person was taken back or is suspended.
void-blocked = the site of this person is blocked.
void-expired = the role of this person has ended.
void-other-key = it is not signed with the key that the role names.
void-old-version = it is about another version of the proposal.
void-own = this person made the proposal herself.
void-before = it is from before the role of this person was taken back.
answer-shut = This dataset takes no more proposals.
answer-dropped = Those who keep this dataset take no such proposals from this site.
answer-changed = Values have changed since: look at them, then propose again.
answer-full-actor = Too many proposals of this account are waiting already. Try again when some were answered.
answer-full-visitor = Too many proposals from this network are waiting already. Try again when some were answered.
answer-full-instance = Too many proposals of this site are waiting already. Try again when some were answered.
answer-full-dataset = Too many proposals on this dataset are waiting already. Try again when some were answered.
