"""`python -m campaigns.audit`: what the locks bring onto a machine, looked over.

Everything but two questions is answered on this machine. Whether a release has known faults, only an advisory service
knows; whether it was withdrawn, only a package registry. Where they cannot be reached, that is said, and is no finding.
The exit code is 1 when there is a finding.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent
RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
SERVICES = ("pypi", "osv")
PATIENCE = 600
"""Seconds for a program that asks a service."""
ALLOWED = re.compile(
    r"MIT(-0)?|Apache-2\.0|BSD-[23]-Clause|ISC|PSF-2\.0|CNRI-Python|MPL-2\.0|LGPL-3\.0-only|0BSD|Unlicense|Zlib|"
    r"MIT License|BSD License|Apache Software License|ISC License \(ISCL\)|Python Software Foundation License|"
    r"Mozilla Public License 2\.0 \(MPL 2\.0\)|Artistic License|"
    r"GNU Lesser General Public License v3 or later \(LGPLv3\+\)"
)
"""Licences under which a municipality may run and change the whole. Of several, one that is offered is enough."""
UNSAID = {"axe-playwright-python": "MIT, by the file in its package; used by tests alone"}
"""Packages whose metadata name no licence, and what a person found."""


class Locked(NamedTuple):
    """A line of a lock."""

    requirement: Requirement
    hashes: int

    @property
    def name(self) -> str:
        """As registries spell it."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """The one that is pinned, or nothing."""
        pins = [one.version for one in self.requirement.specifier if one.operator == "=="]
        return pins[0] if len(pins) == len(self.requirement.specifier) == 1 else ""

    @property
    def here(self) -> bool:
        """Whether it is for this Python and system."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def read_lock(text: str) -> list[Locked]:
    """The requirements of a lock, with the number of their hashes."""
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [Locked(Requirement(line.partition(" --hash=")[0].strip()), line.count("--hash=sha256:")) for line in lines]


def pinned(locked: Iterable[Locked]) -> Iterator[str]:
    """Every requirement is one version with hashes, so that what is installed is what was looked at."""
    for one in locked:
        if not one.version:
            yield f"{one.name} is not pinned to one version"
        if not one.hashes:
            yield f"{one.name} has no hash"


def within(asked: Iterable[str], locked: Iterable[Locked]) -> Iterator[str]:
    """What `pyproject.toml` asks for is in the lock, and within its bounds."""
    versions = {one.name: one.version for one in locked if one.here}
    for requirement in map(Requirement, asked):
        version = versions.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{requirement.name} is asked for and not locked"
        elif version not in requirement.specifier:
            yield f"{requirement.name} is locked at {version}, outside '{requirement.specifier}'"


def agreeing(runtime: Iterable[Locked], development: Iterable[Locked]) -> Iterator[str]:
    """What is tested is what runs."""
    tested = {(one.name, one.version, str(one.requirement.marker)) for one in development}
    for one in runtime:
        if (one.name, one.version, str(one.requirement.marker)) not in tested:
            yield f"{one.name} runs at {one.version}, and is tested at another or in other surroundings"


def installed(locked: Iterable[Locked]) -> Iterator[str]:
    """What is locked is what is here, and its licence is one of those that are allowed."""
    for one in locked:
        if not one.here:
            continue
        try:
            found = distribution(one.name)
        except PackageNotFoundError:
            yield f"{one.name} is locked and not installed; run make dev"
            continue
        if found.version != one.version:
            yield f"{one.name} is locked at {one.version} and installed at {found.version}"
        if not licensed(licence_of(found)) and one.name not in UNSAID:
            yield f"{one.name} has a licence that nobody has looked at: '{licence_of(found)}'"


def licence_of(found: Distribution) -> str:
    """What a package says of its licence: an SPDX expression (PEP 639), its classifiers, or its own words."""
    said: Any = found.metadata
    classifiers = [
        one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if one.startswith("License ::")
    ]
    return str(said.get("License-Expression") or " OR ".join(classifiers) or said.get("License") or "").strip()


