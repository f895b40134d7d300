"""Makes the draft of a message: its channel by preference and consent, its facts in place, its gaps.

Pure: the same facts give the same draft, so that what leaves is checked against what was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from avise.models.consent import ConsentChannel, ConsentMatrix, Permission, may_send
from avise.models.facets import FacetState
from avise.models.free_text import check_note
from avise.models.note_findings import blocking
from avise.models.outgoing import (
    ChannelChoice,
    Fragment,
    Fragments,
    MessageDraft,
    MissingFact,
    plain,
)
from avise.services.consent_texts import ConsentBook
from avise.services.consents import exclusion
from avise.services.customer_updates import Header
from avise.services.fact_rules import Told
from avise.services.facts import READABLE, Facts
from avise.services.messages.recipients import Recipient, greeting, recipient
from avise.services.messages.rewriting import rewritten
from avise.services.messages.short_text import gsm_text, parts
from avise.services.messages.templates import Template, parsed
from avise.services.named_facts import FactFinder, Found, told_value
from avise.texts import language, speaking, text
from avise.texts.formats import format_date, format_long_date, format_member_number


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the agent and the mutual, as they sign; and what this desk can send."""

    agent: str
    mutual: str
    ways: frozenset[ConsentChannel]
    """Channels that the profile has a way out for."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to: the header and the facts of an open dossier, and what the member accepts."""

    header: Header
    facts: Facts
    matrix: ConsentMatrix


@dataclass(frozen=True, slots=True)
class Wish:
    """What the agent asks for; "" and nothing leave it to the template and to the member's preference."""

    channel: ConsentChannel | None = None
    language: str = ""
    filled: Mapping[str, str] | None = None
    """Facts that the agent gives where nobody knows them."""
    words: str = ""
    """The body as the agent wrote it over."""


def make_draft(
    template: Template, addressee: Addressee, writer: Writer, book: ConsentBook, wish: Wish
) -> MessageDraft:
    """Return the draft of a template for a member."""
    code = wish.language or language()
    facts, header = addressee.facts, addressee.header
    reached = {channel: recipient(channel, facts, header) for channel in template.channel_order()}
    choices = tuple(
        _choice(template, addressee, writer, book, channel, reached[channel]) for channel in reached
    )
    chosen = _chosen(choices, wish.channel)
    named = {name: FactFinder(rule, facts.today).find(tuple(facts.records(rule.facet)), facts.now)
             for name, rule in template.fact.items()}  # fmt: skip
    values = _Values(template, named, header, writer, facts, dict(wish.filled or {}), code)
    # Without a channel the first one is still shown: the agent sees what would be said, and why not.
    shown_as = chosen.channel if chosen is not None else choices[0].channel
    subject, body = (values.fragments(part) for part in template.texts(code, shown_as))
    words = wish.words
    if shown_as is ConsentChannel.SMS:
        body = tuple(Fragment(gsm_text(run.text), run.fact, run.missing) for run in body)
        words = gsm_text(words)
    if words:
        body = rewritten(body, words)
    return MessageDraft(
        person=header.dossier,
        template=template.id,
        template_version=template.version,
        title=template.title_in(language()),
        purpose=template.purpose,
        channel=chosen.channel if chosen is not None else None,
        chosen_because=_because(chosen, wish),
        choices=choices,
        language=code,
        recipient=reached[shown_as].value if chosen is not None else "",
        subject=subject,
        body=body,
        missing=tuple(values.missing(subject, body)),
        stale=tuple(values.stale(subject, body)),
        sms_parts=parts(plain(body)) if shown_as is ConsentChannel.SMS else 0,
        filled=dict(wish.filled or {}),
        words=wish.words,
    )


# ---- the channel ----------------------------------------------------------------------------------


