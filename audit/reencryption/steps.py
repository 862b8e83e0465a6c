"""What people have to do once the values lie under another key."""

from collections.abc import Iterator

from audit.product import Rekeyed


def steps_after(rekeyed: Rekeyed) -> Iterator[str]:
    """The product's steps in their order, and the last one; none where the server uses the key already."""
    if rekeyed.ring.current is rekeyed.target:
        return
    yield from rekeyed.ring.product.rekeying.steps_after(rekeyed)
    yield (
        "Audit again with the old and the new key. Keep the old key, the journal and the backup until no "
        "backup needs them any more."
    )
