"""One transaction: tried again while that may help, and honest about a COMMIT without an answer."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from parsers.errors import CommitUnknownError, StoreError
from parsers.stores.database.changing.transactions import Access
from parsers.stores.database.faults import DRIVER_FAULTS, explain, is_passing, is_refusal

Result = TypeVar("Result")


def committed(access: Access, work: Callable[[sa.Connection], Result]) -> Result:
    """What `work` returns, once all that it did is committed.

    All of it is begun anew after a deadlock, a lock that was not to be had, or a lost connection.

    Raises:
        StoreError: nothing was changed.
        CommitUnknownError: COMMIT was sent, and no answer came.
    """
    for wait in access.patience.waits:
        try:
            return _once(access, work)
        except DRIVER_FAULTS as error:
            if not is_passing(error):
                raise _nothing_changed(access, error) from None
        access.patience.sleep(wait)
    try:
        return _once(access, work)
    except DRIVER_FAULTS as error:
        raise _nothing_changed(access, error) from None


def _once(access: Access, work: Callable[[sa.Connection], Result]) -> Result:
    with access.writing() as connection:
        result = work(connection)
        try:
            connection.commit()
        except DRIVER_FAULTS as error:
            if is_refusal(error):
                raise
            # Without its cause, as below.
            raise CommitUnknownError(
                f"{access.database.label!r}: COMMIT was sent and not answered: {explain(error)}",
                hint="either all of it stands or nothing: read the values again",
            ) from None
        return result


def _nothing_changed(access: Access, error: BaseException) -> StoreError:
    """To be raised without its cause: a database that refuses a row may quote it."""
    return StoreError(f"{access.database.label!r} was not changed: {explain(error)}")
