# Rules, votes, reports, moderation log.
rules-title = Rules
rules-heading = Rules of “{ $title }”
rules-lead = What happens to a proposal before anybody looks at it. What no rule speaks of waits for a decision.
rules-none = There is no rule yet: everything waits for a decision.
rules-caption = Rules in force
rules-number = Number
rules-field = Field
rules-sender = Who proposes
rules-outcome = What happens
rules-ceiling = Ceiling a day
rules-sentence = In one sentence
rules-everything = all fields, adding and removing rows included
rules-accept = accept at once
rules-queue = let wait
rules-drop = drop
rules-ceiling-short = { $ops } changes, { $percent } % of the rows
rules-dropped = { $count ->
    [one] One proposal dropped in 30 days.
   *[other] { $shown } proposals dropped in 30 days.
}
rules-remove = Remove the rule
rules-order = The most precise rule counts: one for a field before one for all, one for a partner before one for its group, a role or everybody. A proposal that touches several fields follows the strictest.
rules-new = New rule
rules-ops = Changes accepted per day and instance
rules-percent = Rows touched per day and instance, in percent
rules-ceiling-hint = Only for what is accepted at once; the rest waits.
rules-try = Try
rules-add = Add the rule
rules-preview = What would have happened to the proposals of the last 30 days
rules-trying = A trial, nothing is saved: { $sentence }
rules-preview-caption = The last proposals
rules-would-accept = { $count ->
    [one] One would have been accepted at once.
   *[other] { $shown } would have been accepted at once.
}
rules-would-wait = { $count ->
    [one] One would have waited.
   *[other] { $shown } would have waited.
}
rules-would-drop = { $count ->
    [one] One would have been dropped.
   *[other] { $shown } would have been dropped.
}
rules-when = Arrived
rules-host = From
rules-would = What would have happened
rules-was = What happened
rules-fate-accept = accepted by rule { $rule }
rules-fate-accept-tried = accepted by the rule on trial
rules-fate-drop = dropped by rule { $rule }
rules-fate-drop-tried = dropped by the rule on trial
rules-fate-none = waits: no rule speaks of all that it touches
rules-fate-queue = waits by rule { $rule }
rules-fate-queue-tried = waits by the rule on trial
rules-fate-quarantine = waits: its sender is still new (rule { $rule })
rules-fate-quarantine-tried = waits: its sender is still new
rules-fate-ceiling = waits: the day’s ceiling is reached (rule { $rule })
rules-fate-ceiling-tried = waits: the day’s ceiling is reached
rules-was-pending = waits
rules-was-conflict = in conflict
rules-was-accepted = accepted
rules-was-amended = accepted with corrections
rules-was-refused = refused
rules-was-withdrawn = taken back
rules-was-expired = expired
rules-from-anyone = everybody
rules-from-visitors = people without an account
rules-from-accounts = accounts of this instance
rules-from-peers = all partners
rules-from-strangers = instances that are no partners
rules-from-write = people who review this dataset
rules-from-maintain = people who maintain this dataset
rules-from-group = the group “{ $group }”
rules-from-peer = the partner { $host }
rules-says-accept-field = What is proposed by { $who } for “{ $field }” is accepted at once, up to { $ops } changes and { $percent } % of the rows per day and instance; the rest waits.
rules-says-queue-field = What is proposed by { $who } for “{ $field }” waits for a decision.
rules-says-drop-field = What is proposed by { $who } for “{ $field }” is dropped; nothing of it is kept.
rules-says-accept = Everything that is proposed by { $who } is accepted at once, up to { $ops } changes and { $percent } % of the rows per day and instance; the rest waits.
rules-says-queue = Everything that is proposed by { $who } waits for a decision.
rules-says-drop = Everything that is proposed by { $who } is dropped; nothing of it is kept.
rules-beside = Beside the rules
rules-quarantine = Proposals that a person must have accepted before rules accept
rules-quarantine-hint = Whoever is new always waits. 0: nobody is new.
rules-per-actor = Proposals of one account that may wait
rules-per-instance = Proposals of one instance that may wait
rules-quota-hint = Empty: as everywhere on this instance. Never more than there.
rules-votes = Validation by votes
rules-votes-hint = People who have an account here see the proposals that wait, and vote. Off by default.
rules-votes-on = Let people vote
rules-votes-for = Votes in favour
rules-votes-against = Votes against, at most
rules-votes-days = Days of waiting, at least
rules-votes-force = Votes in favour that accept at once
rules-save = Save
rules-problem-form = This rule is not complete: choose who proposes and what happens.
rules-problem-exists = There is a rule for this field and these people: remove it first.
rules-problem-many = There are too many rules: remove one first.
rules-problem-field = This dataset has no such field.
rules-problem-number = Write a number between { $least } and { $most }.

