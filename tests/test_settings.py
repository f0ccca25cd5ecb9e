"""What is wrong in the settings is said, and what is secret is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from watch.errors import SettingsError
from watch.settings import _database


def test_an_address_of_a_database_is_read_in_its_parts() -> None:
    read = _database("postgresql://veille:s%2F%23%40@db.example:5433/zoom")

    assert (read["USER"], read["PASSWORD"], read["HOST"]) == ("veille", "s/#@", "db.example")
    assert (read["PORT"], read["NAME"]) == ("5433", "zoom")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:SECRET/x@h/db",
        "postgresql://u:12SECRET#x@h/db",
        "postgresql://u:12#SECRET@h/db",
        "postgresql://u:12?SECRET@h/db",
        "postgresql://u:[SECRET@h/db",
        "postgresql://u:x@h:SECRET/db",
        "postgresql://u:x@h:99999/SECRET",
        "SECRET:x@h/db",
        "mysql://u:SECRET@h/db",
    ],
)
def test_a_malformed_address_of_a_database_is_refused_without_its_secret(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        _database(address)

    assert "ZOOM_MARCHE_DATABASE" in str(refused.value)
    assert "secret" not in str(refused.value).lower()


def test_no_command_shows_the_secret_of_a_malformed_address(tmp_path: Path) -> None:
    address = "postgresql://u:SECRET/x@h/db"
    said = subprocess.run(
        [sys.executable, "-m", "watch", "status"],
        env={**os.environ, "ZOOM_MARCHE_HOME": str(tmp_path), "ZOOM_MARCHE_DATABASE": address},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 2
    assert "ZOOM_MARCHE_DATABASE" in said.stderr
    assert "SECRET" not in said.stdout + said.stderr
