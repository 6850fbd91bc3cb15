# Maps, counts and how well a dataset is kept.
view-map = Map
active-filters = Active filters
remove-filter = Remove the filter
chip = { $title }: { $value }
chip-words = “{ $words }”
refine = Refine by values
show-counts = Refine by values, with their number of rows

answered-within = Proposals are usually answered within { $time }
oldest-waiting = Oldest proposal waiting: { $when }
stale-since = Perhaps out of date: last change { $when }
span-minutes = { $count ->
    [one] { $shown } minute
   *[other] { $shown } minutes
}
span-hours = { $count ->
    [one] { $shown } hour
   *[other] { $shown } hours
}
span-days = { $count ->
    [one] { $shown } day
   *[other] { $shown } days
}
followers = { $count ->
    [0] Nobody follows this dataset yet.
    [one] { $shown } account follows this dataset.
   *[other] { $shown } accounts follow this dataset.
}
copies-at = Verified copies, readable even while this site is down:
original-at = The original is kept by its owner:
more-copies = { $count ->
    [one] and { $shown } other
   *[other] and { $shown } others
}

map-name = Map of the rows
map-list = Rows on the map
map-skip = Skip the map, go to the list
map-source = The ground of the map comes from a third party, { $host }: your browser asks it for pictures of the area shown. { $attribution }
map-unplaced = { $count ->
    [one] { $shown } row has no position and is not on the map.
   *[other] { $shown } rows have no position and are not on the map.
}
map-see-table = See them in the table
map-group = { $count ->
    [one] { $shown } row: zoom in
   *[other] { $shown } rows: zoom in
}
map-nothing-here = No row in this area.
map-no-places = No row has a position.
map-all = The whole map
map-in = Zoom in
map-out = Zoom out
map-north = North
map-south = South
map-west = West
map-east = East

place-legend = Where is it?
place-address = Search for an address
place-address-hint = Number, street and town. This site asks for you: your network address is not passed on.
place-find = Search for the address
place-candidates = Places found: which one is it?
place-none = None of these
place-too-short = Write three letters at least.
place-too-often = Too many searches for addresses in a short time. Try again in some minutes, or write latitude and longitude.
place-not-found = No place has this address. Try with fewer details.
place-unreachable = The search for addresses does not answer. The rest of the form works.
place-open-map = Choose on the map
place-map = Map to choose the place
place-map-hint = Tap the map, or move the mark. With the keyboard: the arrows move the map, + and − zoom, then put the mark in the middle.
place-centre = Put the mark in the middle of the map
place-marker = The place
place-placed = Mark put at:
