"""Fetching Java programs by their Maven coordinates, once, into a cache, each file checked against a pinned sum."""

import fcntl
import hashlib
import logging
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jgo
import platformdirs
from jgo.maven import MavenContext

from chassis.failures import Halted

KAFKA = "4.3.1"
KAFKA_COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}",
    f"org.apache.kafka:kafka-clients:{KAFKA}",
    f"org.apache.kafka:kafka-tools:{KAFKA}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3",
)
REGISTRY = "3.3.3"
LOCK = Path(__file__).with_name("jars.lock")
NOT_NEEDED = ("connect-runtime", "connect-api", "connect-json", "connect-transforms", "jetty-", "jersey-", "swagger-")
Say = Callable[[str], None]


def cache_directory(configured: Path | None) -> Path:
    """Where downloads are kept."""
    return configured or Path(platformdirs.user_cache_dir("counterpoint"))


def pinned() -> dict[str, str]:
    """The SHA-256 of every file that may be used, by name."""
    return {name: digest for name, digest in (line.split() for line in LOCK.read_text().splitlines() if line)}


def kafka_jars(cache: Path, say: Say) -> Path:
    """A directory with the broker's jars, downloaded if need be; raises Halted if one is not what is pinned."""
    directory = cache / f"kafka-{KAFKA}"

    def fetch(to: Path) -> None:
        say(f"downloading Apache Kafka {KAFKA} (54 MB, once)")
        environment = jgo.build("+".join(KAFKA_COORDINATES), cache_dir=to / "jgo")
        for jar in sorted(environment.path.rglob("*.jar")):
            if not jar.name.startswith(NOT_NEEDED):
                shutil.copyfile(jar, to / jar.name)
        shutil.rmtree(to / "jgo")
        _check(to)

    _check(_once(directory, fetch, say))
    return directory


def registry_program(cache: Path, say: Say) -> Path:
    """The directory of Apicurio Registry, downloaded if need be; raises Halted if it is not what was pinned."""
    directory = cache / f"apicurio-{REGISTRY}"

    def fetch(to: Path) -> None:
        say(f"downloading Apicurio Registry {REGISTRY} (168 MB, once)")
        component = MavenContext().project("io.apicurio", "apicurio-registry-app").at_version(REGISTRY)
        archive = component.artifact(classifier="all", packaging="tar.gz").resolve()
        _check_file(archive)
        with tarfile.open(archive) as tar:
            tar.extractall(to, filter="data")

    return _once(directory, fetch, say)


def _once(directory: Path, fetch: Callable[[Path], None], say: Say) -> Path:
    """Fill a directory, whole or not at all, though two processes ask at once."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with _locked(directory.with_suffix(".lock")):
        if directory.exists():
            return directory
        logging.getLogger("jgo").setLevel(logging.ERROR)
        with tempfile.TemporaryDirectory(dir=directory.parent) as scratch:
            to = Path(scratch) / "content"
            to.mkdir()
            try:
                fetch(to)
            except OSError as error:
                raise Halted(f"cannot download {directory.name}: {error}; check the network and start again") from error
            to.rename(directory)
        say(f"{directory.name} is ready in {directory.parent}")
    return directory


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _check(directory: Path) -> None:
    have = {f.name for f in directory.glob("*.jar")}
    wanted = {name for name in pinned() if name.endswith(".jar")}
    if have != wanted:
        raise Halted(
            f"the broker's jars in {directory} are not those that are pinned ({', '.join(sorted(have ^ wanted)[:5])}): "
            "remove that folder and start again"
        )
    for name in sorted(have):
        _check_file(directory / name)


def _check_file(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if pinned().get(path.name) != digest:
        raise Halted(f"{path} is not the file that is pinned (SHA-256 {digest}): remove its folder and start again")