def licensed(expression: str) -> bool:
    """Whether a licence is allowed: every part of an AND, one part of an OR (SPDX 2.3, annex D, without nesting)."""
    plain = re.sub(r"[()]", lambda sign: sign[0], expression)
    return any(
        all(ALLOWED.fullmatch(part.strip().removeprefix("(").strip()) or _inner(part) for part in either.split(" AND "))
        for either in plain.split(" OR ")
    )


def _inner(part: str) -> bool:
    """Whether a part is allowed when brackets around it are left out."""
    return bool(ALLOWED.fullmatch(part.strip().strip("()").strip()))


def coherent() -> Iterator[str]:
    """`pip check`: the installed packages want nothing of each other that is not there."""
    ran = _ran("pip", "check")
    if ran.returncode:
        yield from ran.stdout.splitlines()


def withdrawn(report: dict[str, Any]) -> Iterator[str]:
    """Releases that their authors have withdrawn (PEP 592), by pip's report of an installation."""
    for item in report["install"]:
        if item.get("is_yanked"):
            yield f"{item['metadata']['name']} {item['metadata']['version']} was withdrawn by its authors"


def faulty(answer: dict[str, Any]) -> Iterator[str]:
    """Known faults, by pip-audit's answer."""
    for package in answer["dependencies"]:
        for fault in package.get("vulns", ()):
            mended = ", ".join(fault["fix_versions"]) or "nothing yet"
            yield f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}"


def asked_about(answer: dict[str, Any]) -> int:
    """How many packages a service knew anything of."""
    return sum("skip_reason" not in package for package in answer["dependencies"])


def known_faults() -> tuple[str, list[str]]:
    """What was asked, and what was found."""
    for service in SERVICES:
        ran = _ran(
            "pip_audit", "--require-hashes", "--disable-pip", "-r", str(DEVELOPMENT), "--format", "json", "--timeout",
            "10", "--progress-spinner", "off", "--vulnerability-service", service,
        )  # fmt: skip
        answer = _json(ran.stdout)
        if answer and (known := asked_about(answer)):
            return f"known faults: {service} was asked, and knew {known} packages", list(faulty(answer))
    return "known faults: NOT LOOKED FOR, because no advisory service could be reached", []


def withdrawals() -> tuple[str, list[str]]:
    """What the registry says of the locked releases."""
    ran = _ran(
        "pip", "install", "--dry-run", "--quiet", "--ignore-installed", "--no-deps", "--require-hashes", "--report",
        "-",
        "-r", str(DEVELOPMENT),
    )  # fmt: skip
    report = _json(ran.stdout)
    if not report:
        return "withdrawn releases: NOT LOOKED FOR, because no package registry could be reached", []
    return f"withdrawn releases: looked for among {len(report['install'])}, with their hashes", list(withdrawn(report))


def _ran(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=ROOT
    )  # fmt: skip


def _json(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}


def own_findings() -> list[str]:
    """Everything that is answered on this machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime, development = (read_lock(path.read_text(encoding="utf-8")) for path in (RUNTIME, DEVELOPMENT))
    return [
        *pinned([*runtime, *development]), *within(project["dependencies"], runtime),
        *within(project["optional-dependencies"]["dev"], development), *agreeing(runtime, development),
        *installed(development), *coherent(),
    ]  # fmt: skip


def main() -> int:
    """Look everything over, and say what was looked at and what was found."""
    findings = own_findings()
    print("locks: pinned, hashed, within bounds, installed as locked, licences allowed, nothing missing")
    with ThreadPoolExecutor() as both:  # each waits for a service
        asked = [both.submit(question) for question in (withdrawals, known_faults)]
    for said, found in (one.result() for one in asked):
        print(said)
        findings += found
    for finding in findings:
        print(f"FOUND {finding}")
    print(f"findings={len(findings)}")
    return int(bool(findings))


if __name__ == "__main__":
    raise SystemExit(main())
