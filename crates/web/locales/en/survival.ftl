# An origin that falls silent, moves, or closes.
origin-silent = { $origin }, where this data comes from, has not answered since { $when }.
origin-what-now = What happens now?
origin-title = Where “{ $title }” lives
origin-here = This dataset lives here: proposals are decided here.
origin-lives-at = This data lives on { $origin }. You are reading a verified copy.
origin-silent-means = This copy stays readable and verifiable, as it was last confirmed. Nothing in it changes without the signature of those in charge. Your proposals are kept here and leave as soon as an origin answers.
origin-held = { $count ->
    [one] One proposal made here waits for an answer.
   *[other] { $shown } proposals made here wait for an answer.
}
origin-moved-title = This dataset has moved
origin-moved-how = Those in charge signed it with their recovery key. It is the same dataset, with its whole history; its former addresses still lead here:
origin-follow = Follow it where it lives now
origin-followed = You follow it there.
successors-title = Who goes on with it
successors-none = Nobody, as far as we know, goes on with this dataset.
successors-how = Without the recovery key nobody can take over the identity of this data. Others may go on with it under their own name. Here they are side by side: the choice is yours.
successors-entitled = { $count ->
    [one] One person, in charge by the log, can say which one they prefer.
   *[other] { $shown } people, in charge by the log, can say which one they prefer.
}
successors-nobody-entitled = The log names nobody in charge who could say which one they prefer.
successor-at = on { $host }
successor-chosen = chosen by most of those in charge
successor-from = Taken over at entry { $seq } of the log.
successor-votes = { $count ->
    [0] Nobody in charge has chosen it yet.
    [one] One person in charge has chosen it.
   *[other] { $shown } people in charge have chosen it.
}
successor-here = Read it here
successor-followed = You follow it.
successor-follow = Follow
successor-vote = This is my choice
successor-copy = Keep a copy of it
rehome-title = Give this dataset a home
rehome-dead = If the origin is gone and you hold its recovery key, take the dataset over here, on the server:
rehome-alive = If it still exists and wants to hand it to you, agree; it then hands it over with its own key, which never leaves its hands.
rehome-agree = Agree to give it a home
rehome-agreed = You have agreed to give it a home at { $url }.
rehome-withdraw = Take this agreement back
takeover-here = Or here. The other copies are asked first: nothing is taken over while one of them holds more.
takeover-key-hint = The line of the printed page that begins with rustine-recovery-1. It is not kept, and spent for this dataset afterwards.
takeover-name = Its name here
takeover-name-hint = Leave it empty to keep its name.
takeover-do = Bring this dataset here
takeover-other-key = This is not the recovery key of this dataset.
fork-beside = Make another one beside those listed above
fork-exists = Somebody goes on with it already: see the list above. Tick the box to make another one all the same.
fork-title = Go on without the key
fork-how = A new dataset takes the rows over where this copy ends, and names the one it goes on with. Look at the list above first: joining one that exists is often better.
fork-name = Name of the new dataset
fork-name-hint = 3 to 60 characters: a-z, 0-9 and _
fork-make = Make this successor
origin-name-form = This name does not fit: 3 to 60 characters, a-z, 0-9 and _.
origin-name-taken = This name is taken: choose another.
notified-moved = “{ $title }” has moved.
notified-silent = “{ $title }”: no answer any more from where it lives.
notified-successor = Somebody offers to go on with “{ $title }”.
tracking-held = { $origin } has not answered since { $when }. Your proposal is kept here and will be sent once it is back, or to whoever takes its place.
closing-title = Close this instance
closing-lead = Before you switch the server off, decide what becomes of each dataset: hand it to a partner who has agreed, or archive it.
closing-empty = No dataset is open here any more. Let the server run until your partners have everything; then it can be switched off.
closing-fates = What becomes of each dataset?
closing-rows = { $count ->
    [0] No rows.
    [one] One row.
   *[other] { $shown } rows.
}
closing-no-copies = Nobody keeps a copy: archived, it goes with this server.
closing-leave = Leave it for now
closing-archive = Archive: nothing changes any more, copies keep it
closing-hand-over = Hand it to { $host }
closing-key = Recovery key
closing-key-hint = The line of the printed page that begins with rustine-recovery-1. Needed to hand over; it is not kept.
closing-sure = I know that this cannot be undone.
closing-do = Close these datasets
closing-nothing = Choose what becomes of at least one dataset.
closing-unsure = Tick the box to confirm.
closing-no-key = To hand a dataset over, type the whole line of the recovery key.
closing-archived = archived
closing-handed-over = handed over
closing-left = unchanged
