"""The ids of the products, as the column `system` has them everywhere. This list alone names them all."""

from typing import Final

CLOUDBEES_CD: Final = "cloudbees-cd"
OCTOPUS: Final = "octopus"
