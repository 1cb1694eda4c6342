"""What `flask doctor` looks at. Each look yields what is wrong, in a sentence that says what to do; none shows a secret."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from config import Settings


@dataclass(frozen=True)
class Symptom:
    """Something that is wrong; or, if it is only worth a thought, `is_minor`."""

    sentence: str
    is_minor: bool = False


Symptoms = Iterator[Symptom]


@dataclass(frozen=True)
class Patient:
    settings: Settings
    now: datetime

    @property
    def is_on_sqlite(self) -> bool:
        return self.settings.database_url.startswith("sqlite")
