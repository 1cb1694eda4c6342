"""Looks that the audit log keeps: at codes that can be spent, and at what is private of somebody else."""
from flask import g


def note(row) -> None:
    """`row` as audit.look gives it: written by the boundary after the reading, before the answer leaves."""
    if row is not None:
        g.setdefault("looks", []).append(row)