votes-title = Votes
votes-lead = Say what you think of the proposals that wait.
votes-how = { $needed } votes in favour accept a proposal that has waited { $days } days.
votes-force = { $force } accept it at once. Beyond { $against } votes against, a person decides.
votes-none = No proposal waits.
votes-no-value = (empty)
votes-agree = { $count ->
    [one] One vote in favour.
   *[other] { $shown } votes in favour.
}
votes-disagree = { $count ->
    [one] One vote against.
   *[other] { $shown } votes against.
}
votes-said-yes = You are in favour.
votes-said-no = You are against.
votes-own = This proposal is yours: others decide on it.
votes-yes = In favour
votes-no = Against

report-title = Report
report-heading = Report “{ $title }”
report-lead = A report changes nothing by itself: the people who decide read it.
report-goes-to-origin = This data comes from { $origin }: your report is passed on there, without your name.
report-why = What is wrong?
report-kind-gone = Does not exist, or no more
report-kind-duplicate = Stands there twice
report-kind-wrong = Is wrong
report-kind-charter = Is against the charter
report-kind-other = Something else
report-text = In a few words
report-text-hint = Read by the people who decide, never published. Write nothing personal.
report-send = Report
report-sent = Thank you, the people who decide have been told.
report-problem-why = Choose what is wrong.
report-problem-text = Write what is wrong.
report-problem-full = Too many reports are waiting: come back when some were read.
report-here = Report without proposing anything

reports-title = Reports
reports-lead = What people reported. Nothing was changed.
reports-none = No report waits.
reports-through = Through { $host }, { $when }.
reports-of-origin = dataset of { $origin }
reports-handled = Done
reports-dismissed = Nothing to do

modlog-title = Moderation log
modlog-heading = Moderation log of “{ $title }”
modlog-lead = What was decided, in which role and from which instance. Nobody is named.
modlog-lines = Signed lines
modlog-copy = Verified copy of the log of { $origin }.
modlog-answered = Last answer: { $when }.
modlog-problem = What follows is not taken:
modlog-none = Nothing was decided yet.
modlog-older = Older
modlog-entry = entry { $seq }
modlog-policy-hash = policy { $hash }
modlog-by = { $role }, { $instance }
modlog-by-maintain = a person who maintains the dataset
modlog-by-write = a person who reviews
modlog-by-quorum = several reviews
modlog-by-rule = a rule
modlog-by-citizens = votes
modlog-by-proposer = whoever proposed
modlog-by-operator = the operator
modlog-by-clock = time that passed
modlog-accepted = Proposal from { $instance } accepted
modlog-amended = Proposal from { $instance } accepted with corrections
modlog-refused = Proposal from { $instance } refused
modlog-dropped = Proposals from { $instance } dropped
modlog-undone = Accepted proposal undone
modlog-withdrawn = Proposal taken back
modlog-expired = { $count ->
    [one] One proposal expired
   *[other] { $count } proposals expired
}
modlog-granted = Role given to a person of { $instance }: { $about }
modlog-revoked = Role of a person of { $instance } ended ({ $reason }): { $about }
modlog-suspended = Role of a person of { $instance } suspended: { $about }
modlog-policy = Number of reviews needed changed
modlog-rules = { $count ->
    [0] Rules changed: none in force
    [one] Rules changed: one in force
   *[other] Rules changed: { $count } in force
}
modlog-report = Report through { $instance } ({ $reason }): { $about }
modlog-redacted = { $count ->
    [one] One value erased
   *[other] { $count } values erased
}
modlog-moved = Dataset moved to { $instance }
modlog-closed = Dataset closed: { $about }
modlog-succeeded = Goes on from a dataset of { $instance }
modlog-other = Another action ({ $action })
modlog-about-write = to review
modlog-about-maintain = to maintain
modlog-about-handled = done
modlog-about-dismissed = nothing to do
modlog-about-kept = values kept
modlog-about-erased = values erased
modlog-reason-revoked = taken back
modlog-reason-expired = over
modlog-reason-suspended = suspended
modlog-reason-gone = does not exist any more
modlog-reason-duplicate = twice
modlog-reason-wrong = wrong
modlog-reason-charter = against the charter
modlog-reason-other = something else
