"""How the stand-in is told to fail: for its next few answers, late, with an error, or with nonsense."""
from dataclasses import dataclass, fields, replace
from threading import Lock

GARBAGE = "<html><body>502 Bad Gateway</body></html>"
LONGEST_DELAY_S = 60


class BadFault(ValueError):
    """Not a fault that can be acted out; the message says which field."""


@dataclass(frozen=True)
class Fault:
    """Acted out `times` times, of one call if a path is named; `delay_s` goes with any other, or alone before a good answer."""

    times: int = 1
    delay_s: float = 0
    errcode: int | str | None = None
    status: int | None = None
    garbage: bool | str = False
    path: str | None = None

    @classmethod
    def read(cls, body) -> "Fault":
        """From a JSON object with this class's fields; `garbage` may be the very text to answer with."""
        known = {field.name: field.type for field in fields(cls)}
        if not isinstance(body, dict):
            raise BadFault("a JSON object is needed")
        for name, value in body.items():
            if name not in known or not isinstance(value, known[name] | int):
                raise BadFault(name)
        return cls(**body)._checked()

    def _checked(self) -> "Fault":
        if self.times < 0:
            raise BadFault("times")
        if not 0 <= self.delay_s <= LONGEST_DELAY_S:
            raise BadFault("delay_s")
        if self.status is not None and not 200 <= self.status <= 599:
            raise BadFault("status")
        return self

    @property
    def text(self) -> str:
        return self.garbage if isinstance(self.garbage, str) else GARBAGE


class Faults:
    """One fault for each path and one for all; telling another replaces it, and `times` 0 ends it."""

    def __init__(self):
        self._lock, self._told = Lock(), {}

    def tell(self, fault: Fault) -> None:
        with self._lock:
            self._told[fault.path] = fault

    def next(self, path: str) -> Fault | None:
        """The fault that this answer acts out, counted; None for a good answer."""
        with self._lock:
            for place in (path, None):
                fault = self._told.get(place)
                if fault and fault.times:
                    self._told[place] = replace(fault, times=fault.times - 1)
                    return fault
        return None
