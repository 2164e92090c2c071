"""The shape of the house: imports point one way, modules are short, and nothing of one machine is in the files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PRODUCT = tuple(SETUP["importlinter"]["root_packages"])
SLOW_TO_IMPORT = "prefect"
KNOWN_TO_FLOWS = {"__future__", "collections", "config", "dataclasses", "datetime", "flows", "itertools", "models",
                  "tasks", "typing"}  # fmt: skip


def tracked(*patterns: str) -> list[Path]:
    """The files that belong to the project; in an unpacked archive, all of them."""
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        found = [path for pattern in patterns for path in ROOT.rglob(pattern) if ".venv" not in path.parts]
    return [path for path in found if path.is_file()]


def product_files() -> list[Path]:
    """The program's own modules."""
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in (*PRODUCT, "cli.py")]


def imported(path: Path) -> set[str]:
    """The packages that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def python(program: str) -> subprocess.CompletedProcess[str]:
    """A program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )  # fmt: skip


def test_imports_point_one_way() -> None:
    """The contracts in pyproject.toml, kept by import-linter."""
    program = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = python(f"import sys; sys.argv = ['lint-imports', '--no-cache']; {program}")
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_are_short() -> None:
    """At most 300 lines: what is longer is two things. A migration is as long as the tables are many."""
    modules = [path for path in product_files() if "migrations" not in path.parts]
    long = {path.name: lines for path in modules if (lines := len(path.read_text("utf-8").splitlines())) > 300}
    assert long == {}


def test_every_package_is_under_the_contracts_and_in_the_distribution() -> None:
    """A new one is not forgotten in either list."""
    packages = {path.relative_to(ROOT).parts[0] for path in tracked("*/__init__.py")} - {"tests", "bench", "campaigns"}
    assert packages <= set(PRODUCT)
    included = SETUP["setuptools"]["packages"]["find"]["include"]
    assert {f"{package}*" for package in packages} <= set(included)


def test_flow_bodies_know_neither_prefect_nor_the_database() -> None:
    """They read as the process."""
    for path in (ROOT / "flows").glob("*.py"):
        assert imported(path) <= KNOWN_TO_FLOWS, path


@pytest.mark.long
@pytest.mark.parametrize(
    "program",
    [
        "import cli",
        "import cli, config.check; from config.loader import load_named; config.check.check(load_named(NAME))",
        "from config.loader import load_named; from engine.rehearsal import rehearse; rehearse(load_named(NAME))",
    ],
    ids=["the command line", "a check", "a rehearsal"],
)
def test_prefect_is_not_imported_for(program: str) -> None:
    """It costs seconds; only what runs it pays."""
    done = python(f"NAME = 'jamtland-2012'\n{program}\nimport sys\nprint(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert SLOW_TO_IMPORT not in {name.partition(".")[0] for name in done.stdout.split()}


def test_command_line_starts_as_a_module() -> None:
    """`python -m cli`, as the parts of the stack are started."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "check", "jamtland-2012"], cwd=ROOT, capture_output=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_no_path_of_a_machine_and_no_registry_in_the_files() -> None:
    """What is in the repository works anywhere."""
    own = re.compile(r"(^|[^.A-Za-z0-9])/(?:wor[k]|far[m]|roo[t])/|(?<!no-emit-)index-ur[l]|\"resolved\": \"htt[p]")
    for path in tracked("*"):
        if path.relative_to(ROOT).parts[0] == ".ci":
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            assert not own.search(line), f"{path.relative_to(ROOT)}:{number}"


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def test_links_in_the_documents_lead_somewhere() -> None:
    """Files that are linked to are there."""
    for path in tracked("*.md"):
        for target in LINK.findall(path.read_text(encoding="utf-8")):
            if "://" in target or target.startswith(("#", "mailto:")):
                continue
            assert (path.parent / target.partition("#")[0]).exists(), f"{path.relative_to(ROOT)}: {target}"


def test_documents_that_the_program_names_are_there() -> None:
    """A docstring or a help text that points to a page points to one that exists."""
    for path in product_files():
        for named in re.findall(r"docs/[\w./-]+\.md", path.read_text(encoding="utf-8")):
            assert (ROOT / named).exists(), f"{path.relative_to(ROOT)}: {named}"


def test_every_function_says_what_it_returns() -> None:
    """Annotated, so that the type checker can hold it to it."""
    for path in product_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or "migrations" in path.parts:
                continue
            assert node.returns is not None or node.name == "__init__", f"{path.name}:{node.lineno} {node.name}"
