"""Every statement that a search asks; each reads one B-tree and stops at a bound.

SQLite is told the index, for it has no statistics; `CROSS JOIN` keeps its order of tables.
"""

from __future__ import annotations

import itertools
from enum import StrEnum

from avise.directory.keys import WordKind
from avise.directory.statements import Statement


class By(StrEnum):
    """Which first names are wanted."""

    ANY = "any"
    RANGE = "range"
    LISTED = "listed"


class In(StrEnum):
    """What else people are restricted by."""

    ANYWHERE = "anywhere"
    CITIES = "cities"
    SPAN = "span"
    DAYS = "days"


_ROW = "k.last, k.first, k.party, k.kind, k.born, k.city"
_FIRST = {
    By.ANY: ("", ""),
    By.RANGE: ("", " AND k.first BETWEEN :low AND :high"),
    By.LISTED: (" CROSS JOIN [firsts] AS f", " AND k.first = f.value"),
}
_PLACE = {
    In.ANYWHERE: ("", "NOT INDEXED", ""),
    In.CITIES: (" CROSS JOIN [cities] AS c", "INDEXED BY name_by_city", " AND k.city = c.value"),
    In.SPAN: ("", "NOT INDEXED", " AND k.born BETWEEN :since AND :until"),
    In.DAYS: (" CROSS JOIN [days] AS d", "INDEXED BY name_by_birth", " AND k.born = d.value"),
}
BY_LAST = {
    (by, place): Statement(
        f"SELECT {_ROW} FROM [lasts] AS w{_FIRST[by][0]}{_PLACE[place][0]} CROSS JOIN name AS k"  # noqa: S608 - our own words
        f" <{_PLACE[place][1]}> WHERE k.last = w.value{_FIRST[by][1]}{_PLACE[place][2]} LIMIT :bound"
    )
    for by, place in itertools.product(By, In)
}
SOME_OF_EACH = Statement(
    f"SELECT {_ROW} FROM [lasts] AS w CROSS JOIN LATERAL"  # noqa: S608 - our own words
    " (SELECT * FROM name AS n WHERE n.last = w.value LIMIT :each) AS k LIMIT :bound"
)
"""Of PostgreSQL alone, where a statement a surname would cost a journey each."""
ON_DAYS = Statement(
    f"SELECT {_ROW} FROM [days] AS d CROSS JOIN name AS k"  # noqa: S608 - our own words
    " WHERE k.born = d.value AND k.last = ANY(CAST(:lasts AS bigint[])) LIMIT :bound"
)
"""Of PostgreSQL alone: a hundred surnames of a year are found in its index, each day once, where reading the
bearers of each took 127 ms; SQLite keeps them side by side."""
BY_FIRST = {
    (by, place): Statement(
        f"SELECT {_ROW} FROM {'[firsts] AS f CROSS JOIN ' if by is By.LISTED else ''}"  # noqa: S608 - our own words
        f"{'[cities] AS c CROSS JOIN ' if place is In.CITIES else ''}name AS k <INDEXED BY name_by_first>"
        f" WHERE k.kind = 0{_FIRST[by][1]}{_PLACE[place][2]} LIMIT :bound"
    )
    for by, place in itertools.product((By.RANGE, By.LISTED), (In.ANYWHERE, In.CITIES, In.SPAN))
}
BY_BIRTH = Statement(
    f"SELECT {_ROW} FROM name AS k <INDEXED BY name_by_birth>"  # noqa: S608 - our own words
    " WHERE k.born BETWEEN :since AND :until ORDER BY k.born, k.last LIMIT :bound"
)
BY_CITY = Statement(
    f"SELECT {_ROW} FROM [cities] AS c CROSS JOIN name AS k <INDEXED BY name_by_city>"  # noqa: S608 - our own words
    " WHERE k.city = c.value LIMIT :bound"
)

NAMED = {
    kind: Statement(
        f"SELECT w.id, w.norm, w.sound FROM [[norms]] AS n CROSS JOIN {kind} AS w WHERE w.norm = n.value"  # noqa: S608 - two tables
    )
    for kind in WordKind
}
BEGINNING = {
    kind: Statement(
        f"SELECT id, norm, sound FROM {kind} WHERE norm >= :low AND norm < :high ORDER BY norm LIMIT :bound"  # noqa: S608 - two tables
    )
    for kind in WordKind
}
NEAR = {
    kind: Statement(
        f"SELECT DISTINCT v.word FROM [[forms]] AS f CROSS JOIN {kind}_form AS v"  # noqa: S608 - two tables
        " WHERE v.form = f.value LIMIT :bound"
    )
    for kind in WordKind
}
SOUNDING = {
    kind: Statement(f"SELECT id FROM {kind} WHERE sound = :sound AND sound <> '' LIMIT :bound")  # noqa: S608 - two tables
    for kind in WordKind
}
NORMS = {
    kind: Statement(
        f"SELECT w.id, w.norm, w.sound FROM [wanted] AS n CROSS JOIN {kind} AS w WHERE w.id = n.value"  # noqa: S608 - two tables
    )
    for kind in WordKind
}
EVERY_WORD = {kind: Statement(f"SELECT id, norm FROM {kind}") for kind in WordKind}  # noqa: S608 - two tables
BY_USE = Statement(
    "SELECT w.id FROM [words] AS n CROSS JOIN surname AS w WHERE w.id = n.value ORDER BY w.uses DESC, w.id"
)
BY_BOTH = Statement(
    "SELECT k.first, k.party, k.born, k.city FROM name AS k <NOT INDEXED> CROSS JOIN name AS o <NOT INDEXED>"
    " WHERE k.last = :rarer AND o.last = :other AND o.first = k.first AND o.party = k.party LIMIT :bound"
)
"""Persons who bear two surnames; each bearer of the rarer is looked for under the other."""
USED = Statement("SELECT w.id, w.uses FROM [words] AS n CROSS JOIN surname AS w WHERE w.id = n.value")
USES = Statement(
    "SELECT w.id FROM [lasts] AS n CROSS JOIN surname AS w WHERE w.id = n.value AND w.uses > :few"
)
CITIES = Statement("SELECT id, norm FROM city WHERE norm >= :low AND norm < :high LIMIT 40")
TOWNS = Statement(
    "SELECT c.id, c.norm FROM [[norms]] AS n CROSS JOIN city AS c WHERE c.norm = n.value LIMIT 80"
)
AT_POSTCODE = Statement("SELECT id FROM city WHERE postcode = :postcode LIMIT 60")

