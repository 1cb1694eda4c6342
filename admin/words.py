"""What codes are called on a page, and how good or bad the news is."""
from services.refusals import N_

ROLES = {"resident": N_("Resident"), "grid_worker": N_("Grid worker"), "area_admin": N_("Area admin"), "auditor": N_("Auditor"),
         "department": N_("Department"), "merchant_owner": N_("Shop owner"), "merchant_clerk": N_("Clerk")}
LEVELS = {"city": N_("City"), "district": N_("District"), "street": N_("Street"), "community": N_("Community"), "grid": N_("Grid")}
RECORDS = {"pending": N_("Waiting for approval"), "approved": N_("In public notice"), "credited": N_("Credited"),
           "rejected": N_("Rejected"), "withdrawn": N_("Withdrawn"), "reversed": N_("Reversed")}
STEPS = {"create": N_("Made"), "approve": N_("Approved"), "reject": N_("Rejected"), "withdraw": N_("Withdrawn"),
         "credit": N_("Credited"), "reverse": N_("Reversed"), "uphold": N_("Objection upheld")}
TIERS = {"A": N_("Scanned in and out"), "B": N_("Scanned once"), "C": N_("Entered by staff"), "D": N_("Declared by the resident")}
EVENTS = {"draft": N_("Draft"), "published": N_("Published"), "closed": N_("Closed"), "cancelled": N_("Called off")}
CHECK_IN_MODES = {"venue_code": N_("The venue's code"), "resident_code": N_("The resident's code"), "both": N_("Either code")}
MISSING = {"planned_end": N_("Counts to the planned end"), "zero": N_("Counts nothing"), "review": N_("Is looked at by staff")}
OFFERS = {"draft": N_("Draft"), "on_sale": N_("On sale"), "paused": N_("Paused"), "ended": N_("Ended")}
COUPONS = {"available": N_("To be used"), "used": N_("Used"), "expired": N_("Expired"), "refunded": N_("Refunded"), "void": N_("Taken back")}
KINDS = {"cash_off": N_("Money off"), "percent_off": N_("Per cent off"), "goods": N_("Goods"), "service": N_("Service"),
         "free_trial": N_("Free trial")}
FUNDED_BY = {"community": N_("The community"), "merchant": N_("The merchant")}
OPEN = {"active": N_("Open"), "suspended": N_("Suspended")}
SETTLEMENTS = {"draft": N_("Waits for the shop"), "confirmed": N_("Confirmed by the shop"), "approved": N_("Approved, to be paid"),
               "paid": N_("Paid"), "disputed": N_("Disputed")}
OBJECTIONS = {"open": N_("To be decided"), "upheld": N_("Upheld"), "dismissed": N_("Dismissed")}
REQUESTS = {"pending": N_("To be decided"), "confirmed": N_("Confirmed"), "refused": N_("Refused")}
FLAGS = {"missing_check_out": N_("No check-out"), "disputed": N_("Objected to"), "overlap": N_("Overlaps another event"),
         "shared_device": N_("One phone for several people"), "late": N_("Sent late"), "entered_late": N_("Entered late"),
         "far": N_("Scanned far from the place")}
CATEGORIES = {"neighbours": N_("Helping neighbours"), "care": N_("Care for elders"), "environment": N_("Environment"),
              "safety": N_("Safety"), "health": N_("Health"), "culture": N_("Culture")}
PICTURES = {"pending": N_("Being checked"), "review": N_("For people to check"), "refused": N_("Did not pass the check and is not shown")}
DISTANCES = {"0-50 m": N_("within 50 m of the place"), "50-150 m": N_("50 to 150 m from the place"),
             "150-300 m": N_("150 to 300 m from the place"), "300-1000 m": N_("300 m to 1 km from the place"),
             "1-5 km": N_("1 to 5 km from the place"), "over 5 km": N_("more than 5 km from the place")}
