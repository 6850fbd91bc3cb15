# Log-in, queue and review.
login-lead = This entrance is for the team. To propose a correction, no account is needed.
login-name = Account name
login-password = Password
login-failed = Wrong account name or password. Check both, then try again.
moderation-heading = Proposals to review
moderation-count = { $count ->
    [0] No proposals.
    [one] { $shown } proposal.
   *[other] { $shown } proposals.
}
moderation-oldest = The oldest came { $age }.
moderation-empty = Everything is reviewed. Thank you!
moderation-none-match = No proposal matches. Change or remove a filter.
moderation-next = Next proposals
proposal = Proposal
came-from = Came from
from-here = Here
waiting-since = Received
filter-dataset = Dataset
filter-origin = Came from
filter-status = Status
open-statuses = To review or in conflict
headline-row = { $title }: { $changes }
headline-summary = { $row } – { $summary }
review-title = Review a proposal
review-heading = Proposal for “{ $title }”
proposed-here = Proposed here
proposed-at = Proposed from { $host }
sent-by = Sent by { $name } (seen by the team only)
review-conflict-how = The current value is no longer the one that the person saw. Correct the proposal or refuse it with an explanation.
what-changes = What changes
your-decision = Your decision
accept = Accept
refuse = Refuse…
refuse-why = Why refuse it?
refuse-text = Your explanation
refuse-hint = It is sent to the person who proposed. No personal data.
refuse-send = Refuse the proposal
amend = Correct, then accept…
amend-hint = Change the proposed values, or tick what you leave out. The rest is accepted with your corrections.
leave-out-set = Leave out: { $about }
leave-out-add = Leave out: do not add this row
leave-out-del = Leave out: do not delete this row
amend-send = Accept with my corrections
decided-elsewhere = The decision belongs to { $host }: it will appear here.
problem-all-left-out = Everything is left out. Keep at least one change, or refuse the proposal with a reason.
alike-groups = To decide together
alike-count = { $count ->
    [one] { $shown } similar proposal
   *[other] { $shown } similar proposals
}
alike-group = { $count } – { $what }
alike-what = { $title }: { $acts }
alike-title = Similar proposals
alike-how = They come from the same sender and change the same fields. Untick those that you want to review apart.
alike-choose = Accept: { $headline }
alike-accept = { $count ->
    [one] Accept the ticked proposal
   *[other] Accept the ticked proposals
}
alike-more = { $count ->
    [one] { $shown } more waits: it comes after these.
   *[other] { $shown } more wait: they come after these.
}
alike-accepted = { $count ->
    [0] No proposal was accepted.
    [one] { $shown } proposal accepted.
   *[other] { $shown } proposals accepted.
}
alike-left = { $count ->
    [one] { $shown } needs a review of its own: its data changed, or it no longer fits.
   *[other] { $shown } need a review of their own: their data changed, or they no longer fit.
}
problem-none-chosen = No proposal is ticked. Tick those that you accept.
problem-reason = Give a reason: choose one or write it.
reason-refuse-source = We could not verify this information.
reason-refuse-wrong = The current value is the right one.
reason-refuse-duplicate = This correction or this row exists already.
reason-refuse-scope = This row does not belong in this dataset.
moderation-beside = Beside the queue
moderation-votes = Votes on “{ $title }”
