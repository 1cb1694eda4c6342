module.exports = {
  sign_in: {
    title: "Linli", welcome: "Welcome to Linli", what: "Help your neighbours, collect points, and use them in the shops nearby.",
    sign_in: "Sign in with WeChat", signing_in: "Signing in…", agree: "By signing in you agree to how your data are protected.", by_password: "Staff: name and password",
  },
  password: { title: "Staff sign-in", username: "Name", password: "Password", otp: "Number from your authenticator", sign_in: "Sign in", signing_in: "Signing in…" },
  home: {
    title: "Linli", hello: "Hello, ", held: "On their way: ", scan: "Scan to check in", my_next: "My next event", next: "Coming up near you",
    use_soon: "Use it soon", inbox: "Messages", new_messages: "{n} new", lapsing: "{n} {n?point lapses:points lapse} after {day}", grid_work: "Grid worker's desk", shop_work: "Shop till",
    where: "In which grid do you live?", where_why: "Once it is chosen, grid workers find you, and you can join your household.", not_now: "Not now",
  },
  events: {
    title: "Events", calendar: "The next two weeks", on_day: "{weekday} {number} {month}: {n} {n?event:events}", filter_all: "All", filter_mine: "Mine", filter_free: "With places", filter_near: "Nearest first",
    no_place: "The phone does not say where it is.", none: "No such events in these days.",
  },
  event: {
    title: "Event", now: "On now", signed_up: "Signed up", waitlisted: "On the waiting list", waiting_at: "Waiting list: number {n}", full: "Full", checked_in: "Checked in", checked_out: "Done",
    taken: "{n} signed up", room: "{left} of {capacity} places left", reward: "{per_hour} points an hour, {most} at most", away: "From here: ",
    how_far: "How far is it?", in_at: "Checked in: {when}", out_at: "Checked out: {when}", check_in: "Scan to check in", check_out: "Scan to check out", show_my_code: "Show my code to staff",
    sign_up: "Sign up", join_waiting: "Join the waiting list", withdraw: "I cannot come", withdraw_sure: "If somebody waits for a place, yours goes to them.", withdraw_free: "There is room, so you can sign up again later.", leave_waiting: "You leave the waiting list.", first_come: "Who waits gets a free place in the order of coming.",
    rewarded_first: "Of those who wait, residents with “Places at events first” get a free place first, then all others in the order of coming. So your number may go up; nobody gives up a place they have.", yes: "Give it up", share: "Tell a friend",
  },
  check_in: {
    title: "Check in or out", scan: "Scan the venue's code", sending: "One moment…", which: "Which event?", type_code: "Or type the six digits", type_hint: "They stand under the code at the venue.", no_event: "No event is on now that we know of. Please scan the code at the venue.", submit: "Send", my_code: "No luck? Show my code to staff",
    in_done: "Checked in at {when}", out_done: "Checked out at {when}. Thank you!", scan_again: "When you leave, scan again to check out.", record_waits: "Your record now waits for approval.",
    see_record: "See the record", see_event: "See the event",
  },
  records: { title: "What I did", all: "All", none: "Nothing yet. Join an event, or tell us what you did." },
  record: {
    title: "Record", history: "What happened", object: "Something is wrong", what_is_wrong: "What is wrong?", withdraw: "Withdraw it", withdraw_sure: "Withdraw this record? It then brings no points.",
    got: "+{n} points", coming: "{n} points are coming", proposed: "{n} points proposed", points: "{n} points", by: ", by {who}", by_name: "{name}, {as}", notice_until: "Shown to the neighbours until {day}; then the points arrive.",
    objection_open: "Your objection is being looked at", objection_upheld: "Your objection was right", objection_dismissed: "Your objection was turned down",
  },
  declare: {
    title: "I helped someone", what_for: "Tell us what you did. Two people look at it, then the points arrive.", kind: "What kind", what: "What did you do?", what_example: "For example: fetched medicine for Mrs Wu",
    day: "On which day", from: "From", to: "To", add_picture: "Add a picture", remove: "Remove this picture", send: "Send", sent: "Sent. Thank you!", unreadable: "This picture cannot be read. Please choose a JPEG, PNG or WebP picture.", unusable: "Cannot be used: remove it", ends_before_start: "The end must be after the start.",
  },
  points: {
    title: "My points", available: "Points to spend", earned: "Earned in all: ", spent: "Spent in all: ", held: "On their way: ", owed: "Owed: ", spend: "See what they buy", lapsing: "When they lapse",
    entries: "In and out", none: "No points yet.", balance: "Left: ",
  },
  offers: {
    title: "Exchange", all: "All", you_have: "You have", none: "No offers at present.", left: "{n} left", valid: "Good for {n} {n?day:days}", exchange: "Look, and exchange", short_of: "{n} more {n?point:points} needed",
  },
  offer: {
    title: "Offer", price: "It costs", you_have: "You have", after: "{n} {n?stays:stay} with you", exchanging: "One moment…", confirm: "Exchange points", done: "It is yours", terms: "What to know", where: "Where it is good",
    held: "One of these is among your coupons, ready to use.", to_wallet: "See my coupons", nowhere: "No shop takes it at present.",
    valid: "Use it within {n} {n?day:days} of exchanging.", limit: "{n} for each person at most", until: "To be had until {when}", refundable: "Unused, it can be given back for its points.",
  },
  wallet: { title: "My coupons", filter_available: "Ready to use", filter_used: "Used", filter_over: "Over", none: "No coupons here.", get_some: "Exchange points" },
  coupon: {
    title: "Coupon", code_picture: "The coupon's code, for the shop to scan", or_say: "Or read out these digits: ", just_used: "Used. Enjoy!", refund: "Give it back for its points",
    refund_sure: "You get {n} {n?point:points} back, and the coupon is gone.", cash_off: "{amount} off", percent_off: "{percent}% off", from: "from {amount}", cap: "{amount} off at most", comma: ", ",
    used_at: "Used: {when}", given: "It gave you {amount}", until: "Valid until: {when}",
    last_hours: "Less than a day left. Valid until: {when}", days_left: "{n} {n?day:days} left. Valid until: {when}",
  },
  my_code: { title: "My code", show: "Show this to the staff, who scan it.", changes: "It changes all the time, so a photo of it is of no use.", off_line: "Without a network it cannot be renewed. Let the staff scan your card, or find you by name." },
  me: {
    title: "Me", inbox: "Messages", records: "What I did", points: "My points", my_code: "My code", declare: "I helped someone", credit: "My credit", civility: "Civility index", culture: "Culture of trust", household: "My household", my_data: "My data", large: "Large type", large_hint: "Everything 1.4 times as large",
    language: "Language", "language_zh-CN": "中文", language_en: "English", sign_out: "Sign out", sign_out_sure: "Sign out on this phone?",
  },
  my_data: {
    title: "My data", name: "My name", save: "Save", saved: "Saved", area: "Where I live", change: "Change", no_grid: "No grid chosen yet", household: "Household", no_household: "None", plan: "My plan", kept: "What is kept about me",
    kept_what: "My name, where I live, the events I was at, what I declared, my points and coupons; my credit file, if I joined; honours that I was proposed for. Where I stood when I checked in is compared and not kept.",
    phone: "My phone number", no_phone: "None", add_phone: "Add it by WeChat", remove_phone: "Remove it",
    consents: "What I agreed to", consents_how: "Each by itself. A no ends nothing else.", given: "Yes, since {day}", not_given: "No, since {day}", not_asked: "Not asked yet",
    for_location: "Where I stand", what_location: "Compared with the event's place when I check in. Without it staff scan my code.",
    for_wechat_messages: "Messages by WeChat", what_wechat_messages: "What concerns me also rings my phone. The inbox has it always.",
    for_phone_number: "My phone number", what_phone_number: "So that staff can reach me. A no removes it.",
    copy: "Copy everything about me", collecting: "Collecting…", remove: "Correct or delete", remove_how: "Your name and where you live can be changed above. For anything else, or to be forgotten, ask your grid worker: it is done within fifteen days.",
  },
  my_area: {
    title: "Where I live", why: "Choose step by step, down to your grid. By it grid workers find you, and your door is looked for in it.",
    up: "Back to {name}", mine: "Now", no_grids: "There are no grids here yet. Ask your grid worker.",
    sure: "Save this as where you live?",
    sure_of_household: "Save this as where you live? Your household stays as it is; tell your grid worker if that has changed.",
  },
  inbox: {
    title: "Messages", none: "No messages yet. What concerns you is told here.", unread: "{n} not read yet", read_all: "Mark all as read", new: "New", was_read: "Read",
    ring: "Tell me on my phone too", ring_how: "WeChat asks you now. Each yes is good for one message of that kind.", ring_free: "Saying no changes nothing else. You can always read everything here.",
    ring_ask: "Ask me", ring_yes: "Your phone will tell you", ring_no: "Nothing was changed", rights: "{n} more {n?message:messages}", no_rights: "Not yet",
  },
  notice: { event: "Events I signed up for", record: "What I did", points: "Points about to lapse", coupon: "Coupons", settlement: "Settlements" },
  household: {
    title: "My household", yours: "Your household", none: "None yet", why: "Grid workers do not decide on records of their own household. Yours is confirmed by a grid worker.", no_grid: "You have not chosen your grid yet. Once it is chosen, your door can be looked up.", door: "Your door", door_example: "For example: 1-101 室",
    look: "Look it up", not_found: "No household with this door in your grid. Ask your grid worker.", ask: "This is mine: ask to join", asked: "Asked to join {name}. A grid worker will confirm it.",
  },
  privacy: {
    title: "Privacy",
    parts: [
      { head: "What we keep, and what for", body: "Your WeChat identity to sign you in; the name you chose; where you live; the events you were at and what you declared, to count your points; your points and coupons." },
      { head: "Your location", body: "Asked when you check in or look for the nearest event. It is compared with the event's place and not kept: only how far, roughly." },
      { head: "Camera and pictures", body: "The camera reads codes and keeps nothing. Pictures that you add to a declared deed are seen by the staff who decide on it; the place and time a camera writes into them are removed." },
      { head: "Credit", body: "Only if you join, under Me, My credit. Without that nothing is used to judge it. You see all of it, and everybody who looked; you can leave at any time." },
      { head: "How long", body: "As long as you take part. Records that the law asks for are kept as long as it asks." },
      { head: "Your rights", body: "See and copy everything under Me, My data. Have it corrected or deleted by your grid worker. Object to any record on its page. Not agreeing ends nothing but this app: staff can do everything with your printed card." },
      { head: "Who sees it", body: "Staff of your area see your records. A shop sees a masked name, and nothing else. Nothing is sold." },
    ],
  },
  civility: {
    title: "Civility index", what: "How your community does, by a method that everybody can read. No person has a mark in it.", between: "between {low} and {high}, 95 in 100 times", days: "{from} to {to}", measured: "Measured of the weight:",
    by_part: "Whose conduct", by_branch: "What it is about", over_time: "Over time", leaf_by_leaf: "Leaf by leaf, and what you say of it", others: "Other communities", my_remarks: "My remarks", answer: "Your view is asked for",
    nothing: "Nothing is published yet that measures your community.", no_home: "Say under Me in which grid you live, and you see your community here.", ask_me: "Ask me in questionnaires", ask_me_hint: "Residents are drawn by lot. Nobody has to answer, and there are no points for it.",
    scale: "0 at {from}, 100 at {to}", corrected: "Corrected from {was} to {is}", places: "{n} of {of} places looked at; lot {seed}", sheets: "{n} answers of {of} asked; lot {seed}", counted: "Of {n}, all counted",
  },
  civility_leaves: {
    title: "Leaf by leaf", how: "A mark is 0 to 100. Tap one to see how it was found out.", mark: "Mark", value: "Found: ", weight: "weight ", was_corrected: "Corrected", what_is_wrong: "Is something wrong here?", answered_in_writing: "The street answers in writing.",
  },
  civility_tiles: { title: "Communities", how: "In the order of their codes. A dash: too little was measured, or too few people live there." },
  civility_questionnaire: {
    title: "Questionnaire", nobody_knows: "Nobody learns what you answer.", as_you_like: "Leave out what you like. There are no points for it. It can be sent once.", thank_you: "You have answered. Thank you!", over: "It is over.", answer_1: "Yes", answer_0: "No", typed: "Typed in. The next one, please.", typed_all: "Typed in. There is none to type in now.", box_open: "A sheet out of the box", box_how: "As it stands on the sheet; what was left out stays empty. It cannot be changed afterwards.",
  },
  civility_remarks: { title: "Remarks", nothing: "You have remarked on nothing yet.", answer: "Answer", was_corrected: "The figure was corrected." },
};
