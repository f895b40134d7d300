"""The house's directory loaded from pages, or brought up to date: each page is committed before the next."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence

from avise.directory.keys import Minter
from avise.env import Env
from avise.hub.dialect import postgres_engine
from avise.hub.directory import HouseLoading, apply_changes, has_directory
from avise.hub.port import HubError
from avise.models.customer import Party

Pages = Callable[[str], Iterable[tuple[Sequence[Party], str]]]
"""Gives the pages that follow a place ("" for all), each with the place of the next one.

Raises:
    StalePlaceError: the place is of another list.
"""


class StalePlaceError(Exception):
    """What was read before came from another list: it has to be read again from its beginning."""


def load_house(url: str, namespace: uuid.UUID, scheme: str, pages: Pages, env: Env) -> int:
    """Load everybody aside, going on where a loading stopped, and put it in place; return how many.

    Args:
        url: of the hub's database, for a role that may make schemas.
        namespace: the site's.
        scheme: of the identity master's own key.
        pages: everybody.
        env: the clock.
    """
    engine = postgres_engine(url, 1)
    try:
        with engine.connect() as connection:
            loading = HouseLoading(connection, Minter(namespace, scheme))
            place = loading.cursor()
            connection.rollback()
            try:
                following = iter(pages(place))
            except StalePlaceError:
                place, following = "", iter(pages(""))
            if not place:
                loading.begin()
                connection.commit()
            for parties, after in following:
                loading.add(parties, after)
                connection.commit()
                place = after
            count = loading.finish(place, env.now())
            connection.commit()
            return count
    finally:
        engine.dispose()


def update_house(
    url: str, namespace: uuid.UUID, scheme: str, pages: Iterable[Sequence[Party]], env: Env
) -> int:
    """Apply changes to what is in place, page by page; return how many.

    Raises:
        HubError: `hub.no_directory`.
    """
    engine = postgres_engine(url, 1)
    count = 0
    try:
        with engine.connect() as connection:
            if not has_directory(connection):
                raise HubError("hub.no_directory")
            for parties in pages:
                apply_changes(connection, Minter(namespace, scheme), parties, env.now())
                connection.commit()
                count += len(parties)
    finally:
        engine.dispose()
    return count
