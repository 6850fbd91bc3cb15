# The frame of every page, and words that several pages share.
language-name = English
skip-to-content = Skip to content
main-navigation = Main navigation
language = Language
trail = You are here
datasets = Datasets
dataset = Dataset
moderation = Proposals to review
log-in = Log in
log-out = Log out ({ $name })
footer-about = { $site } publishes this data with Rustine, free software. Anyone can propose a correction, without an account.
back-to-datasets = See the datasets

yes = Yes
no = No
no-value = Not given
erased-value = Erased value
required = (required)
no-choice = No choice
field = Field
before = Before
after = After
changes = Changed values
status = Status
search = Search
filter = Filter
any-value = Any
send = Send
cancel = Cancel
back-to = Back to { $title }

rows-count = { $count ->
    [one] { $shown } row
   *[other] { $shown } rows
}
changes-count = { $count ->
    [one] { $shown } change
   *[other] { $shown } changes
}
updated = Updated { $when }
copy-of = Verified copy from { $origin }
copy-confirmed = Confirmed by its origin on { $when }.
copy-unconfirmed = Not yet confirmed by its origin.
license = Licence:
no-license = No licence: ask before you reuse it

instant = { $day } { $month } { $year } at { $hour }
day = { $day } { $month } { $year }
age-now = just now
age-minutes = { $count ->
    [one] { $shown } minute ago
   *[other] { $shown } minutes ago
}
age-hours = { $count ->
    [one] { $shown } hour ago
   *[other] { $shown } hours ago
}
age-days = { $count ->
    [one] { $shown } day ago
   *[other] { $shown } days ago
}
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

status-pending = To review
status-conflict = In conflict
status-accepted = Accepted
status-amended = Accepted with changes
status-refused = Refused
status-withdrawn = Withdrawn
status-expired = Expired
status-pending-sentence = Your proposal is waiting at { $host }.
status-conflict-sentence = The row has changed in the meantime: this proposal has to be made again.
status-accepted-sentence = Proposal accepted. The row is up to date.
status-amended-sentence = Proposal accepted with changes. The row is up to date.
status-refused-sentence = Proposal refused.
status-withdrawn-sentence = Proposal withdrawn.
status-expired-sentence = Nobody answered in time. The proposal was not applied.

kind-add = Row added
kind-set = Row changed
kind-del = Row removed
kind-propose-add = Row to add
kind-propose-set = Change
kind-propose-del = Remove
role-keeper = by the dataset’s team
role-visitor = by a visitor
role-member = by a member
role-import = by importing a file
role-unknown = author not given
role-at-host = { $role }, from { $host }
