# Catalogue, dataset and row.
catalogue-title = Data from { $site }
catalogue-lead = Read it, reuse it, and correct what is no longer right: no account is needed.
first-run-title = First steps
first-run-heading = Welcome to { $site }
first-run-lead = This node is running and holds no data yet. Here is what comes next.
first-run-import = Publish a first dataset
first-run-import-how = On the server, import your spreadsheet. Its name becomes an address that anyone can follow.
first-run-follow = Or receive a partner’s
first-run-follow-how = You keep a verified copy that stays up to date. The origin keeps the last word.
first-run-moderate = Review proposals
first-run-moderate-how = Anyone can propose a correction without an account. Log in to accept or refuse them.

search-rows = Search for a row
filter-by-field = Filter by field
contains = contains…
apply-filters = Apply filters
rows-found = { $count ->
    [0] No row matches.
    [one] { $shown } row matches.
   *[other] { $shown } rows match.
}
show-all-rows = Show all
add-row = Add a row
nothing-found = Nothing matches. Try fewer words, or remove a filter.
no-rows-yet = This dataset has no rows yet.
rows-of = Rows of { $title }
pages = Pages
first-rows = Back to the beginning
previous-rows = Previous rows
next-rows = Next rows
show-all-columns = Show all columns ({ $shown })
show-main-columns = Show the main columns
dataset-closed = This dataset is closed: it is no longer edited.
reuse-title = Reuse
reuse-how = Download all the rows, always up to date:
reuse-api = Interface for programs
follow-title = Follow
follow-how = From Mastodon or another open network, search for this address and follow it: you will see what changes.
views = Ways to see the rows
view-table = Table
view-cards = Cards

correct-row = Correct this row
report-problem = Report a problem
row-waiting = { $count ->
    [one] { $shown } proposal on this row is waiting for review.
   *[other] { $shown } proposals on this row are waiting for review.
}
history = History
history-hint = What changed, latest first. People are never named.
history-show-values = { $count ->
    [one] See the first value
   *[other] See the { $shown } first values
}
history-erased = Values of this step were erased or are not kept here.
history-older = See older
correct-short = Correct
share-title = Share
share-how = The address of this row does not change. Print the code on a poster: whoever takes a picture of it gets here.
share-code = QR code that leads to this row
