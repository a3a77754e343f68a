"""What the documents say is tried: their commands, one-liners, links, tables and the example."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from dancer_pipeline.analyses import Analysis, discover
from dancer_pipeline.identity import Upload
from dancer_pipeline.metrics import POSE_METRICS, Metric, metric_table
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import PREFIX, Settings
from dancer_pipeline_tests.analyses.contract import CHECKS, Analyses

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = (
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/tables.md", "docs/settings.md",
    "docs/options.md", "docs/sizing.md", "docs/accuracy.md", "deploy/README.md",
    "deploy/aws/alarms.md", "deploy/aws/unproven.md",
)  # fmt: skip


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


ONE_LINERS = [block for block in blocks("python") if "results/pose_metrics" in block]
(EXAMPLE,) = (block for block in blocks("python") if "METHOD_VERSION" in block)
(NAME,) = re.findall(r"Save this as `dancer_pipeline/analyses/(\w+)\.py`", README)


def value(block: str) -> pd.DataFrame:
    """Run a block as a notebook would: its last line is what it shows."""
    *lines, last = ast.parse(block).body
    names: dict[str, object] = {}
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(lines, []), "README.md", "exec"), names)  # noqa: S102 - ours
    shown = eval(compile(ast.Expression(last.value), "README.md", "eval"), names)  # noqa: S307 ours
    assert isinstance(shown, pd.DataFrame)
    return shown


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store metrics of two versions of one video and one of another; work where they are."""
    store = ResultStore(str(tmp_path / "results"))
    for video, version, day, degrees in (
        ("a", "1", 1, 10.0),
        ("a", "2", 2, 20.0),
        ("b", "1", 1, 30.0),
    ):
        upload = Upload(
            video, version, "inbox", f"{video}.mp4", 1, datetime(2026, 1, day, tzinfo=UTC)
        )
        rows = metric_table("test", [Metric("knee", "deg", degrees)], method_version="1")
        store.write_table(POSE_METRICS, rows, upload, code_version="1", run_id="run")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("block", ONE_LINERS)
def test_a_one_liner_of_the_readme_reads_the_stored_tables(block: str) -> None:
    wanted = [20.0, 30.0] if "qualify" in block else [10.0, 20.0, 30.0]
    shown = value(block)
    assert sorted(shown["value"]) == wanted
    assert list(shown.columns[:3]) == ["video_id", "version", "uploaded_at"]


def test_the_readme_reads_them_with_pandas_pyarrow_and_duckdb() -> None:
    assert {re.findall(r"^import (\w+)", block)[0] for block in ONE_LINERS} == {
        "pandas", "pyarrow", "duckdb",
    }  # fmt: skip


@pytest.fixture
def example(tmp_path: Path) -> Analyses:
    (tmp_path / f"{NAME}.py").write_text(EXAMPLE)
    return discover(tmp_path)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_example_analysis(check: Callable[[str, Analyses], None], example: Analyses) -> None:
    check(NAME, example)


@pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
@pytest.mark.parametrize("command", re.findall(r"^make .*", "".join(blocks("sh")), re.MULTILINE))
def test_a_make_command_of_the_readme_is_one_that_make_knows(command: str) -> None:
    shown = ["bash", "-c", command.replace("make ", "make -n ", 1)]
    subprocess.run(shown, cwd=ROOT, capture_output=True, check=True)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_links_to_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    folder = (ROOT / document).parent
    assert [link for link in links if not (folder / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_to_a_heading_finds_it(document: str) -> None:
    text = (ROOT / document).read_text()
    folder = (ROOT / document).parent
    links = re.findall(r"\]\(([^)#:]*\.md)?#([^)]+)\)", text)
    assert [
        f"{path}#{heading}"
        for path, heading in links
        if heading not in headings(folder / path if path else ROOT / document)
    ] == []


def headings(document: Path) -> set[str]:
    """Names of a document's headings as links have them."""
    found = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in found}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_variable_that_a_document_names_exists(document: str) -> None:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    named = set(re.findall(r"\bDANCER_\w+", (ROOT / document).read_text()))
    assert named - {"DANCER_DB_PASSWORD"} <= known, "the password is compose.yaml's"


@pytest.mark.parametrize("name", discover())
def test_the_readme_names_every_analysis_among_what_is_measured(name: str) -> None:
    assert f"`{name}`" in README.partition("\n## What is measured\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(("name", "analysis"), discover().items())
def test_the_change_log_names_the_method_of_an_analysis_whose_numbers_changed(
    name: str, analysis: Analysis
) -> None:
    method = f"`{name}`, method {analysis.method_version}"
    changes = " ".join((ROOT / "CHANGELOG.md").read_text().split())
    assert analysis.method_version == "1" or re.search(rf"{method}\b", changes), method


def test_the_tables_in_the_documents_are_those_that_the_code_declares() -> None:
    script = ROOT / "docs" / "write_tables.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
