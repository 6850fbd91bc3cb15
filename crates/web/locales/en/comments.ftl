# Comments on rows and proposals.
comments-title = Comments to read
comments-lead = What people wrote about our records, here or on other servers. Nothing is shown before you agree; once a comment was shown, the next ones of the same person are shown at once.
comments-none = No comment is waiting.
comments-waiting = { $count ->
    [one] { $shown } comment to read
   *[other] { $shown } comments to read
}
comment-show = Show
comment-hide = Put away
comment-moderator = The team
comment-member = Somebody here
comment-contributor = Who proposes
comment-elsewhere = Somebody on { $host }
comment-text = Your message
comment-send = Send the message
comment-title = Comment on a record
comment-heading = Comment on “{ $title }”
comment-add = Comment on this record
comment-hint-public = Everybody sees it at once.
comment-hint-held = Everybody sees it once the team has read it.
comment-hint-team = Only the team and you read it.
comment-hint-contributor = Who proposes reads it on the tracking link.
comments-heading = Comments
comment-held = Thank you! Your comment will be shown once it has been read.
talk-title = Talk with the team
talk-title-moderator = Talk with who proposes
problem-comment-empty = The message is empty. Write it, then send.
problem-comment-full = Too many messages wait for an answer. Try again when the team has read some.
# The page of components, with --dev.
components-title = Components
components-lead = Every part that pages are made of, for people who work on them. This page only exists on a trial node.
components-buttons = Buttons and links
components-notices = States and messages
components-forms = Forms