DIRECTIONS = {"in": N_("Check-in"), "out": N_("Check-out")}
LANGUAGES = {"zh-CN": N_("Chinese"), "en": N_("English")}
TARGETS = {"activity_record": N_("Record"), "area": N_("Area"), "card": N_("Card"), "check_in": N_("Check-in"), "coupon": N_("Coupon"),
           "civility_version": N_("Version of the index"), "civility_period": N_("Period of the index"), "civility_place": N_("Place to survey"),
           "civility_round": N_("Field survey"), "civility_visit": N_("Look at a place"), "civility_questionnaire": N_("Questionnaire"),
           "civility_figure": N_("Department's figure"), "civility_remark": N_("Remark on the index"),
           "event": N_("Event"), "evidence": N_("Picture"), "fund": N_("Fund"), "household": N_("Household"),
           "household_request": N_("Household request"), "merchant": N_("Merchant"),
           "objection": N_("Objection"), "offer": N_("Offer"), "outbox_message": N_("Message not sent"), "person": N_("Person"),
           "redemption": N_("Redemption"),
           "role": N_("Role"), "session": N_("Session"), "settlement": N_("Settlement"), "shop": N_("Shop")}
ACTIONS = {
    "activity_record.enter": N_("Entered a record for a resident"),
    "activity_record.look": N_("Read a record's words that did not pass the check"),
    "civility_remark.look": N_("Read a remark that did not pass the check"),
    "objection.look": N_("Read an objection that did not pass the check"),
    "credit_objection.look": N_("Read an objection to an entry that did not pass the check"),
    "repair.look": N_("Read a repair's words that did not pass the check"),
    "support_application.look": N_("Read an application that did not pass the check"),
    "rulebook_comment.look": N_("Read a comment on a rulebook that did not pass the check"),
    "rulebook_comment.let_pass": N_("Let a comment on a rulebook pass"),
    "rulebook_comment.hold_back": N_("Held a comment on a rulebook back"),
    "activity_record.approve": N_("Approved a record"), "activity_record.reject": N_("Rejected a record"),
    "activity_record.reverse": N_("Reversed a record"), "activity_record.uphold": N_("Changed a record after an objection"),
    "area.add_grid": N_("Added a grid"), "area.set_rules": N_("Set an area's rules"),
    "authenticator.give_up": N_("Gave up their authenticator"), "authenticator.reset": N_("Took an authenticator away"),
    "authenticator.set_up": N_("Set up an authenticator"), "card.make": N_("Made a card"), "card.revoke": N_("Revoked a card"),
    "card.look": N_("Looked at a card's code"), "check_in.annul": N_("Annulled a resident's check-in"),
    "check_in.scan": N_("Scanned a resident"), "coupon.look": N_("Looked at a resident's coupon with its code"),
    "evidence.look": N_("Looked at a picture of a record"),
    "coupon.exchange": N_("Exchanged points for a resident"), "coupon.refund": N_("Refunded a resident's coupon"),
    "event.plan": N_("Planned an event"), "event.edit": N_("Changed an event"), "event.publish": N_("Published an event"),
    "event.cancel": N_("Called an event off"), "event.close": N_("Closed an event"), "fund.create": N_("Made a fund"),
    "fund.top_up": N_("Topped a fund up"), "household.make": N_("Made a household"),
    "household.confirm": N_("Let somebody into a household"), "household.refuse": N_("Refused a household request"),
    "merchant.take_in": N_("Took a merchant in"), "merchant.edit": N_("Changed a merchant"),
    "merchant.suspend": N_("Suspended a merchant"), "merchant.resume": N_("Let a merchant go on"),
    "objection.decide": N_("Decided an objection"), "offer.create": N_("Made an offer"), "offer.edit": N_("Changed an offer"),
    "offer.approve": N_("Approved an offer"), "offer.publish": N_("Put an offer on sale"), "offer.pause": N_("Paused an offer"),
    "offer.end": N_("Ended an offer"), "password.reset": N_("Gave a password link"),
    "outbox_message.let_go": N_("Let a message go that was not sent"),
    "outbox_message.send_again": N_("Sent a message again"),
    "password.set": N_("Set a password by a link"), "person.create_admin": N_("Made an admin"),
    "redemption.reverse": N_("Reversed a redemption"), "resident.enrol": N_("Enrolled a resident"),
    "resident.join": N_("Joined a card's person and a sign-in"), "role.give": N_("Gave a role"), "role.end": N_("Ended a role"),
    "session.begin": N_("Signed in to administer"), "settlement.make": N_("Made a settlement"),
    "settlement.confirm": N_("Confirmed a settlement"), "settlement.dispute": N_("Disputed a settlement"),
    "settlement.reopen": N_("Reopened a settlement"), "settlement.approve": N_("Approved a settlement"),
    "settlement.pay": N_("Paid a settlement"), "shop.open": N_("Opened a shop"), "shop.suspend": N_("Suspended a shop"),
    "shop.resume": N_("Let a shop go on"),
    "civility_version.make": N_("Drafted a version of the civility index"), "civility_version.edit": N_("Changed a draft of the civility index"),
    "civility_version.publish": N_("Published a version of the civility index"),
    "civility_version.retire": N_("Retired a version of the civility index"),
    "civility_period.begin": N_("Began a period of the civility index"), "civility_period.close": N_("Closed a period of the civility index"),
    "civility_period.reopen": N_("Opened a period of the civility index again"),
    "civility_period.publish": N_("Published a period of the civility index"),
    "civility_place.add": N_("Added a place to survey"), "civility_place.end": N_("Took a place off the register"),
    "civility_round.draw": N_("Drew places for a field survey"), "civility_visit.make": N_("Looked at a place of a field survey"),
    "civility_questionnaire.hand_in": N_("Noted that a paper sheet was put into the box"),
    "civility_questionnaire.type_in": N_("Typed a paper sheet in"),
    "civility_questionnaire.draw": N_("Drew residents for a questionnaire"), "civility_figure.enter": N_("Entered a department's figure"),
    "civility_figure.confirm": N_("Confirmed a department's figure"), "civility_figure.withdraw": N_("Withdrew a department's figure"),
    "civility_remark.answer": N_("Answered a remark on the civility index"),
    "wechat.cancel": N_("Left the mini program"), "wechat.revoke": N_("Took back consents in WeChat"),
}
ACTIONS |= {
    "rulebook.make": N_("Made a rulebook"), "rulebook.draft": N_("Drafted a version of a rulebook"),
    "rulebook.rewrite": N_("Changed a draft of a rulebook"), "rulebook.consult": N_("Opened a rulebook's consultation"),
    "rulebook.redraft": N_("Made a rulebook's version a draft again"), "rulebook.vote": N_("Recorded the vote on a rulebook"),
    "rulebook.publish": N_("Published a rulebook's version"), "rulebook.retire": N_("Retired a rulebook's version"),
    "rulebook.drop": N_("Dropped a rulebook's version"), "rulebook.answer": N_("Answered a comment on a rulebook"),
    "rulebook.try": N_("Tried a rulebook's version"), "credit_file.join": N_("Joined the credit scheme"),
    "credit_file.leave": N_("Left the credit scheme"), "credit_file.look": N_("Looked at a credit file"),
    "credit_file.look_at_score": N_("Looked at a score"), "credit_file.look_at_entries": N_("Looked at the entries of a file"),
    "credit_file.letter": N_("Sent a reference letter"), "credit_file.write_fact": N_("Wrote a fact into a file"),
    "credit_file.end_fact": N_("Ended a fact of a file"), "credit_entry.enter": N_("Wrote an entry into a file"),
    "credit_entry.void": N_("Voided an entry"), "credit_entry.import": N_("Took a department's table"),
    "credit_objection.make": N_("Objected to an entry"), "credit_objection.decide": N_("Decided an objection to an entry"),
    "repair.ask": N_("Asked for a repair"), "repair.decide": N_("Decided a repair"), "reward.make": N_("Made a reward"),
    "reward.end": N_("Ended a reward"), "constraint.enter": N_("Entered a constraint"), "constraint.confirm": N_("Confirmed a constraint"),
    "constraint.lift": N_("Lifted a constraint"), "constraint_list.enter": N_("Entered a list of constraints"),
    "constraint_list.end": N_("Ended a list of constraints"), "inspection_plan.make": N_("Drew an inspection plan"),
    "review_round.open": N_("Opened a round of neighbours' reviews"),
    "review_round.close": N_("Closed a round of neighbours' reviews"),
    "review_round.call_off": N_("Called a round of neighbours' reviews off"),
    "inspection.enter": N_("Entered an inspection's result"), "support_list.open": N_("Opened a support list"),
    "support_application.decide": N_("Decided an application for support"), "letter_receiver.register": N_("Registered a receiver of letters"),
    "letter_receiver.end": N_("Ended a receiver of letters"), "calendar.correct": N_("Corrected the calendar"),
    "household.leave": N_("Wrote down that somebody left a household"),
    "household.split": N_("Split a household"), "culture_day.enter": N_("Entered a day of culture"), "culture_day.end": N_("Ended a day of culture"),
    "honour.propose": N_("Proposed an honour"), "honour.publish": N_("Published an honour"), "honour.withdraw": N_("Withdrew an honour"),
    "knowledge_page.write": N_("Wrote a page to learn from"), "knowledge_page.ask": N_("Added a question to a page to learn from"),
    "knowledge_page.end": N_("Took a page to learn from back"),
}
TARGETS |= {
    "rulebook": N_("Rulebook"), "rulebook_version": N_("Version of a rulebook"), "rulebook_comment": N_("Comment on a rulebook"),
    "credit_file": N_("Credit file"), "credit_entry": N_("Entry of a file"), "credit_objection": N_("Objection to an entry"), "repair": N_("Repair"),
    "reward": N_("Reward"), "constraint": N_("Constraint"), "constraint_list": N_("List of constraints"), "inspection_plan": N_("Inspection plan"),
    "inspection": N_("Inspection"), "review_round": N_("Round of neighbours' reviews"),
    "support_list": N_("Support list"), "support_application": N_("Application for support"),
    "letter_receiver": N_("Receiver of letters"), "culture_day": N_("Day of culture"), "honour": N_("Honour"),
    "knowledge_page": N_("Page to learn from"),
}
DETAILS = {  # what a row of the audit log says beside its act
    "points": N_("Points"), "status": N_("Status"), "reason": N_("Reason"), "role": N_("Role"), "person": N_("Person"), "people": N_("People"),
    "minutes": N_("Minutes"), "fields": N_("Changed"), "amount_fen": N_("Amount"), "lines": N_("Lines"), "purpose": N_("Purpose"),
    "result": N_("Result"), "kind": N_("Kind"), "direction": N_("Direction"), "day": N_("Day"), "is_worked": N_("A working day"),
    "code": N_("Code"), "number": N_("Number"), "joined": N_("Joined with"), "other_household": N_("The other's household"),
    "households": N_("Households"), "drawn": N_("Drawn"), "slips": N_("Slips"), "written": N_("Entries written"), "files": N_("Files"),
    "file": N_("Credit file"), "entered": N_("Entered"), "refused": N_("Refused"), "invited": N_("Invited"), "places": N_("Places"),
    "receiver": N_("Receiver"), "fact": N_("Fact"), "scene": N_("Where it counts"), "seed": N_("Seed of the draw"), "on": N_("On"),
    "from_grade": N_("From grade"), "attempts": N_("Attempts"), "codes": N_("Codes"), "how": N_("How"), "made": N_("Made"),
    "corrected": N_("Corrected"), "value_hundredths": N_("Value, in hundredths")}
