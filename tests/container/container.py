"""The app's container: built by buildah, started as the Supervisor starts it."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.container.network import NAME

ROOT = Path(__file__).parents[2]
BASE, IMAGE = "localhost/battery-commons-test-base", "localhost/battery-commons-test"
ENVIRONMENT = os.environ | {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def missing() -> str | None:
    """Return what this machine lacks for building and starting a container; None where nothing is."""
    if os.geteuid() != 0:
        return "only root can build and start it here"
    lacking = [tool for tool in ("buildah", "debootstrap", "ip") if shutil.which(tool) is None]
    return f"not on this machine: {', '.join(lacking)} (Debian: apt install)" if lacking else None


def buildah(*words: str | Path) -> str:
    """Run buildah, and return what it prints."""
    command = ["buildah", *words]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def build(scratch: Path) -> None:
    """Build the image from addon/Dockerfile, on a base of Debian's."""
    subprocess.run([ROOT / "script/container-base", BASE], env=ENVIRONMENT, check=True)  # noqa: S603 - our own
    # Packages come from where this machine gets them, whose certificates the base does not know.
    pip = "[global]\ncert = /run/certificates.pem\n"
    if index := os.environ.get("PIP_INDEX_URL"):
        pip += f"index-url = {index}\n"
    (scratch / "pip.conf").write_text(pip)
    buildah(
        "build",
        # Docker's own format: the other knows no health check.
        *("--format", "docker", "--tag", IMAGE),
        *("--build-arg", f"BUILD_FROM={BASE}"),
        *("--build-arg", "BUILD_VERSION=0.1.0", "--build-arg", "BUILD_ARCH=amd64"),
        *("--volume", f"{CERTIFICATES}:/run/certificates.pem:ro"),
        *("--volume", f"{scratch}/pip.conf:/etc/pip.conf:ro"),
        ROOT / "addon",
    )


def image() -> dict[str, object]:
    """Return what the image says of itself, as Docker would."""
    described: dict[str, dict[str, object]] = json.loads(buildah("inspect", "--type", "image", IMAGE))
    return described["Docker"]


def size_mb(name: str) -> float:
    """Return how large an image is."""
    [one] = json.loads(buildah("images", "--json", name))
    number, unit = str(one["size"]).split()
    return float(number) * {"KB": 1e-3, "MB": 1, "GB": 1e3}[unit]


@dataclass
class Container:
    """A container that is started, with a folder of the host as its /data."""

    name: str
    data: Path
    environment: dict[str, str]
    _started: subprocess.Popen[bytes] | None = None

    def start(self, *command: str) -> None:
        """Start the image's entry point with `command`, in the network of its own."""
        words = ["ip", "netns", "exec", NAME, "buildah", "run", *self._options(), self.name, "--"]
        with (self.data.parent / "log").open("ab") as log:
            self._started = subprocess.Popen(  # noqa: S603 - our own words
                [*words, "battery-commons", *command], env=ENVIRONMENT, stdout=log, stderr=log
            )

    def run(self, *command: str) -> str:
        """Run a command in the container beside what is started, as `docker exec` does."""
        words = ["ip", "netns", "exec", NAME, "buildah", "run", *self._options(), self.name, "--", *command]
        done = subprocess.run(  # noqa: S603 - our own words
            words, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _options(self) -> list[str]:
        given = [f"{name}={value}" for name, value in self.environment.items()]
        return ["--volume", f"{self.data}:/data", *(word for each in given for word in ("--env", each))]

    @property
    def log(self) -> str:
        """What it has written."""
        return (self.data.parent / "log").read_text()

    @property
    def process(self) -> int | None:
        """The coordinator's process; None while there is none."""
        assert self._started is not None
        family = [self._started.pid]
        for parent in family:
            for children in Path(f"/proc/{parent}/task").glob("*/children"):
                family += map(int, children.read_text().split())
        programs = (each for each in family if _command(each).startswith(b"/opt/battery-commons/bin/python"))
        return next(programs, None)

    def status(self, field: str) -> list[str]:
        """Return a field of the coordinator's /proc/PID/status."""
        for line in Path(f"/proc/{self.process}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == field:
                return value.split()
        raise KeyError(field)

    def processor_seconds(self) -> float:
        """Return how long the coordinator has kept a core busy."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, within_s: float = 20) -> None:
        """Stop it as the Supervisor does, within config.yaml's `timeout`."""
        assert self._started is not None
        if (process := self.process) is not None:
            os.kill(process, signal.SIGTERM)
        self._started.wait(within_s)

    def end(self) -> None:
        """See to it that nothing of it runs any more."""
        if self._started is not None and self._started.poll() is None:
            if (process := self.process) is not None:
                os.kill(process, signal.SIGKILL)
            self._started.wait(10)


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def until[T](look: Callable[[], T | None], within_s: float, what: str) -> T:
    """Return what `look` finds once it finds something. Raises AssertionError where it never does."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {what} within {within_s:g} s")
