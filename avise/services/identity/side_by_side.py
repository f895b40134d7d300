"""Two records side by side, field by field, as a role may read them."""

from __future__ import annotations

from collections.abc import Sequence

from avise.models.customer import DirectoryEntry, Party
from avise.models.facets import Datum
from avise.models.identity.comparison import Feature, Level, Vector, level_in
from avise.models.identity.links import How, Proposal, Reasoning, Side, pair_of
from avise.models.masking import Access, access
from avise.models.roles import Role
from avise.services.identity.values import Alike, FieldPair, RecordHead, RecordPair
from avise.services.identity.wording import explanation_in_words
from avise.texts import text
from avise.texts.formats import format_date, format_list_name, format_member_number, format_phone

_FIELDS: tuple[tuple[str, Feature | None], ...] = (
    ("last_name", Feature.LAST_NAME),
    ("birth_name", None),
    ("first_name", Feature.FIRST_NAME),
    ("birth_date", Feature.BIRTH_DATE),
    ("title", Feature.SEX),
    ("member_number", Feature.MEMBER_NUMBER),
    ("phones", Feature.PHONE),
    ("email", Feature.EMAIL),
    ("city", Feature.PLACE),
)
_WHERE = frozenset({"phones", "email", "city"})
"""What a protected file may be protected for."""


def head_of(entry: DirectoryEntry, side: Side) -> RecordHead:
    """Return whose record it is and where it comes from."""
    party = entry.party
    name = format_list_name(party.last_name, party.first_name) or party.company_name
    return RecordHead(entry.person, name, side.tool, is_listed=not side.tool)


def sealed_pair(
    proposal: Proposal, entries: tuple[DirectoryEntry | None, DirectoryEntry | None], *, may_link: bool
) -> RecordPair:
    """Return a pair of which one record is not told here, without any of its fields.

    Args:
        proposal: that waits.
        entries: what is told here of each.
        may_link: whether this role decides.
    """
    one, other = (
        head_of(entry, side) if entry is not None else _untold(side)
        for entry, side in zip(entries, (proposal.one, proposal.other), strict=True)
    )
    reasoning = proposal.reasoning
    return RecordPair(
        proposal.pair, one, other, (), explanation_in_words(reasoning.evidence), reasoning.probability,
        proposal.author, proposal.at, may_link=may_link, is_proposed=True, is_sealed=True,
    )  # fmt: skip


def _untold(side: Side) -> RecordHead:
    return RecordHead(side.person, text("identity.untold", source=side.tool), side.tool, is_listed=False)


def pair_of_records(
    sides: tuple[Side, Side],
    entries: tuple[DirectoryEntry, DirectoryEntry],
    vector: Vector,
    reasoning: Reasoning,
    proposal: Proposal | None,
    role: Role,
    *,
    may_link: bool,
    refusal: str,
) -> RecordPair:
    """Return two records as the window shows them.

    Args:
        sides: which records.
        entries: what they say now.
        vector: how alike they are.
        reasoning: why they may be one person's.
        proposal: that waits, if there is one.
        role: who reads.
        may_link: whether this role decides.
        refusal: what forbids a link, "" when nothing does.
    """
    hidden = any(entry.party.restricted for entry in entries)
    hidden = hidden and access(role, Datum.PROTECTED_FILE) is not Access.CLEAR
    return RecordPair(
        pair=pair_of(sides[0].person, sides[1].person),
        one=head_of(entries[0], sides[0]),
        other=head_of(entries[1], sides[1]),
        fields=_fields(entries[0].party, entries[1].party, vector, hidden=hidden),
        why=explanation_in_words(reasoning.evidence),
        probability=reasoning.probability,
        proposed_by=proposal.author if proposal is not None else "",
        at=proposal.at if proposal is not None else None,
        may_link=may_link,
        is_proposed=proposal is not None,
        refused=text(f"identity.refused.{refusal}") if refusal else "",
    )


def _fields(one: Party, other: Party, vector: Vector, *, hidden: bool) -> Sequence[FieldPair]:
    found: list[FieldPair] = []
    for name, feature in _FIELDS:
        if hidden and name in _WHERE:
            continue
        mine, theirs = _value(one, name), _value(other, name)
        if mine or theirs:
            level = level_in(vector, feature) if feature is not None else None
            likeness = (
                text(f"identity.{feature}.{level}") if feature is not None and level is not None else ""
            )
            found.append(FieldPair(name, mine, theirs, _alike(mine, theirs, level), likeness))
    return tuple(found)


def _alike(mine: str, theirs: str, level: Level | None) -> Alike:
    if not mine or not theirs:
        return Alike.UNKNOWN
    if mine == theirs or level is Level.SAME:
        return Alike.SAME
    return Alike.DIFFERENT if level in (None, Level.DIFFERENT) else Alike.CLOSE


def _value(party: Party, name: str) -> str:
    match name:
        case "birth_date":
            return format_date(party.birth_date) if party.birth_date else ""
        case "title":
            return text(f"enum.identity.title.{party.title}") if party.title in ("mr", "mrs") else ""
        case "member_number":
            return format_member_number(party.member_number) if party.member_number else ""
        case "phones":
            return ", ".join(map(format_phone, party.phones))
        case "city":
            return " ".join(filter(None, (party.postcode, party.city)))
        case _:
            return str(getattr(party, name))


def link_in_words(reasoning: Reasoning, author: str) -> tuple[str, str]:
    """Return who linked two records or which rule or score did, and why."""
    why = explanation_in_words(reasoning.evidence)
    if reasoning.how is How.PERSON:
        return text("identity.how.person", author=author), why
    if reasoning.rule:
        return text("identity.how.rule", rule=text(f"identity.rule.{reasoning.rule}")), why
    probability = f"{100 * (reasoning.probability or 0.0):.1f}"
    return text("identity.how.score", probability=probability, model=reasoning.model), why
