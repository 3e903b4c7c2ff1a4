"""House rules that a machine can hold: size, names, docstrings, encoding."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(ROOT.joinpath("simcluster").rglob("*.py"))
LONGEST_MODULE = 300
FORBIDDEN = re.compile(r"Manager|Helper|^Base|Base$|^_?utils?$|_utils?$|Utils?$", re.ASCII)
TEXT = {".py", ".toml", ".md", ".txt", ".svg", ".html", ".j2", ".css", ".ambr", ".csv", ".cfg", ".yml", ".yaml"}
BUILT = {"node_modules", "runs", "build", "dist", "__pycache__"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> list[Path]:
    def ours(path: Path) -> bool:
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        return not hidden and not BUILT & set(parts) and "reports" not in parts

    named = {"LICENSE", ".gitignore", ".gitattributes", "run"}
    paths = ROOT.rglob("*")
    return sorted(p for p in paths if ours(p) and p.is_file() and (p.suffix in TEXT or p.name in named))


def public_functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions of a module and methods of its public classes, without a leading underscore."""
    bodies = [tree.body, *(n.body for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_"))]
    functions = (n for body in bodies for n in body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return [function for function in functions if not function.name.startswith("_")]


def test_there_is_something_to_check() -> None:
    assert len(MODULES) > 20
    assert ROOT / "README.md" in texts()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_of_readable_size(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_names_say_what_a_thing_is(path: Path) -> None:
    classes = [n.name for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.ClassDef)]
    assert [name for name in (path.stem, *classes) if FORBIDDEN.search(name)] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_functions_and_modules_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module has no docstring"
    assert [f"{f.lineno}: {f.name}" for f in public_functions(tree) if not ast.get_docstring(f)] == []


def test_texts_are_utf8_with_unix_line_ends() -> None:
    wrong = []
    for path in texts():
        data = path.read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            wrong.append(f"{name_of(path)}: not UTF-8")
        if b"\r" in data:
            wrong.append(f"{name_of(path)}: carriage returns")
    assert wrong == []
