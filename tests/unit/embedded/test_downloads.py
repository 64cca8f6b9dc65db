"""What is in the cache is used only if it is what is pinned.

Green does not prove that a download works: the first start of a broker on a machine does.
"""

import os
from pathlib import Path

import pytest

from chassis.failures import Halted
from counterpoint.embedded.downloads import KAFKA, cache_directory, kafka_jars, pinned


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache like the machine's, of links."""
    kept = kafka_jars(cache_directory(None), lambda _: None)
    folder = tmp_path / f"kafka-{KAFKA}"
    folder.mkdir()
    for jar in kept.glob("*.jar"):
        os.symlink(jar, folder / jar.name)
    return tmp_path


def test_jars_that_are_what_is_pinned_are_used_as_they_are(cache: Path) -> None:
    said: list[str] = []
    assert kafka_jars(cache, said.append) == cache / f"kafka-{KAFKA}"
    assert said == []


def test_a_jar_with_other_content_is_refused_with_its_name(cache: Path) -> None:
    name = next(n for n in sorted(pinned()) if n.endswith(".jar"))
    (cache / f"kafka-{KAFKA}" / name).unlink()
    (cache / f"kafka-{KAFKA}" / name).write_bytes(b"something else")
    with pytest.raises(Halted, match=f"{name} is not the file that is pinned"):
        kafka_jars(cache, lambda _: None)


@pytest.mark.parametrize("change", ["one too many", "one missing"])
def test_a_jar_too_many_or_too_few_is_refused(cache: Path, change: str) -> None:
    folder = cache / f"kafka-{KAFKA}"
    if change == "one too many":
        (folder / "surprise.jar").write_bytes(b"")
    else:
        next(folder.glob("kafka_*.jar")).unlink()
    with pytest.raises(Halted, match="are not those that are pinned"):
        kafka_jars(cache, lambda _: None)
