module.exports = {
  till: {
    title: "Till", suspended: "This shop takes no coupons at present.", scan: "Scan a coupon", scan_next: "Scan the next", type_code: "Or type its twelve digits", type_hint: "Spaces do not matter.",
    look: "Look", one_moment: "One moment…", holder: "of", give: "You give", redeem: "Take the coupon", not_this: "Not this one", spend: "What the purchase comes to (yuan)", spend_example: "For example: 36.50",
    reckon: "Work it out", done: "Done.", to_undo: "Wrong? Undo it within the hour", today: "Today's list", settlements: "Settlements", as_resident: "As a resident",
    no_code: "This is not a coupon's code.", bad_amount: "Please type the amount in yuan, for example 36.50.",
  },
  today: {
    title: "Today's list", coupons: "coupons", due: "The community owes you", day: "Day", none: "No coupons on this day.", undo: "Undo", undone: "Undone", undo_sure: "Undo this?",
    undo_what: "The customer has the coupon again, and nothing is owed for it.", why: "Why?", or_say: "Or in your words", reason_mistaken: "Taken by mistake", reason_changed_mind: "Customer changed their mind", reason_wrong_amount: "Wrong amount",
  },
  settlements: { title: "Settlements", none: "No settlement yet. The community makes one for each period." },
  settlement: {
    title: "Settlement", period: "{from} to {to}", lines: "{n} {n?coupon:coupons}", paid_on: "Paid on {day}, reference {reference}", confirm: "Confirm", confirm_sure: "Is {amount} right? After this the community pays it.",
    confirmed: "Confirmed", statement: "Statement", fetching: "Fetching…", dispute: "Something is wrong", each: "Each coupon", which: "Tap the lines that are wrong", what_is_wrong: "What is wrong?", send_dispute: "Send to the community",
    as_pdf: "PDF, to print", as_xlsx: "Excel", as_csv: "CSV",
  },
  settlement_status: { draft: "Please confirm", confirmed: "Confirmed", approved: "Approved, to be paid", paid: "Paid", disputed: "Being looked at" },
};
