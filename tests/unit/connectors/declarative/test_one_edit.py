"""One slip of the hand in a file that ships: the check says where, and what was meant."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import avise
from avise.connectors.declarative import check_connector_file
from avise.resources import resource_folder

EDITS = 300
CONNECTORS = resource_folder("connectors")
FILES = sorted(
    [
        *CONNECTORS.glob("demo/*.toml"),
        *CONNECTORS.glob("examples/*.toml"),
        *Path(avise.__file__).parent.glob("connectors/*/connector.toml"),
    ]
)
_OURS = re.compile(
    r"^(\s*)(id|name|version|contract|owner|kind|use|needs_ids|type|label|required|base_url|auth|on_404|paging"
    r"|records|path|query|fields|from|idempotency|offline|method|json|facet|where|exists)(\s*=.*)$"
)
"""Keys that are the format's; what a tool calls its own values nobody can know."""
_SECTION = re.compile(
    r"^(\[\[?)(connector|http|facet|timeline|directory|action|check|csv|sql|options)\b(.*)$"
)


@dataclass(frozen=True)
class Edit:
    """One line that was changed."""

    line: int
    meant: str
    """What stood there, where the check can know it; "" elsewhere."""
    text: str


def slip(word: str, dice: random.Random) -> str:
    """Return a word with one letter too many, too few, or out of its place."""
    at = dice.randrange(max(len(word) - 1, 1))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return dice.choice([swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word + "x"])


def edit(text: str, dice: random.Random) -> Edit:
    lines = text.split("\n")
    while True:
        at = dice.randrange(len(lines))
        line, way = lines[at], dice.choice(("word", "word", "sign", "delete", "twice", "value"))
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        new, meant = list(lines), ""
        if way == "word":
            found = _OURS.match(line) or _SECTION.match(line)
            if found is None or (wrong := slip(found[2], dice)) == found[2]:
                continue
            new[at], meant = found[1] + wrong + found[3], found[2]
        elif way == "sign":
            signs = [place for place, letter in enumerate(line) if letter in "\"'[]{}="]
            if not signs:
                continue
            place = dice.choice(signs)
            new[at] = line[:place] + line[place + 1 :]
        elif way == "delete":
            del new[at]
        elif way == "twice":
            new.insert(at, line)
        else:
            new[at] = line.partition("=")[0] + "= " + dice.choice(("5", "true", "[]", "", "oui", '""'))
        return Edit(at + 1, meant, "\n".join(new))


@pytest.mark.parametrize("part", range(3))
def test_a_slip_is_told_by_its_line_and_never_by_a_trace(tmp_path: Path, part: int) -> None:
    dice, refused = random.Random(f"slips {part}"), 0
    path = tmp_path / "tool.toml"
    for _ in range(EDITS // 3):
        file = dice.choice(FILES)
        made = edit(file.read_text("utf-8"), dice)
        path.write_text(made.text, "utf-8")
        problems = check_connector_file(path)
        refused += bool(problems)
        said = [(found.line, found.sentence()) for found in problems]
        told = f"{file.name} {made.line}: {said}"
        assert all(1 <= line <= made.text.count("\n") + 1 for line, _ in said), told
        assert all("connector_check." not in sentence for _, sentence in said), told
        if problems and made.meant:
            near = [sentence for line, sentence in said if abs(line - made.line) <= 1]
            assert any(f"« {made.meant} »".replace(" ", "\u00a0") in sentence for sentence in near), told
            assert len(said) <= 3, told
    assert refused > EDITS // 5


SLIPS = {
    "a header that is misspelt": ("[[facet]]\n", "[[fcaet]]\n", ["[[fcaet]]", "facet"]),
    "a header that is gone": ("[[facet]]\n", "\n", ["[facet.", "[[facet]]"]),
    "needs_ids that is misspelt": ("needs_ids", "need_ids", ["need_ids", "needs_ids"]),
    "the connector's own header": ("[connector]", "[conector]", ["[conector]", "connector"]),
    "the header of a value": ("[config.base_url]\n", "\n", ['type = "url"', "[config.base_url]"]),
}


@pytest.mark.parametrize("case", SLIPS.values(), ids=list(SLIPS))
def test_what_only_follows_from_a_slip_is_not_told(tmp_path: Path, case: tuple[str, str, list[str]]) -> None:
    before, after, (where, meant) = case
    text = (CONNECTORS / "demo" / "parties.toml").read_text("utf-8").replace(before, after, 1)
    path = tmp_path / "tool.toml"
    path.write_text(text, "utf-8")
    problems = check_connector_file(path)
    lines = text.split("\n")
    assert [where in lines[found.line - 1] for found in problems] == [True], [
        (found.line, found.sentence()) for found in problems
    ]
    assert meant in problems[0].sentence()
