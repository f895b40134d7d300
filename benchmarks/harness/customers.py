"""The invented customers that the tools with fixed delays know."""

from __future__ import annotations

from dataclasses import dataclass

COUNT = 200


@dataclass(frozen=True, slots=True)
class BenchCustomer:
    """One customer; everything follows from the number."""

    number: int

    @property
    def native_id(self) -> str:
        """Return the identifier in every tool."""
        return f"C{self.number:06}"

    @property
    def last_name(self) -> str:
        """Return a surname that no other customer bears."""
        return f"MESURE{chr(65 + self.number // 26 % 26)}{chr(65 + self.number % 26)}"

    @property
    def birth_date(self) -> str:
        """Return an ISO date."""
        return f"19{50 + self.number % 50:02}-0{1 + self.number % 9}-1{self.number % 10}"

    @property
    def phone(self) -> str:
        """Return a number of the range that Arcep keeps for fiction, in E.164."""
        return f"+3319900{self.number:04}"

    def subject(self) -> dict[str, str]:
        """Return whom an answer is about, as each tool tells it."""
        return {
            "id": self.native_id,
            "last_name": self.last_name,
            "first_name": "Camille",
            "birth_date": self.birth_date,
        }


CUSTOMERS = tuple(BenchCustomer(number) for number in range(COUNT))
