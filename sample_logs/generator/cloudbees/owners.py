"""`owners.csv`: which team answers for which credentials. Some have no owner, as in life."""

import csv
import io
from typing import Final

_OWNERS: Final = (
    ("/projects/Payments/*", "Payments", "payments@example.com"),
    ("/projects/Legacy Billing/*", "Payments", "payments@example.com"),
    ("/projects/Web Shop/credentials/db-*", "Databases", "dba@example.com"),
    ("/projects/Web Shop/*", "Shop", "shop@example.com"),
    ("/projects/Data Warehouse/*", "Databases", "dba@example.com"),
    ("/projects/Mainframe Batch/*", "Host, Batch & Print", "host@example.com"),
    ("/projects/Müller Logistik/*", "Müller", "leitstelle@mueller.example"),
    ("/projects/Firmware Lab/*", "Firmware", "firmware@example.com"),
    ("/projects/Build Farm/*", "Build", "build@example.com"),
    ("/projects/Toolchain/*", "Build", "build@example.com"),
    ("/plugins/EC-SQLServer/*", "Databases", "dba@example.com"),
    ("/plugins/*", "Release engineering", "release@example.com"),
    ("/directoryProviders/*", "Identity", "identity@example.com"),
    ("/users/*", "Identity", "identity@example.com"),
)


def owners_csv() -> bytes:
    """The first pattern that fits wins; R&D Tools, Network Edge, mail and DevOps Insight belong to nobody."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("pattern", "team", "contact"))
    writer.writerows(_OWNERS)
    return text.getvalue().encode()