def _choice(
    template: Template,
    addressee: Addressee,
    writer: Writer,
    book: ConsentBook,
    channel: ConsentChannel,
    found: Recipient,
) -> ChannelChoice:
    facts = addressee.facts
    left_out = exclusion(facts, template.purpose)
    permission = may_send(addressee.matrix, book.rule(template.purpose), channel, facts.today, left_out)
    if not permission.allowed:
        return ChannelChoice(
            channel, allowed=False, reason=permission_text(permission), preferred=found.preferred
        )
    if channel not in writer.ways:
        return ChannelChoice(
            channel, allowed=False, reason=text("channel_choice.no_way"), preferred=found.preferred
        )
    if found.problem:
        reason = text(f"channel_choice.{found.problem}")
        return ChannelChoice(channel, allowed=False, reason=reason, preferred=found.preferred)
    return ChannelChoice(channel, allowed=True, reason=permission_text(permission), preferred=found.preferred)


def _chosen(choices: tuple[ChannelChoice, ...], wanted: ConsentChannel | None) -> ChannelChoice | None:
    if wanted is not None:
        return next((choice for choice in choices if choice.channel is wanted and choice.allowed), None)
    usable = sorted((choice for choice in choices if choice.allowed), key=lambda choice: not choice.preferred)
    return usable[0] if usable else None


def _because(chosen: ChannelChoice | None, wish: Wish) -> str:
    if chosen is None:
        return text("channel_choice.none")
    if wish.channel is not None:
        return text("channel_choice.asked")
    return text("channel_choice.preferred" if chosen.preferred else "channel_choice.first_possible")


def permission_text(permission: Permission) -> str:
    """Return why one may or may not write, in words."""
    dated = permission.reason in ("given", "refused", "expired")
    if dated and permission.since is None:
        return text(f"permission.{permission.reason}_undated")
    return text(
        f"permission.{permission.reason}", date=format_date(permission.since) if permission.since else ""
    )


# ---- the text -------------------------------------------------------------------------------------


class _Values:
    """What stands for each name of a template, for one member, in one language."""

    def __init__(
        self, template: Template, named: Mapping[str, Found | None], header: Header, writer: Writer,
        facts: Facts, filled: Mapping[str, str], code: str,
    ) -> None:  # fmt: skip
        self._template = template
        self._named = named
        self._facts = facts
        self._filled = filled
        self._told = {name: Told.read(value, "") for name, value in template.told.items()}
        with speaking(code):
            self._known = {
                "greeting": greeting(header),
                "first_name": header.first_name,
                "last_name": header.last_name,
                "member_number": format_member_number(header.member_number),
                "today": format_long_date(facts.today),
                "agent": writer.agent,
                "mutual": writer.mutual,
                **{name: told_value(told, named) for name, told in self._told.items()},
            }

    def fragments(self, words: str) -> Fragments:
        """Return a text with every name in its place."""
        return tuple(self._runs(words))

    def _runs(self, words: str) -> Iterator[Fragment]:
        for before, name in parsed(words):
            if before:
                yield Fragment(before)
            if not name:
                continue
            value = self._known.get(name) or self._filled.get(name, "").strip()
            if value:
                yield Fragment(value, name)
            else:
                yield Fragment(f"[{self._template.label_of(name)}]", name, missing=True)

    def missing(self, *texts: Fragments) -> Iterator[MissingFact]:
        """Yield the gaps of a draft, each once."""
        names = dict.fromkeys(run.fact for words in texts for run in words if run.missing)
        for name in names:
            yield MissingFact(name, self._template.label_of(name), self._facet_of(name))

    def _facet_of(self, name: str) -> str:
        """Return the facet that tells a fact, "" for what no tool tells."""
        told = self._told.get(name)
        rule = self._template.fact.get(told.fact) if told is not None else None
        return rule.facet if rule is not None else ""

    def stale(self, *texts: Fragments) -> Iterator[str]:
        """Yield the labels of the facts in place that rest on an old reading, each once."""
        names = dict.fromkeys(run.fact for words in texts for run in words if run.fact in self._told)
        for name in names:
            found = self._named.get(self._told[name].fact)
            if found is not None and name not in self._filled and _is_stale(self._facts, found.facet):
                yield self._template.label_of(name)


def _is_stale(facts: Facts, facet: str) -> bool:
    views = [view for view in facts.views.get(facet, ()) if view.state in READABLE]
    return any(view.state is FacetState.STALE for view in views)


def holds_restricted_number(words: Mapping[str, str] | None) -> bool:
    """Say whether what an agent gave holds a NIR, a bank account or a card number."""
    return any(blocking(check_note(value)) for value in (words or {}).values())
