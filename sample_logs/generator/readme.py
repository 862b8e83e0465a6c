"""What stands beside the estates, so that nobody takes them for real."""

from typing import Final

README: Final = """\
# Sample estates

Everything here is made up: hosts, people, passwords, keys, logs. No key opens anything outside this
folder. A script writes it, the same every time:

    make samples                                  # into sample_logs/
    python -m sample_logs.generator DIR             # anywhere
    passkey-audit demo DIR                        # the same, and audits it

Change the script, not the files.

## cloudbees-cd: a cluster after its upgrade from 9.1 to 9.2

Two nodes, `cd-kestrel` and `CDMERLIN`, share one database. Years ago two projects were imported into it
from the build farm's server and two from the labs' server; an import does not encrypt again. On 6
February 2021 the cluster was upgraded with the hotfix of KBEC-00441, which made a new passkey, encrypted
again what it could open, and skipped the rest. The build farm's passkey was found in a backup; that of
the labs is gone.

| path | what it is |
| --- | --- |
| `logs/` | live logs of both nodes, rotated zips, one log packed again as gzip, the service wrapper's log |
| `logs/kept-aside/` | a copy of a rotated log: its entries count once |
| `logs/support-bundle.zip` | AES-256 (WinZip AE-2), zips inside; password: `support-bundle.password` |
| `store/export.xml`, `.xml.gz` | a full export |
| `store/credentials.csv` | the same rows as a table |
| `store/commander.sqlite` | the same rows as a database, with `ec_configuration_history` |
| `store/imported-2017.xml` | the labs' own export of a project: its root names the missing passkey |
| `keys/` | `passkey` (current, 256 bits), `passkey-9.1` (before the upgrade), `passkey-build-farm` |
| `owners.csv` | who answers for what; some credentials have no owner |
| `truth.json` | the right verdict of every credential, by location, and every finding, by source and line |

In `truth.json`, `opened_by` is the file in `keys/`; the same letter in `group` means the same secret;
`source` is relative to the estate, and `also_at` says where the same log lies once more. An entry that
names several credentials has all their names as its subject, `, ` between them. A project is given only
where the entry says it. `missing_key` is the fingerprint of the labs' passkey.

### Published, and invented

Published by the vendor: the two layouts of commander.log, the wrapper's and the agents'; names of rotated
files and the inside of a support bundle; the text of the `InvalidPasskey` and `GeneralSecurityException`
messages; the hotfix's phrases (KBEC-00441); SHA-1 of the file as a passkey's fingerprint and the column
`passkey_fingreprint`, spelled so (KBEC-00497); projects and credentials in an export; 128-bit keys up to 9.1
and 256-bit keys from 9.2. Seen in published exports of 3.5 to 10.4.2: stored values of exactly 16, 32 and 48
bytes in base64, equal for equal passwords, before 9.2 and after.

Invented, since nobody has published it:

- **What follows the hotfix's phrases.** Quoted and bare names, `credential[name=…,id=…]`, paths, UUIDs,
  lists: every form that the product uses elsewhere.
- **How values are encrypted.** The layout is inferred, not published: those lengths leave no room for an
  initialization vector or a tag, and that is all that is known. Here, old and imported values are base64 of
  AES-128-ECB with PKCS#7, new ones base64 of AES-256-CBC with PKCS#7 and a vector of zeros; the key is the
  file's bytes. The real ones may as well be the other way round, or have a constant vector, or one from the
  key: the program finds that out from the data, and so must it here (secrets of several blocks tell).
- **Six values that are hard to judge.** Three were cut off (`damaged`), and three hold noise with two
  bytes of padding, which chance may have made (`ambiguous`).
- **Names of the other kinds' elements in a full export** (`directoryProvider/managerPassword`,
  `emailConfig/mailUserPassword`, `devOpsInsightServerConfiguration/password`, `user/password`) **and of
  the tables and columns that hold secrets**: inferred from the product's rule for names. A plug-in's
  project is named by the path that `ectool` takes for it, `/plugins/NAME/project`.
- All ordinary traffic in the logs, and the stack frames of classes other than `PasswordCrypterImpl` and
  `SessionManagerImpl`.

## octopus: two nodes after a rotation of the master key

`octo-heron` and `octo-wren` share one database. The first master key was lost in 2019: what the project
Kiosk kept under it was never entered again. On 14 May 2024 the key that followed was rotated on
`octo-heron`. The rotation left the secrets of three extensions under it (as in OctopusDeploy/Issues #8111
and #9019), and nobody ran `set-master-key` on `octo-wren`.

| path | what it is |
| --- | --- |
| `logs/` | `OctopusServer.txt` of both nodes, and an archive with the rotation |
| `store/octopus.sqlite` | the database |
| `store/octopus.sql` | the same rows as a script from SQL Server's tools, in UTF-16 |
| `keys/octo-*/` | each node's `Server.linux.config`, with the machine-id that opens it |
| `keys/before.txt` | the master key before the rotation, as `show-master-key` prints it into a file |
| `rotation-report.txt` | what the rotation printed, the new key in clear text included |
| `owners.csv` | who answers for what |
| `truth.json` | the right verdict of every value, by record, and every finding, by source and line |

Published: the form of values and keys, tables and paths, the log's layout and messages, the beginning of
the report. Invented: all data, what the report says behind its counts, and the ordinary traffic.
"""
