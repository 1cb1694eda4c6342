module.exports = {
  area: {
    title: "My grid", queue: "Records to decide", today: "Events still on today", now: "On now", scans_wait: "scans wait for the network", new_event: "New event", residents: "Residents", enrol: "Enrol somebody without a phone",
    surveys: "Field surveys", boxes: "Questionnaires on paper", plans: "Plans that I run", households: "Household requests", as_resident: "As a resident", month: "This month here", month_points: "points for deeds", month_hours: "hours given", month_records: "approved records", month_events: "events",
  },
  grid_events: { title: "Events", new_event: "New event", now: "On now", drafts: "Drafts", coming: "Coming", over: "Last week", none: "No events yet." },
  plan: {
    title: "Event", like: "Same as", what: "What", place: "Where", spot_set: "Check-in only at the place (300 m around it).", spot_none: "No place on the map: check-in from anywhere.", spot_here: "It is here", spot_remove: "Remove", day: "Day", from: "From", to: "To",
    publish: "Publish", save: "Save", draft: "Keep as a draft", one_moment: "One moment…", published: "Published", rest: "The rest, if it differs", kind: "Kind", mode: "Who scans",
    mode_both: "Either", mode_venue_code: "Residents scan the venue's code", mode_resident_code: "Staff scan residents", out: "Check-out too", capacity: "Places", capacity_hint: "Empty: no limit.", per_hour: "Points an hour", most: "Points at most", more: "More about it",
  },
  grid_event: {
    title: "Event", now: "On now", publish: "Publish", show_code: "Show the code", scan: "Scan residents", who: "Here / signed up", nobody: "Nobody yet.", here: "Here", left: "Left", confirmed: "Signed up", waitlisted: "Waiting",
    refused: "Refused scans", records: "Its records to decide", poster: "Poster to print", edit: "Change it", close: "Close it", cancel: "Call it off",
    close_sure: "Who never checked out gets a record marked so.", cancel_sure: "Everybody who signed up is told.",
  },
  refused_scan: {
    token_invalid: "Not one of our codes", token_expired: "An old code", outside_check_in_time: "Too early or too late", too_far: "Too far away", location_required: "No location", already_checked_in: "Was checked in already",
    already_checked_out: "Was checked out already", not_checked_in: "Out before in", event_full: "No place left", event_not_open: "Event not open", event_cancelled: "Event called off",
  },
  venue: { title: "Venue's code", how: "Scan this in Linli", or_type: "Or type these six digits on the check-in page", left: "New code in {n} s", which: "In or out", in: "Check in", out: "Check out" },
  scan: {
    title: "Scan residents", scan: "Scan one after another", wait: "scans wait on this phone", send_now: "Send now", by_name: "Find by name", by_name_hint: "Neither phone nor card here? Find the person and declare it for them; a card can be made there too.", results: "What was scanned",
    not_a_resident: "This is no resident's code.", kept: "Kept, sent later", sent: "Sent", done: "Done", annul: "Annul", annulled: "annulled", annul_reason: "Scanned by mistake",
  },
  queue: {
    title: "To decide", none: "Nothing waits. Well done!", wait: "waiting", pictures: "{n} {n?picture:pictures}", select_plain: "Select all with nothing odd", select_none: "Select none", look: "Look at", approve: "Approve", reject: "Reject",
    group_plain: "Nothing odd", why_plain: "Scanned or entered by staff.", group_look: "Look first", why_look: "Declared by the resident, or with something odd: open each before you decide. “Select all” leaves them out.",
    group_second: "You have approved these", why_second: "Somebody else has to approve them too.",
    why: "Why?", or_say: "Or in your words", reason_not_there: "Was not there", reason_too_long: "Was not there that long", reason_no_proof: "Cannot be verified", reason_twice: "Counted already", outcome: "{n} decided.",
  },
  grid_record: {
    title: "Decide", history: "What happened", pictures: "Pictures", objections: "Objections", event: "The event", points_given: "Points", points_hint: "Proposed: {proposed}. At most: {most}.", note: "Why another number? The resident reads it.",
    approve: "Approve", reject: "Reject", approved: "Approved", first_of_two: "Approved; one more is needed", rejected: "Rejected", waiting: "You have approved it. Somebody else has to approve it too.",
  },
  residents: { title: "Residents", search: "Name", look: "Search", enrol: "Enrol", none: "Nobody of this name." },
  enrol: {
    title: "Enrol", what_for: "For people without a phone: they get a card that works like a phone's code.", name: "Name", area: "Grid", household: "Household", no_household: "None", papers: "Add papers (optional)",
    papers_hint: "Kept sealed, only to find the same person again.", paper_name: "Name in the papers", id_number: "Number of the papers", phone: "Phone", enrol: "Enrol, and make a card", one_moment: "One moment…",
  },
  resident: {
    title: "Resident", card_since: "Card made on ", no_card: "No card yet.", print_card: "Print the card", make_card: "Make a card", new_card: "New card", new_card_sure: "The old card stops working.", revoke: "The card is lost: stop it",
    revoke_sure: "The card stops working at once.", declare_for: "Declare a deed for them", credit_file: "Credit file", exchange: "Exchange points for them", exchange_sure: "{name} gives {n} {n?point:points}.", has_points: "{n} {n?point:points} to spend", look_again: "Look at the list again: their points may have changed.", exchange_yes: "Exchange", exchanged: "Exchanged", print_coupon: "Print the coupon",
  },
  paper: { title: "To print", how: "The page opens beside the app. Print it there, or send it to a computer." },
  households: { title: "Household requests", none: "No requests.", asks: "asks to be of", confirm: "Confirm", refuse: "Refuse" },
  boxes: { title: "On paper", what: "Who is asked and has no phone answers on paper and puts it into a box.", nothing: "No questionnaire is open now.", until: "Until {day}; {n} in the box, {typed} typed in" },
  box: {
    print: "Print blank sheets", title: "On paper", counts: "{n} {n?sheet:sheets} put into the box, {typed} typed in.", how: "No name stands on a sheet. Who put one in and what stands on it are kept apart, and nobody can join them.", stay: "Two always stay in the box, so that nobody knows whose a sheet is. In the last week they are typed in too, if three or more were put in.", type_in: "Type in a sheet", without_phone: "Asked, and without a phone", nobody: "All have put theirs in, or have a phone.",
    handed_in: "Note it", sure: "{name} has put a sheet into the box?", sure_why: "This cannot be taken back. Let them fold it and put it in themselves.", yes: "Yes", over: "It is over, and nothing more is taken.",
  },
  surveys: { title: "Field surveys", what: "Places of other communities that were drawn by lot for you to look at.", nothing: "You are sent nowhere.", until: "{done} of {n} {n?place:places}, until {day}" },
  survey: { title: "Field survey", progress: "{n} of {of} done", drawn: "{n} of {of} places, by the lot", over: "It is over: nothing more is taken.", begun: "Begun, kept on this phone" },
  visit: { title: "Look at a place", left: "Not chosen yet: {n}. What is not there at this place does not apply.", not_yet: "Not chosen yet", found_1: "Met", found_0: "Not met", found_none: "Does not apply", note: "Note", add_picture: "Add a picture", remove: "Remove this picture", sent: "Kept", kept: "Kept: ", stays: "It can be sent once and then stays. Until then it is kept on this phone, also without a network." },
};
