"""Prove the books (design promise 3): what `flask check-ledger` and the tests ask."""
from sqlalchemy import text

from models import db


def problems() -> list[str]:
    """What does not hold in the books, each as a sentence; empty when all does."""
    found = []
    for unit, total in db.session.execute(text("SELECT unit, sum(balance) FROM wallets GROUP BY unit")):
        if total:
            found.append(f"the wallets of {unit} hold {total} together, not 0")
    differing = db.session.execute(text("""
        SELECT w.id, w.balance, coalesce(i.total, 0) - coalesce(o.total, 0)
        FROM wallets w
        LEFT JOIN (SELECT destination_id AS id, sum(amount) AS total FROM postings GROUP BY destination_id) i ON i.id = w.id
        LEFT JOIN (SELECT source_id AS id, sum(amount) AS total FROM postings GROUP BY source_id) o ON o.id = w.id
        WHERE w.balance <> coalesce(i.total, 0) - coalesce(o.total, 0)"""))
    found += [f"wallet {row[0]} stores {row[1]} and its postings make {row[2]}" for row in differing]
    below = db.session.execute(text("SELECT id, balance, floor FROM wallets WHERE balance < floor"))
    found += [f"wallet {row[0]} holds {row[1]}, below its floor {row[2]}" for row in below]
    mixed = db.session.execute(text("""
        SELECT p.id FROM postings p JOIN wallets s ON s.id = p.source_id JOIN wallets d ON d.id = p.destination_id
        WHERE s.unit <> p.unit OR d.unit <> p.unit"""))
    found += [f"posting {row[0]} is between wallets of another unit" for row in mixed]
    lots = db.session.execute(text("""
        SELECT w.id, w.balance, coalesce(sum(l.remaining), 0) FROM wallets w LEFT JOIN lots l ON l.wallet_id = w.id
        WHERE w.kind = 'resident' GROUP BY w.id, w.balance HAVING w.balance <> coalesce(sum(l.remaining), 0)"""))
    found += [f"wallet {row[0]} holds {row[1]} and its lots {row[2]}" for row in lots]
    return found