DONE = {  # what an act says of itself on the page that it leads to
    "vote_carried": N_("Carried: it can be published now."), "vote_lost": N_("Not carried: this version is dropped, and what is in force stays."),
    "consulted": N_("The consultation is open."), "rulebook_published": N_("Published: everybody can read it, and it comes into force on its day."),
    "tried": N_("Tried: nothing has changed by it."), "comment_answered": N_("Answered: everybody reads it beside the comment."),
    "comment_passed": N_("Everybody reads it now."), "comment_held_back": N_("Nobody reads it but its writer, who is told so."),
    "voided": N_("Voided: it counts for nothing from now on."), "constraint_entered": N_("Entered: it holds once a second person has confirmed it."),
    "lifted": N_("Lifted."), "plan_drawn": N_("Drawn."),
    "saved": N_("Saved."), "role_given": N_("The role is given."), "role_ended": N_("The role has ended."),
    "joined": N_("Joined: one person, one wallet."), "authenticator_set": N_("Your authenticator is set up: its code is asked for from now on."),
    "authenticator_gone": N_("The authenticator is gone: the password alone is enough until a new one is set up."),
    "made": N_("Made."), "confirmed": N_("Confirmed."), "refused": N_("Refused."), "topped_up": N_("The fund is topped up."),
    "reversed": N_("Reversed: the points are taken back."), "approved": N_("Approved."), "rejected": N_("Rejected."), "published": N_("On sale now."),
    "paused": N_("Paused."), "ended": N_("Ended."), "suspended": N_("Suspended."), "resumed": N_("Open again."),
    "reopened": N_("Reopened: the shop looks at it again."), "paid": N_("Paid."), "decided": N_("Decided."),
    "sent_again": N_("It goes again within a minute, as far as the person can still be written to."),
    "let_go": N_("Let go: it will not be sent."),
    "refunded": N_("Refunded: the points are the resident's again."),
    "version_published": N_("Published: it is in use from now on."),
    "round_closed": N_("Closed: what came out is written, and who handed in is forgotten."),
    "called_off": N_("Called off: its slips are destroyed, and everybody concerned is told why."),
    "period_closed": N_("Closed: its figures are worked out."),
    "period_published": N_("Published, for everybody and for ever."), "drawn": N_("Drawn, and told to whom it concerns."),
    "answered": N_("Answered."), "withdrawn": N_("Withdrawn."),
    "honour_proposed": N_("Proposed: they are asked in their inbox, and nothing is shown until they agree."),
    "honour_shown": N_("Shown to everybody who lives there."), "plan_closed": N_("Closed."),
    "signed_out": N_("You have signed out."),
}
CHECKED = {"activity_record": N_("the description of a record"), "objection": N_("an objection"), "person": N_("a new name"),
           "evidence": N_("a picture"), "civility_remark": N_("a remark on the index"),
           "credit_objection": N_("an objection to an entry"), "repair": N_("what is asked for a repair"),
           "support_application": N_("an application for support"), "rulebook_comment": N_("a comment on a rulebook")}
