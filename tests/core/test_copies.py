import gc
import weakref

from mien.core.copies import copies


class Thing:
    pass


def test_every_reader_gets_every_item_in_order_whoever_is_ahead() -> None:
    first, second, third = copies(range(5), 3)
    assert [next(first), next(first), next(second)] == [0, 1, 0]
    assert (list(third), list(first), list(second)) == ([0, 1, 2, 3, 4], [2, 3, 4], [1, 2, 3, 4])


def test_an_item_is_forgotten_once_all_have_it() -> None:
    made: list[weakref.ref[Thing]] = []

    def things():
        for _ in range(10):
            thing = Thing()
            made.append(weakref.ref(thing))
            yield thing
            del thing

    first, second = copies(things(), 2)
    for _ in range(5):
        next(first)
    for _ in range(3):
        next(second)
    gc.collect()
    assert [thing() is not None for thing in made] == [False, False, False, True, True]