MEMBER = Statement("SELECT id FROM party WHERE member = :number AND member <> '' LIMIT :bound")
MEMBER_FROM = Statement(
    "SELECT id FROM party WHERE member >= :low AND member < :high AND member <> ''"
    " ORDER BY member LIMIT :bound"
)
EMAIL = Statement(
    "SELECT p.id FROM spelling AS s CROSS JOIN party AS p <INDEXED BY party_by_email>"
    " WHERE s.value = :domain AND p.email = :email AND p.email <> '' AND p.domain = s.id LIMIT :bound"
)
EMAIL_FROM = Statement(
    "SELECT id FROM party WHERE email >= :low AND email < :high AND email <> '' ORDER BY email LIMIT :bound"
)
PHONE = Statement("SELECT party FROM phone WHERE ending BETWEEN :low AND :high LIMIT :bound")
PHONE_AMONG = Statement(
    "SELECT p.party FROM [endings] AS k CROSS JOIN phone AS p WHERE p.ending = k.value LIMIT :bound"
)
IDENTIFIER = Statement("SELECT party FROM identifier WHERE hash = :hash")
COMPANY_NUMBER = Statement("SELECT party FROM company_number WHERE number = :number LIMIT :bound")
COMPANY_NUMBER_FROM = Statement(
    "SELECT party FROM company_number WHERE number >= :low AND number < :high ORDER BY number LIMIT :bound"
)
EVERY_COMPANY_WORD = Statement("SELECT DISTINCT word FROM company_word")
COMPANY_WORD = Statement("SELECT party FROM company_word WHERE word >= :low AND word < :high LIMIT :bound")
COMPANY_HAS = Statement(
    "SELECT c.party FROM [parties] AS n CROSS JOIN company_word AS c <INDEXED BY company_word_by_party>"
    " WHERE c.party = n.value AND c.word >= :low AND c.word < :high"
)
AMONG_CITIES = Statement(
    "SELECT p.id FROM [parties] AS n CROSS JOIN party AS p CROSS JOIN [cities] AS c"
    " WHERE p.id = n.value AND p.city = c.value"
)

FIND_NATIVE = Statement("SELECT id, native FROM party WHERE person = :person ORDER BY id")
FIND_PERSONS = Statement(
    "SELECT p.id, p.native FROM [hashes] AS n CROSS JOIN party AS p <INDEXED BY party_by_person>"
    " WHERE p.person = n.value"
)
CALLED = Statement(
    "SELECT p.native, f.value FROM [hashes] AS n CROSS JOIN party AS p <INDEXED BY party_by_person>"
    " LEFT JOIN spelling AS f ON f.id = p.first WHERE p.person = n.value"
)
FAMILY = Statement(
    "SELECT id, owner FROM party WHERE dossier = :dossier AND owner <> '' ORDER BY id LIMIT 100"
)
PORTFOLIO = Statement(
    "SELECT p.id FROM spelling AS s JOIN party AS p ON p.representative = s.id"
    " WHERE s.value = :login ORDER BY p.id"
)
FACT = Statement("SELECT value FROM meta WHERE name = :name")
COUNT = Statement("SELECT count(*) FROM party")
PARTIES = Statement(
    "SELECT p.id, p.native, p.owner, p.kind, p.birth_name, p.born, p.member, p.email, p.phones,"
    " p.restricted, p.ids, p.extra, l.value, f.value, b.value, c.name, c.postcode, d.value, r.value,"
    " t.value, s.value"
    " FROM [numbers] AS n CROSS JOIN party AS p"
    " LEFT JOIN spelling AS l ON l.id = p.last LEFT JOIN spelling AS f ON f.id = p.first"
    " LEFT JOIN spelling AS b ON b.id = p.birth_name LEFT JOIN city AS c ON c.id = p.city"
    " LEFT JOIN spelling AS d ON d.id = p.domain LEFT JOIN spelling AS r ON r.id = p.relation"
    " LEFT JOIN spelling AS t ON t.id = p.representative LEFT JOIN spelling AS s ON s.id = p.shape"
    " WHERE p.id = n.value"
)