UNSENT = {  # why, by the kind of refusal with which the outbox's note of it begins
    "Refused": N_("WeChat does not take it: a template or its fields do not fit."),
    "DoesNotFit": N_("A word does not fit into the template's field."),
    "Banned": N_("WeChat does not let this mini program send messages."),
    "Misconfigured": N_("The mini program's account or this server's settings at WeChat are not right."),
    "Spent": N_("WeChat's quota of the day was used up."), "Overused": N_("WeChat's quota of the minute was used up."),
    "Busy": N_("WeChat was busy."), "BeingSent": N_("Another message was on its way to the same phone."),
    "TokenRefused": N_("WeChat refused this server's access."), "Unavailable": N_("WeChat did not answer.")}
GOOD = {"in_force", "granted", "clean", "available", "credited", "published", "on_sale", "active", "paid", "confirmed", "dismissed"}
WAITS = {"consulted", "voted", "coming", "minor_fault", "pending", "approved", "draft", "open", "paused"}
BAD = {"serious_fault", "declined", "removed", "rejected", "reversed", "suspended", "disputed", "upheld", "refused", "cancelled"}


def tone(code: str) -> str:
    return "good" if code in GOOD else "waits" if code in WAITS else "bad" if code in BAD else "over"


def pairs(words: dict) -> list[tuple[str, str]]:
    """For a choice of a form."""
    return list(words.items())
