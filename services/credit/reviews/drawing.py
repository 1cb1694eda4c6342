"""Who reviews whom: drawn by a seed, so that whoever has it and the lists draws the same again, on either database.

1. The households stand in the order of their lots, SHA-256 of `seed|file id`; of the neighbours those with the lowest lots, SHA-256 of
   `seed|person id`, may be drawn, `MOST_POOL` at most.
2. For each household in that order, of the neighbours who are not near to it, those are drawn who were drawn least so far; among equals
   the lowest lots, SHA-256 of `seed|file id|person id`.
3. Nobody is drawn more than `MOST_EACH` times. A household for which fewer are left than there must be slips is reviewed by nobody.

Near to a household is who ever was of one household with somebody who ever was of it.
"""
from dataclasses import dataclass
from uuid import UUID

from services import draws

MOST_HOUSEHOLDS, MOST_POOL, MOST_EACH = 300, 600, 12


@dataclass(frozen=True)
class Drawn:
    """A household's file, and its reviewers with their lots, in the order of the draw."""

    file_id: UUID
    reviewers: list[tuple[UUID, str]]


def draw(near: dict[UUID, set[UUID]], pool: list[UUID], *, per_household: int, least: int, seed: str) -> list[Drawn]:
    """`near`: for each file the people who may not review it."""
    pool = draws.pick(pool, MOST_POOL, seed=seed)
    load = dict.fromkeys(pool, 0)
    found = []
    for file_id in draws.pick(near, MOST_HOUSEHOLDS, seed=seed):
        own = seed_of(seed, file_id)
        free = draws.pick((id for id in pool if id not in near[file_id] and load[id] < MOST_EACH), MOST_POOL, seed=own)
        chosen = sorted(free, key=load.__getitem__)[:per_household]  # stable: among equals the order of the lots
        chosen = chosen if len(chosen) >= least else []
        for person_id in chosen:
            load[person_id] += 1
        found.append(Drawn(file_id, [(person_id, draws.lot(own, person_id)) for person_id in chosen]))
    return found


def seed_of(seed: str, file_id: UUID) -> str:
    """By which the reviewers of one household are drawn."""
    return f"{seed}|{file_id}"
