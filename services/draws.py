"""Samples drawn by a seed that is printed: with it and the list of who or what could be drawn, anybody draws the same again.

In the order of the lots, which are the SHA-256 of `seed|id`: the first so many.
"""
import hashlib
import secrets
from collections.abc import Iterable
from uuid import UUID


def new_seed() -> str:
    """By chance, and made by the server: nobody draws until they like what came."""
    return secrets.token_hex(8)


def lot(seed: str, id: UUID) -> str:
    """The ticket of a row in a draw: the lowest are drawn."""
    return hashlib.sha256(f"{seed}|{id}".encode()).hexdigest()


def pick(ids: Iterable[UUID], how_many: int, *, seed: str) -> list[UUID]:
    return sorted(ids, key=lambda id: lot(seed, id))[:how_many]
