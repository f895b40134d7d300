"""Links that cannot all be true."""

from avise.models.identity.rivals import STANDS_OUT, Rivalry, rivalries


def _never(_one: int, _other: int) -> bool:
    return False


def _always(_one: int, _other: int) -> bool:
    return True


def test_a_record_held_to_be_two_persons_has_two_rival_links() -> None:
    links = [(0, 0, 20.0), (0, 1, 20.0), (5, 5, 20.0)]
    assert rivalries(links, _always, _never) == [Rivalry(0, 1, stands_out=False)]


def test_a_link_that_stands_out_is_told() -> None:
    links = [(0, 1, 20.0 + STANDS_OUT), (3, 1, 20.0)]
    assert rivalries(links, _never, _always) == [Rivalry(0, 1, stands_out=True, of_ours=True)]


def test_somebody_written_down_several_times_has_links_that_may_be_true_together() -> None:
    links = [(0, 0, 30.0), (0, 1, 20.0), (0, 2, 20.0)]
    assert all(rivalry.may_be_one for rivalry in rivalries(links, _always, _always))


def test_within_one_table_a_record_stands_on_either_side_of_its_links() -> None:
    links = [(0, 1, 30.0), (1, 2, 30.0)]
    assert rivalries(links, _never, None) == [Rivalry(0, 1, stands_out=False)]
