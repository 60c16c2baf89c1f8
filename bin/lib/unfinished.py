"""Forgets packages whose installation was interrupted, so that pip installs them again instead of believing them."""

import shutil
import sysconfig
from pathlib import Path

for folder in Path(sysconfig.get_path("purelib")).glob("*.dist-info"):
    if not (folder / "INSTALLER").exists():  # pip writes it after every file of the package
        shutil.rmtree(folder)
