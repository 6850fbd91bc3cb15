# Letters about proposals. $title is the dataset, $what the record or how many.
letter-unsubscribe = Stop these messages

row-set = Record “{ $row }”
row-add = New record “{ $row }”
row-del = Record to remove “{ $row }”
row-unnamed = without a name
rows-changed = { $count ->
    [one] { $count } record
   *[other] { $count } records
}
more-rows = { $count ->
    [one] And { $count } more record, to be seen on the page.
   *[other] And { $count } more records, to be seen on the page.
}
no-value = (nothing)
kept-instead = Kept instead: { $value }
left-out = Not kept.

to-decide-subject = To review: { $what } – { $title }
to-decide-text = A proposal on “{ $title }” waits for your decision.
to-decide-button = Review and decide
to-decide-link = This link is for you alone, do not forward it: it allows one decision, once, for seven days, without logging in. Opening it decides nothing.
to-decide-foot = You get this message from { $site } because you may decide on proposals.
from-member = Sent by somebody with an account here.
from-visitor = Sent from here, without an account.
from-member-elsewhere = Sent by somebody of { $host }.
from-visitor-elsewhere = Sent without an account from { $host }.
record-none = No proposal of this sender is known before this one.
record = Before this one: { $applied ->
    [one] { $applied } accepted
   *[other] { $applied } accepted
}, { $refused ->
    [one] { $refused } refused
   *[other] { $refused } refused
}.

collected-subject = { $count ->
    [one] { $count } piece of news – { $site }
   *[other] { $count } pieces of news – { $site }
}
collected-to-decide = { $count ->
    [one] { $count } proposal waits for your decision
   *[other] { $count } proposals wait for your decision
}
collected-line = { $what } – { $title }
collected-more = { $count ->
    [one] And { $count } more, to be seen on the site.
   *[other] And { $count } more, to be seen on the site.
}
collected-decided = Answers to your proposals
collected-button = See everything

accepted-subject = Thank you: your proposal was accepted – { $title }
accepted-text = Thank you! Your proposal on “{ $title }” was accepted. This is what changed thanks to you.
amended-subject = Thank you: your proposal was accepted with changes – { $title }
amended-text = Thank you! Your proposal on “{ $title }” was accepted with changes: what differs stands below each value.
refused-subject = Your proposal was not kept – { $title }
refused-text = Your proposal on “{ $title }” was not kept. Thank you for making it.
expired-subject = Your proposal stayed without an answer – { $title }
expired-text = Nobody decided in time on your proposal on “{ $title }”. You may make it again; our apologies.
answered-button = See the record
answered-foot = You get this message from { $site } because you made this proposal.
answered-foot-once = You get this message from { $site } because you left this address with your proposal. It is erased as this answer is sent.

expires-soon-subject = Expires soon: { $what } – { $title }
expires-soon-text = A proposal on “{ $title }” still waits for your decision. Without an answer it expires in a few days.
written-to-subject = Somebody writes to you about your proposal – { $title }
written-to-text = Somebody who reviews proposals writes to you about yours on “{ $title }”.
written-to-answer = To answer, open the status page whose address you were given when you sent it.
written-to-foot = You get this message from { $site } because you made this proposal.
asked-about-subject = Message about a proposal – { $title }
asked-about-text = The author of a proposal on “{ $title }” writes to you.
asked-about-button = Read and answer
asked-about-foot = You get this message from { $site } because you may decide on proposals.
collected-commented = Messages about proposals
collected-news = From those whom you follow
collected-foot = You get this message from { $site } because you have an account there.

news-subject = News from those whom you follow – { $site }
news-text = This is what those whom you follow have posted.
news-button = Read everything
news-foot = You get this message from { $site } because you follow somebody there.

collected-origins = Where datasets live
origin-moved-subject = “{ $title }” has moved
origin-moved-text = “{ $title }” lives on { $place } now, with its whole history: those in charge signed it. You may follow it there.
origin-silent-subject = No answer any more: “{ $title }”
origin-silent-text = { $place }, where “{ $title }” comes from, has not answered for a day. The copy here stays readable, and proposals are kept until an origin answers.
origin-successor-subject = Somebody offers to go on with “{ $title }”
origin-successor-text = Somebody offers to go on with “{ $title }” under a name of its own. You choose whether you follow it.
origin-button = See where it lives
origin-foot = You get this message from { $site } because you follow this dataset, or because you run this server.
