"""The text of a letter, as it may be shown: nothing of it is loaded, run or followed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from imap_tools.message import MailAttachment
from lxml import etree

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind
from avise.texts import text

LONGEST_TEXT = 1_000_000
"""Characters shown; nobody writes more."""

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_ENDS_A_LINE = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "pre", "hr", "section", "article",
     "h1", "h2", "h3", "h4", "h5", "h6"}
)  # fmt: skip
_MANY_EMPTY_LINES = re.compile(r"\n\s*\n\s*\n+")
_SPACES = re.compile(r"[ \t\n]+")


def readable_text(raw: bytes, *, cut: bool) -> str:
    """Return the text of a letter, then the names of what is attached.

    Args:
        raw: the letter, or its beginning.
        cut: there is more than was read.

    Raises:
        ConnectorError: BAD_DATA for what cannot be read as a letter.
    """
    try:
        parts = list(_parts(message_from_bytes(raw)))
        body = _plain(parts) or _from_html(parts)
        names = [_name(part) for part in parts if _is_attached(part)]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, etree.LxmlError):
        raise ConnectorError(ErrorKind.BAD_DATA, "no readable letter") from None
    notes = [text("imap.attached", names=", ".join(names))] if names else []
    notes += [text("imap.cut")] if cut or len(body) > LONGEST_TEXT else []
    return "\n\n".join([body[:LONGEST_TEXT], *notes]).strip()


def text_of_html(html: str) -> str:
    """Return the words of a page, one line a paragraph, without what is not seen."""
    if not html.strip():
        return ""
    # Comments and declarations are left out, and nothing is fetched.
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    root = etree.fromstring(html.encode("utf-8", "replace"), parser)
    lines = "".join(_words(root)).split("\n") if root is not None else []
    return _tidy("\n".join(line.strip(" ") for line in lines))


def _words(root: etree._Element) -> Iterator[str]:
    hidden: list[etree._Element] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _UNSEEN:
                hidden.append(element)
            elif not hidden:
                yield _SPACES.sub(" ", element.text or "")
            continue
        if hidden and hidden[-1] is element:
            hidden.pop()
        if not hidden:
            yield "\n" if tag in _ENDS_A_LINE else ""
            yield _SPACES.sub(" ", element.tail or "")


def _plain(parts: list[Message]) -> str:
    return _tidy("\n".join(_decoded(part) for part in parts if _is_text(part, "text/plain")))


def _from_html(parts: list[Message]) -> str:
    return "\n\n".join(text_of_html(_decoded(part)) for part in parts if _is_text(part, "text/html"))


def _parts(message: Message) -> Iterator[Message]:
    """Yield what a letter is made of; a letter that is attached to it is one part."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed([inner for inner in part.get_payload() if isinstance(inner, Message)]))
        else:
            yield part


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not _is_attached(part)


def _is_attached(part: Message) -> bool:
    named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
    return named or part.get_content_type() == "message/rfc822"


def _decoded(part: Message) -> str:
    """Return the text of a part in the charset that it says, else in the one that it seems to have."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeError):
            continue
    return raw.decode("cp1252", "replace")


def _name(part: Message) -> str:
    return _tidy(MailAttachment(part).filename).replace("\n", " ") or part.get_content_type()


def _tidy(words: str) -> str:
    """Return a text without invisible characters, and with no more than one empty line in a row."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(
        character
        for character in lines
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    trimmed = "\n".join(line.strip() if not line.strip() else line.rstrip() for line in seen.split("\n"))
    return _MANY_EMPTY_LINES.sub("\n\n", trimmed).strip()
