# Following from here, and reading what changes.
follow = Follow
follow-lead = Paste the address of a dataset, a person or a group of another site. You will read here what changes.
follow-address = Address, for example lieux@hub.example
follow-no-address = An address is written name@site, for example lieux@hub.example.
follow-here = This address is of this site: you find it among the datasets.
follow-nobody = Nobody was found under this address. Check it, or try again later: the other site may be down.
follow-follow = Follow
follow-already = You follow this address already, or have asked to.
follow-followers = { $count ->
    [one] { $shown } follower
   *[other] { $shown } followers
}
follow-list = What you follow
follow-none = Nothing yet.
follow-pending = Asked
follow-accepted = Followed
follow-rejected = Refused
follow-end = Stop following
feed = News
feed-lead = What those whom you follow have posted, for ninety days.
feed-empty = Nothing new.
feed-earlier = Earlier
