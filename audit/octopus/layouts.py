"""The layouts of Octopus Deploy, which its vendor documents."""

from typing import Final

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode

LAYOUTS: Final = (
    Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.BESIDE),
    Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.FRONT, Encoding.RAW, prefix=b"IV__"),
)
"""`base64(ciphertext)|base64(vector)` under the key as it is (docs, "Data encryption"); files of an offline
package drop as Calamari reads them."""
