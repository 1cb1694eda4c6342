"""Prove the books (design promise 3): what `flask check-ledger` and the tests ask.

Each check is one statement over whole tables, so that a town's years are looked through in seconds.
"""
from collections.abc import Iterator

from sqlalchemy import text

from models import db
from services.points import points

CHECKS = (  # what is wrong with a row, with the row's columns in order; and the statement that finds such rows
    ("the wallets of {} hold {} together, not 0", """
        SELECT unit, sum(balance) FROM wallets GROUP BY unit HAVING sum(balance) <> 0"""),
    ("wallet {} stores {} and its postings make {}", """
        SELECT w.id, w.balance, coalesce(i.total, 0) - coalesce(o.total, 0)
        FROM wallets w
        LEFT JOIN (SELECT destination_id AS id, sum(amount) AS total FROM postings GROUP BY destination_id) i ON i.id = w.id
        LEFT JOIN (SELECT source_id AS id, sum(amount) AS total FROM postings GROUP BY source_id) o ON o.id = w.id
        WHERE w.balance <> coalesce(i.total, 0) - coalesce(o.total, 0)"""),
    ("wallet {} holds {}, below its floor {}", """
        SELECT id, balance, floor FROM wallets WHERE balance < floor"""),
    ("posting {} is between wallets of another unit", """
        SELECT p.id FROM postings p JOIN wallets s ON s.id = p.source_id JOIN wallets d ON d.id = p.destination_id
        WHERE s.unit <> p.unit OR d.unit <> p.unit"""),
    ("wallet {} holds {} and its lots {}", """
        SELECT w.id, w.balance, coalesce(sum(l.remaining), 0) FROM wallets w LEFT JOIN lots l ON l.wallet_id = w.id
        WHERE w.kind = 'resident' GROUP BY w.id, w.balance HAVING w.balance <> coalesce(sum(l.remaining), 0)"""),
    # What a refund put back into the very lots is used no more; a refund has the cause of the spending that it undoes.
    ("lot {} of {} has {} left and was used for {}", f"""
        SELECT l.id, l.amount, l.remaining, coalesce(u.total, 0)
        FROM lots l
        LEFT JOIN (SELECT u.lot_id AS id, sum(u.amount) AS total FROM lot_uses u JOIN postings p ON p.id = u.posting_id
                   LEFT JOIN postings r ON r.because_type = p.because_type AND r.because_id = p.because_id AND r.kind IN {points.REFUNDS}
                                           AND r.source_id = p.destination_id AND r.destination_id = p.source_id
                   WHERE r.id IS NULL GROUP BY u.lot_id) u ON u.id = l.id
        WHERE l.amount - l.remaining <> coalesce(u.total, 0)"""),
    ("posting {} took {} points, and {} out of lots", """
        SELECT p.id, p.amount, coalesce(u.total, 0)
        FROM postings p JOIN wallets w ON w.id = p.source_id AND w.kind = 'resident'
        LEFT JOIN (SELECT posting_id AS id, sum(amount) AS total FROM lot_uses GROUP BY posting_id) u ON u.id = p.id
        WHERE p.amount <> coalesce(u.total, 0)"""),
    ("merchant {} is owed {} fen by its wallet, {} by its redemptions, of which {} are paid", """
        SELECT w.owner_id, w.balance, coalesce(r.due, 0), coalesce(s.paid, 0)
        FROM wallets w
        LEFT JOIN (SELECT merchant_id AS id, sum(merchant_due_fen) AS due FROM redemptions WHERE status = 'done' GROUP BY merchant_id) r
            ON r.id = w.owner_id
        LEFT JOIN (SELECT merchant_id AS id, sum(amount_fen) AS paid FROM settlements WHERE status = 'paid' GROUP BY merchant_id) s
            ON s.id = w.owner_id
        WHERE w.kind = 'merchant' AND w.balance <> coalesce(r.due, 0) - coalesce(s.paid, 0)"""),
    ("settlement {} says {} fen in {} lines, and its lines are {} fen in {}", """
        SELECT s.id, s.amount_fen, s.line_count, coalesce(l.total, 0), coalesce(l.lines, 0)
        FROM settlements s
        LEFT JOIN (SELECT settlement_id AS id, sum(amount_fen) AS total, count(*) AS lines FROM settlement_lines GROUP BY settlement_id) l
            ON l.id = s.id
        WHERE s.amount_fen <> coalesce(l.total, 0) OR s.line_count <> coalesce(l.lines, 0)"""),
    ("settlement line {} is {} fen, and its redemption {} fen, {}", """
        SELECT l.id, l.amount_fen, r.merchant_due_fen, r.status FROM settlement_lines l JOIN redemptions r ON r.id = l.redemption_id
        WHERE l.amount_fen <> r.merchant_due_fen OR r.status <> 'done'"""),
    ("offer {} counts {} coupons, and {} are out", """
        SELECT o.id, o.issued, coalesce(c.number, 0)
        FROM offers o
        LEFT JOIN (SELECT offer_id AS id, count(*) AS number FROM coupons WHERE status <> 'refunded' GROUP BY offer_id) c ON c.id = o.id
        WHERE o.issued <> coalesce(c.number, 0)"""),
    ("event {} counts {} places taken, and {} people have one", """
        SELECT e.id, e.taken, coalesce(s.number, 0)
        FROM events e
        LEFT JOIN (SELECT event_id AS id, count(*) AS number FROM sign_ups WHERE status = 'confirmed' GROUP BY event_id) s ON s.id = e.id
        WHERE e.taken <> coalesce(s.number, 0)"""),
)
LOOKED_AT = ("postings", "wallets", "lots", "coupons", "redemptions", "settlements")


def problems() -> list[str]:
    """What does not hold in the books, each as a sentence; empty when all does."""
    return [sentence for found in look() for sentence in found]


def look() -> Iterator[list[str]]:
    """What each check finds, one after the other; there are len(CHECKS)."""
    for sentence, statement in CHECKS:
        yield [sentence.format(*row) for row in db.session.execute(text(statement))]


def counts() -> dict[str, int]:
    """How many rows of each kind the checks look at."""
    return {table: db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in LOOKED_AT}
