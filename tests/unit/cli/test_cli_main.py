import errno
import json
import subprocess
import sys
from importlib.resources import as_file
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from simcluster.cli.errors import reports_errors
from simcluster.cli.main import COMMANDS, main
from simcluster.model import packaged as packaged_module
from simcluster.model.load import load, write_toml


def test_help_lists_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom simcluster.cli.main import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "heavy = {'pydantic', 'pint', 'pandas', 'numpy', 'scipy', 'simpy', 'tree_sitter'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_a_misspelt_command_gets_a_suggestion() -> None:
    result = CliRunner().invoke(main, ["valdate"])
    assert result.exit_code == 2
    assert "did you mean 'validate'?" in result.stderr


def test_a_bad_scenario_is_told_on_stderr_with_exit_2(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("schema = 1\nnmae = 'x'\n")
    result = CliRunner().invoke(main, ["validate", str(path)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"{path}:2:1: nmae: unknown key" in result.stderr


def test_schema_prints_json_of_the_scenario() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    assert "schema" in json.loads(result.stdout)["properties"]


def test_a_full_disk_says_what_to_do() -> None:
    @click.command()
    @reports_errors
    def broken() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    result = CliRunner().invoke(broken)
    assert result.exit_code == 1
    assert "No space left on device; make room and run it again" in result.stderr


def test_other_errors_are_one_line_unless_debugging() -> None:
    @click.command()
    @reports_errors
    def broken() -> None:
        raise RuntimeError("two\nlines")

    result = CliRunner().invoke(broken)
    assert result.exit_code == 1
    assert result.stderr == "error: RuntimeError: two lines (--debug shows where)\n"
    debugged = CliRunner().invoke(broken, ["--debug"])
    assert str(debugged.exception) == "two\nlines"


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packaged"
    folder.mkdir()
    (folder / "base.toml").write_text('schema = 1\ntitle = "A base"\npower = {value = "1 MW", source = "s"}\n')
    (folder / "child.toml").write_text('extends = "base.toml"\nschema = 1\nname = "child"\n')
    files = {path.stem: path for path in sorted(folder.iterdir())}
    monkeypatch.setattr(packaged_module, "packaged_scenarios", lambda: files)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


def test_init_writes_one_complete_file_and_never_overwrites(packaged: Path) -> None:
    assert CliRunner().invoke(main, ["init", "child"]).exit_code == 0
    text = (packaged / "child.toml").read_text()
    assert "extends" not in text
    assert 'source = "s"' in text
    (packaged / "child.toml").write_text("mine")
    assert CliRunner().invoke(main, ["init", "child"]).exit_code == 2
    assert (packaged / "child.toml").read_text() == "mine"


def test_init_lists_and_suggests(packaged: Path) -> None:
    assert "A base" in CliRunner().invoke(main, ["init", "--list"]).stdout
    assert "did you mean 'child'?" in CliRunner().invoke(main, ["init", "chidl"]).stderr
    assert list(packaged.iterdir()) == []


def test_a_packaged_scenario_is_valid_and_resolves_to_itself(tmp_path: Path) -> None:
    with as_file(packaged_module.packaged_scenarios()["small"]) as path:
        scenario, document = load(path, seed=9)
        assert CliRunner().invoke(main, ["validate", str(path)]).stdout.startswith("ok: small")
    write_toml(document, tmp_path / "resolved.toml")
    again, document_again = load(tmp_path / "resolved.toml")
    assert again == scenario
    assert document_again.provenance == document.provenance
