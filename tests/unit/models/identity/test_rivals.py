"""Links that cannot all be true."""

from avise.models.identity.rivals import STANDS_OUT, rivals


def _never(_one: int, _other: int) -> bool:
    return False


def _always(_one: int, _other: int) -> bool:
    return True


def test_a_record_held_to_be_two_persons_waits_for_a_person_with_both_links() -> None:
    links = [(0, 0, 20.0), (0, 1, 20.0), (5, 5, 20.0)]
    assert rivals(links, _never, _always) == {0, 1}


def test_a_link_that_stands_out_stays() -> None:
    links = [(0, 0, 20.0 + STANDS_OUT), (0, 1, 20.0), (5, 5, 20.0)]
    assert rivals(links, _never, _always) == {1}


def test_somebody_written_down_several_times_keeps_each_link() -> None:
    links = [(0, 0, 30.0), (0, 1, 20.0), (0, 2, 20.0)]
    assert rivals(links, _always, _always) == frozenset()


def test_between_tables_that_name_each_person_once_the_better_partner_is_the_only_one() -> None:
    links = [(0, 0, 30.0), (0, 1, 20.0), *((place, place, 20.0) for place in range(2, 30))]
    assert rivals(links, _always, _always) == {1}
