# Letters to those who run the site or decide. $about is the other site, or the dataset.
peer-asked-subject = { $about } asks for a partnership – { $site }
peer-asked-text = The site { $about } asks for a partnership. The request waits for your answer: the page shows what it says about itself, its datasets and the fingerprint of its key.
peer-asked-button = Read and answer
key-changed-subject = { $about } shows another key – { $site }
key-changed-text = The site { $about } shows another key than before. Its rights are suspended and what it sends is refused until somebody confirms the new key. Call its operators by another way and compare the fingerprints before you confirm.
key-changed-button = Compare the keys
reported-subject = A report waits – { $about }
reported-text = Somebody reported something about “{ $about }”.
reported-button = Read the reports
reported-foot = You get this message from { $site } because you may decide on proposals.
upkeep-foot = You get this message from { $site } because you run this site.
collected-upkeep = What waits as well
