"""The checks before an upgrade, a rotation or an import, and the vendors' orders of steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.errors import RequestError
from audit.exit_codes import ExitCode, exit_code
from audit.keys.key_rings import labels_of
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.readiness.check import Check, CheckState
from audit.readiness.checks import check_ids, make_checks
from audit.readiness.estate import Estate
from audit.readiness.read_estate import OpenedEstate, read_estates
from audit.run.observer import Observer, SilentObserver
from audit.run.references import NOBODY, Resolver
from audit.run.stores import StoreOpener, StoreOptions
from parsers.errors import StoreError
from parsers.keys.key_file import KeyFile, split_label
from parsers.stores.interface import Store
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class ReadinessRequest:
    """The estate that is to be checked.

    Attributes:
        stores: the server's own.
        keys: references to the candidate keys, each `[LABEL=]REF`.
        current: labels of the keys that the servers use now, each `[PRODUCT:]LABEL`; without them the stores
            may know.
        layouts: a TOML file of layouts in addition to the known ones.
        copies: references to further places of the server's key, each `LABEL=REF`.
        conf: the nodes' conf folders, each `[NODE=]DIR`, the primary's first.
        backups: references to restored backups.
        imports: references to exports that are about to be imported.
        skip: checks to leave out, by their id.
    """

    stores: StoreOptions
    keys: Sequence[str]
    current: str | Sequence[str] = ()
    layouts: Path | None = None
    copies: Sequence[str] = ()
    conf: Sequence[str] = ()
    backups: Sequence[str] = ()
    imports: Sequence[str] = ()
    skip: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class StepsInOrder:
    """What a vendor has people do, with this estate's names and ports; `title` says for what."""

    title: str
    steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What came of it.

    Attributes:
        checks: those that were made, in order.
        orders: the vendors' orders of steps that apply.
        unread: what could not be read, and why.
    """

    checks: Sequence[Check]
    orders: Sequence[StepsInOrder]
    unread: Sequence[Unread]

    @property
    def exit_code(self) -> ExitCode:
        """0 where all pass; what is unknown leaves the answer incomplete, unless another check fails."""
        states = {check.state for check in self.checks}
        decided = CheckState.FAIL in states or CheckState.UNKNOWN not in states
        complete = not self.unread and decided and bool(self.checks)
        return exit_code(complete=complete, attention=CheckState.FAIL in states)


def check_readiness(
    request: ReadinessRequest, *, resolver: Resolver = NOBODY, observer: Observer | None = None
) -> Readiness:
    """Check an estate: each check passes, fails or is unknown.

    Args:
        request: what is wanted.
        resolver: resolves references to keys and passwords.
        observer: is kept informed.

    Raises:
        RequestError: no store is named, or a check to skip does not exist.
        ParsersError, AuditError: an input that was named cannot be used. What single stores, backups or conf
            folders could not be read is in the answer instead.
    """
    observer = observer or SilentObserver()
    known = check_ids()
    for each in request.skip:
        if each not in known:
            raise RequestError(f"{each!r} is not one of {', '.join(known)}", field="skip")
    with observer.working() as progress:
        estates = read_estates(_opened(request, resolver, observer), progress)
    checks = [check for check in make_checks(estates) if check.id not in request.skip]
    unread = sorted({each for estate in estates for each in estate.unread}, key=str)
    return Readiness(checks, list(_orders(estates)), unread)


def _opened(request: ReadinessRequest, resolver: Resolver, observer: Observer) -> OpenedEstate:
    keys = resolver.keys(request.keys, observer.remark)
    opener = StoreOpener(request.stores, [each for each in keys if isinstance(each, KeyFile)], resolver)
    return OpenedEstate(
        stores=opener.open_all(),
        imports=[_store(each, opener) for each in request.imports],
        backups=[_store(each, opener) for each in request.backups],
        keys=keys,
        copies=resolver.keys(request.copies, observer.remark),
        conf=[_node(each) for each in request.conf],
        current=labels_of(request.current),
        supplied=read_layouts(request.layouts) if request.layouts else NOTHING_SUPPLIED,
    )


def _store(reference: str, opener: StoreOpener) -> Store | Unread:
    """A backup that cannot even be opened is an answer, not the end of the run."""
    try:
        return opener.open(reference)
    except StoreError as error:
        return Unread(reference, "", error.message)


def _node(given: str) -> tuple[str, Path]:
    label, folder = split_label(given)
    return label or folder, Path(folder)


def _orders(estates: Sequence[Estate]) -> Iterator[StepsInOrder]:
    for rules, estate in ((estate.product.readiness, estate) for estate in estates):
        if steps := rules.steps(estate):
            yield StepsInOrder(rules.steps_title, steps)
