"""The letters of the mailbox; every name and address is invented (`.invalid` leads nowhere)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

HELENE = "helene.marchand@courriel.invalid"
HELENE_AT_WORK = "h.marchand@bureau.invalid"
LENE = "lene.marchand@courriel.invalid"
"""A part of Hélène's address: a search for it finds hers too."""
YVON = "yvon.kerdraon@courriel.invalid"
MANY = "beaucoup@courriel.invalid"
DESK = "adherents@mutuelle.invalid"
FIRST_DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
LONG_LIST = 210
"""Letters of one correspondent, more than two pages."""
SECRET_WORDS = "Ma carte est perdue, je suis en arrêt maladie"  # noqa: S105 - a canary


@dataclass(frozen=True)
class Posted:
    """A letter and where it was put."""

    folder: str
    raw: bytes
    arrived: datetime


def letter(
    sender: str, to: str, subject: str, words: str, *, day: int = 0, mark: str = "", folder: str = "INBOX"
) -> Posted:
    """Return a plain letter."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = FIRST_DAY + timedelta(days=day)
    if mark:
        message["Message-ID"] = f"<{mark}@courriel.invalid>"
    message.set_content(words)
    return Posted(folder, message.as_bytes(), FIRST_DAY + timedelta(days=day, minutes=5))


def with_files() -> Posted:
    """Return a letter in two forms with two files."""
    message = EmailMessage()
    message["From"], message["To"] = f"Hélène Marchand <{HELENE_AT_WORK}>", DESK
    message["Cc"] = "Somebody <autre@courriel.invalid>"
    message["Subject"] = "Devis d’optique <b>urgent</b>"
    message["Date"] = FIRST_DAY + timedelta(days=4)
    message.set_content("Voici le devis.\n")
    message.add_alternative("<p>Voici le <b>devis</b>.</p>", subtype="html")
    message.add_attachment(
        b"%PDF-1.4" + bytes(5000), maintype="application", subtype="pdf", filename="dévis.pdf"
    )
    message.add_attachment(bytes(2000), maintype="image", subtype="png", filename="ordonnance.png")
    return Posted("INBOX", message.as_bytes(), FIRST_DAY + timedelta(days=4, minutes=5))


HTML = f"""<html><head><title>no</title><style>p {{ color: red }}</style></head><body>
<script>document.write("no")</script><p>Bonjour,</p><div>{SECRET_WORDS}.<br>Merci&nbsp;!</div>
<img src="http://127.0.0.1:9/tracking.png"><link rel="stylesheet" href="http://127.0.0.1:9/a.css">
<!-- no --><table><tr><td>Hélène</td></tr></table></body></html>"""


def only_html() -> Posted:
    """Return a letter without a plain form, in a charset that is not the one it says."""
    raw = (
        f"From: {HELENE}\r\nTo: {DESK}\r\nSubject: =?utf-8?q?Page_=E2=80=AEtrompeuse?=\r\n"
        "Date: Fri, 06 Mar 2026 09:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/html; charset=x-none\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + HTML.encode()
    return Posted("INBOX", raw, FIRST_DAY + timedelta(days=5))


def badly_written() -> Iterator[Posted]:
    """Yield letters that break the rules."""
    head = f"From: {HELENE}\r\nTo: {DESK}\r\n"
    dated = "Date: Sat, 07 Mar 2026 09:00:00 +0100\r\n"
    broken = {
        "raw bytes": head.encode() + b"Subject: caf\xe9 cr\xe8me\r\n" + dated.encode() + b"\r\nd\xe9j\xe0 vu",
        "unknown charset": f"{head}{dated}Subject: =?x-klingon?B?aGVsbG8=?=\r\n\r\nhello".encode(),
        "no subject": f"{head}{dated}\r\nrien".encode(),
        "no date": f"{head}Subject: sans date\r\n\r\nrien".encode(),
        "date ahead": f"{head}Date: Mon, 07 Mar 2095 09:00:00 +0100\r\nSubject: demain\r\n\r\nrien".encode(),
        "no end": f'{head}{dated}Subject: coupé\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n'
        "Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\nAAA".encode(),
    }
    for place, raw in enumerate(broken.values()):
        yield Posted("INBOX", raw, FIRST_DAY + timedelta(days=6, minutes=place))


def huge() -> Posted:
    """Return a letter larger than what is read of one."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = HELENE, DESK, "Radios"
    message["Date"] = FIRST_DAY + timedelta(days=7)
    message.set_content("Les radios sont jointes.")
    message.add_attachment(bytes(6_400_000), maintype="application", subtype="zip", filename="radios.zip")
    return Posted("INBOX", message.as_bytes(), FIRST_DAY + timedelta(days=7))


SENT = "Éléments envoyés"
"""A folder as French mailboxes name it; names travel in a form of UTF-7 (RFC 3501, 5.1.3)."""

LETTERS = (
    letter(f"Hélène Marchand <{HELENE}>", DESK, "Carte perdue", SECRET_WORDS, mark="1"),
    letter(f"Service adhérents <{DESK}>", HELENE, "Re: Carte perdue", "C’est fait.", day=1, folder="Sent"),
    letter(f"Hélène Marchand <{HELENE}>", DESK, "Merci", "Merci.", day=2, mark="2"),
    letter(f"Hélène Marchand <{HELENE}>", DESK, "Merci", "Merci.", day=2, mark="2", folder="Sent"),
    letter(DESK, YVON, "Votre réclamation", "Nous l’étudions.", day=4, folder=SENT),
    letter(YVON, DESK, "Réclamation", "Une autre personne.", day=3),
    with_files(),
    only_html(),
    *badly_written(),
    huge(),
    *(letter(MANY, DESK, f"Courriel {place}", "…", day=place) for place in range(LONG_LIST)),
)
"""A letter to Hélène lies in two folders; those of the search for a part of her address are not all hers."""
