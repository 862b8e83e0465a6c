"""What a changed passkey or master key left unreadable: found, judged, re-encrypted.

This is the public face; the commands of `passkey-audit` use it themselves:

- `read`: logs, to findings.
- `audit`: logs, stores and keys, to verdicts and a run folder.
- `find_layouts`: which ciphertext layouts the stores show.
- `check_readiness`: the checks before an upgrade, a rotation or an import.
- `reencrypt`: what an older key still opens, made to open under another: planned, confirmed, locked, checked
  again, journalled, written, proven.
- `undo`: what a re-encryption wrote, put back.
- `diff`: what has become of credentials from run to run.

Each takes a request, and keyword arguments for what the caller alone can do: resolve references to secrets,
answer questions, look on. None prints, asks or exits; what goes wrong is an `AuditError`, a
`parsers.errors.ParsersError` or a `reports.errors.ReportsError`. What only concerns one input (a damaged
archive, a store that is not there) is no error but a row of `unread` in the answer.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from audit.errors import AuditError as AuditError
    from audit.errors import ReencryptionError as ReencryptionError
    from audit.errors import RequestError as RequestError
    from audit.exit_codes import ExitCode as ExitCode
    from audit.reencryption.overrides import Despite as Despite
    from audit.reencryption.request import Question as Question
    from audit.reencryption.request import Reencryption as Reencryption
    from audit.reencryption.request import ReencryptionObserver as ReencryptionObserver
    from audit.reencryption.request import ReencryptionRequest as ReencryptionRequest
    from audit.reencryption.safe_order import reencrypt as reencrypt
    from audit.reencryption.undo import UndoRequest as UndoRequest
    from audit.reencryption.undo import UndoResult as UndoResult
    from audit.reencryption.undo import undo as undo
    from audit.run.audit import AuditRequest as AuditRequest
    from audit.run.audit import AuditResult as AuditResult
    from audit.run.audit import audit as audit
    from audit.run.diff import Difference as Difference
    from audit.run.diff import diff as diff
    from audit.run.layouts import LayoutsRequest as LayoutsRequest
    from audit.run.layouts import LayoutsResult as LayoutsResult
    from audit.run.layouts import find_layouts as find_layouts
    from audit.run.observer import Observer as Observer
    from audit.run.observer import SilentObserver as SilentObserver
    from audit.run.read import ReadRequest as ReadRequest
    from audit.run.read import read as read
    from audit.run.readiness import Readiness as Readiness
    from audit.run.readiness import ReadinessRequest as ReadinessRequest
    from audit.run.readiness import check_readiness as check_readiness
    from audit.run.references import Resolver as Resolver
    from audit.run.stores import StoreOptions as StoreOptions

_ROOMS: Final = {
    "audit.errors": ("AuditError", "ReencryptionError", "RequestError"),
    "audit.exit_codes": ("ExitCode",),
    "audit.reencryption.overrides": ("Despite",),
    "audit.reencryption.request": (
        "Question",
        "Reencryption",
        "ReencryptionObserver",
        "ReencryptionRequest",
    ),
    "audit.reencryption.safe_order": ("reencrypt",),
    "audit.reencryption.undo": ("UndoRequest", "UndoResult", "undo"),
    "audit.run.audit": ("AuditRequest", "AuditResult", "audit"),
    "audit.run.diff": ("Difference", "diff"),
    "audit.run.layouts": ("LayoutsResult", "LayoutsRequest", "find_layouts"),
    "audit.run.observer": ("Observer", "SilentObserver"),
    "audit.run.read": ("ReadRequest", "read"),
    "audit.run.readiness": ("Readiness", "ReadinessRequest", "check_readiness"),
    "audit.run.references": ("Resolver",),
    "audit.run.stores": ("StoreOptions",),
}
"""Where each name lives.

It is imported when it is first used, for each brings libraries that load longer than `--help` may take.
No name is that of a folder or file in here: Python would put that in its place.
"""

__all__ = [
    "AuditError",
    "AuditRequest",
    "AuditResult",
    "Despite",
    "Difference",
    "ExitCode",
    "LayoutsRequest",
    "LayoutsResult",
    "Observer",
    "Question",
    "ReadRequest",
    "Readiness",
    "ReadinessRequest",
    "Reencryption",
    "ReencryptionError",
    "ReencryptionObserver",
    "ReencryptionRequest",
    "RequestError",
    "Resolver",
    "SilentObserver",
    "StoreOptions",
    "UndoRequest",
    "UndoResult",
    "audit",
    "check_readiness",
    "diff",
    "find_layouts",
    "read",
    "reencrypt",
    "undo",
]


def __getattr__(name: str) -> object:
    for room, names in _ROOMS.items():
        if name in names:
            found: object = getattr(import_module(room), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
