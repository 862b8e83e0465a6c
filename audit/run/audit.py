"""An audit from end to end: references opened, everything read and judged, run folders written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from audit.errors import RequestError
from audit.keys.key_rings import labels_of, refuse_unknown_labels
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.ownership.ignore_file import ignore, read_ignore_file
from audit.ownership.owners import Owners, read_owners
from audit.products import every_product
from audit.run.observer import Observer, SilentObserver
from audit.run.read import processors
from audit.run.reentered import reconcile, with_reentered
from audit.run.references import NOBODY, Resolver
from audit.run.run_audit import Request, run_audit
from audit.run.stores import StoreOpener, StoreOptions
from parsers.keys.key_file import KeyFile
from parsers.logs.read_rotation_report import read_rotation_report
from parsers.logs.reading import LogReading, read_logs
from parsers.progress import Progress
from parsers.secret import Secret
from reports.reentry_returned import read_returned_lists
from reports.run import Run
from reports.run_folder import prepare_run_folder, write_run_folder


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is to be audited, and where the answer goes.

    Attributes:
        out: the run folder to write.
        stores: where credentials rest.
        keys: references to the candidate keys, each `[LABEL=]REF`.
        logs: files, archives, folders and URLs in any mix; `-` is standard input.
        current: labels of the keys that the servers use now, each `[PRODUCT:]LABEL`; without them the stores
            may know.
        owners: a CSV of who owns which credential.
        layouts: a TOML file of layouts in addition to the known ones.
        ignore: a file of what is not to count until a date.
        today: the day that decides what has expired of it; that of the system's clock otherwise.
        reentered: a folder of re-entry lists that teams gave back.
        rotation_report: what Octopus printed after a rotation of its master key.
        zip_passwords: references to passwords of encrypted archives.
        anonymise: a second run folder to write, with made-up names.
        jobs: threads that read logs; 0 is one for each processor.
    """

    out: Path
    stores: StoreOptions
    keys: Sequence[str]
    logs: Sequence[str] = ()
    current: str | Sequence[str] = ()
    owners: Path | None = None
    layouts: Path | None = None
    ignore: Path | None = None
    today: date | None = None
    reentered: Path | None = None
    rotation_report: Path | None = None
    zip_passwords: Sequence[str] = ()
    anonymise: Path | None = None
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What came of it; the same is in the run folder.

    Attributes:
        run: verdicts, findings and the summary.
        remarks: what is worth knowing along with it, a sentence each.
        reentered: of the schema `REENTERED`, where lists were given back.
    """

    run: Run
    remarks: tuple[str, ...]
    reentered: pl.DataFrame | None

    @property
    def exit_code(self) -> int:
        """0: nothing needs attention; 10: something does; 3: something could not be read."""
        return self.run.summary.exit_code


def audit(
    request: AuditRequest, *, resolver: Resolver = NOBODY, observer: Observer | None = None
) -> AuditResult:
    """Test-decrypt every stored credential under all candidate keys, and write the run folder.

    Args:
        request: what is wanted.
        resolver: resolves references to keys and passwords.
        observer: is kept informed.

    Raises:
        RequestError: no store is named, or both run folders are one.
        KeyRingError: the current key is not among the candidates.
        ParsersError, AuditError, ReportsError: an input that was named cannot be used, or the folder cannot
            be written. What single stores, archives or members could not be read is in the run instead.
    """
    observer = observer or SilentObserver()
    if request.anonymise and request.anonymise.resolve() == request.out.resolve():
        raise RequestError("name another folder than --out", field="anonymise")
    passwords = resolver.passwords(request.zip_passwords)
    keys = resolver.keys(request.keys, observer.remark)
    key_files = [each for each in keys if isinstance(each, KeyFile)]
    refuse_unknown_labels(key_files, labels_of(request.current), every_product())
    stores = StoreOpener(request.stores, key_files, resolver).open_all()
    owners = read_owners(request.owners) if request.owners else Owners(())
    supplied = read_layouts(request.layouts) if request.layouts else NOTHING_SUPPLIED
    report = read_rotation_report(request.rotation_report) if request.rotation_report else None
    rules = read_ignore_file(request.ignore) if request.ignore else ()
    # Now, since the lists may lie in the run folder, which is about to be written anew.
    returned = read_returned_lists(request.reentered) if request.reentered else None
    prepare_run_folder(request.out)
    if request.anonymise:
        prepare_run_folder(request.anonymise)
    with observer.working() as progress:
        wanted = Request(
            read_logs=lambda: _read_logs(request, passwords, progress, observer),
            stores=stores,
            keys=keys,
            current=labels_of(request.current),
            owners=owners,
            supplied=supplied,
            rotation_report=report,
        )
        audited = run_audit(wanted, progress)
        run = ignore(audited.run, rules, request.today or datetime.now().astimezone().date())
        reentered = None
        if returned:
            reentered = reconcile(returned, run.credentials)
            run = with_reentered(run, reentered, returned)
        progress.working_on("writing the report")
        write_run_folder(request.out, run, rotation_report=audited.product_report)
        if request.anonymise:
            from audit.anonymise.run import anonymised

            write_run_folder(request.anonymise, anonymised(run))
    return AuditResult(run, audited.remarks, reentered)


def _read_logs(
    request: AuditRequest, passwords: Sequence[Secret], progress: Progress, observer: Observer
) -> LogReading:
    with observer.reading():
        return read_logs(
            request.logs, jobs=request.jobs or processors(), passwords=passwords, progress=progress
        )
