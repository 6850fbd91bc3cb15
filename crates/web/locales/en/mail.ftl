# Deciding from a letter, notifications.
link-decides = You decide in the name of { $name }. This link allows one decision only.
link-correct = Correct, then accept (needs a log-in)
link-used = This link was used already: it allows one decision only.
link-expired = This link is more than seven days old: it does not decide any more.
link-answered = Somebody answered this proposal meanwhile: the first decision counts.
link-withdrawn = The person took the proposal back.
link-changed = The proposal changed since the letter was sent: read it again before you decide.
link-not-allowed = This account may not decide any more: the link is of no use.
link-to-review = See the proposal in the queue (needs a log-in)
notifications = Notifications
notifications-unread = { $count ->
    [one] Notifications ({ $shown } new)
   *[other] Notifications ({ $shown } new)
}
notifications-none = Nothing for now.
notifications-read = Mark all as read
notifications-older = Older
notification-new = new
notified-to-decide = A proposal to review on “{ $title }”
notified-decided = Your proposal on “{ $title }” was answered
notified-expires-soon = A proposal on “{ $title }” expires soon
notified-commented = A message about a proposal, “{ $title }”
notified-news = News from those whom you follow
notification-choices = Choose my notifications
kind-to-decide = Proposals to review
kind-decided = Answers to my proposals
kind-expires-soon = Proposals that expire soon
kind-commented = Messages about proposals
kind-news = News from those whom I follow
rhythm-now = a letter at once
rhythm-daily = one summary a day
rhythm-weekly = one summary a week
rhythm-off = no letter
letters-lang = Language of letters
choices-save = Save
choices-done = Your choices are saved.
mail-is-off = This server sends no letters: you find everything in your notifications.
unsubscribe-title = Stop these letters
unsubscribe-how = You will get no more letters of this kind. Your notifications stay on the site.
unsubscribe-button = Stop them
unsubscribe-done = Done: you get no more of these letters. You may change your mind after logging in.
dev-mails = Letters of the trial
dev-mails-how = With --dev, letters do not leave: they are written into the data folder and shown here.
dev-mails-none = No letter for now.
