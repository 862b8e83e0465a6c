from sample_logs.generator.dice import Dice


def test_same_name_same_fall() -> None:
    """Dice of one name give one stream, whatever the sizes in which it is taken."""
    whole = Dice("a").bytes(100)
    pieces = Dice("a")
    assert b"".join(pieces.bytes(size) for size in (1, 31, 32, 33, 3)) == whole
    assert Dice("b").bytes(100) != whole


def test_known_bytes() -> None:
    """The stream is SHA-256 over name and counter: a later change of it would change every sample."""
    assert Dice("a").bytes(4).hex() == "d7e98967"


def test_shuffled_keeps_all() -> None:
    """Shuffling loses nothing and moves something."""
    numbers = list(range(50))
    shuffled = Dice("a").shuffled(numbers)
    assert sorted(shuffled) == numbers
    assert shuffled != numbers


def test_every_choice_comes() -> None:
    """No choice is out of reach."""
    dice = Dice("a")
    assert {dice.pick("xyz") for _ in range(100)} == set("xyz")
    assert {dice.below(5) for _ in range(200)} == set(range(5))
