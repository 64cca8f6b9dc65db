"""Each service runs with the others deleted: what its image holds is enough to import all of it.

A green run does not prove that it starts: it imports every module, and opens nothing.
"""

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from tests.services import ROOT

SERVICES = sorted(p.parent.name for p in (ROOT / "services").glob("*/service.py"))
IMPORT_ALL = """
import importlib, pathlib, sys
for path in sorted(pathlib.Path("services").rglob("*.py")):
    if path.name != "__main__.py":
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
ours = {name.split(".")[1] for name in sys.modules if name.startswith("services.")}
assert len(ours) == 1, ours
assert not [name for name in sys.modules if name.partition(".")[0] in ("counterpoint", "tests", "tools")]
"""


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_imports_alone(name: str, tmp_path: Path) -> None:
    for folder in ("contracts", "chassis", "schemas", "templates", f"services/{name}"):
        copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "services" / "__init__.py").touch()
    run = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""


def test_the_package_of_services_is_empty() -> None:
    assert (ROOT / "services" / "__init__.py").read_text() == "", "a list of services would import all into each"
