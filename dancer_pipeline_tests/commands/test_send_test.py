"""An upload is sent to real buckets and followed in a real ledger; a thread is the pipeline."""

import io
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dancer_pipeline.commands import send_test as module
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.send_test import send_test
from dancer_pipeline.identity import object_upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import State
from dancer_pipeline_tests.standin import Aws


@pytest.fixture
def bucket(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    name = aws.bucket("Enabled")
    monkeypatch.setenv("DANCER_SOURCE", f"s3://{name}/in")
    monkeypatch.setenv("DANCER_RESULTS", str(tmp_path / "results"))
    return name


@pytest.fixture
def squat(tmp_path: Path) -> Path:
    file = tmp_path / "my squat.mp4"
    file.write_bytes(b"video")
    return file


@pytest.fixture
def pipeline(aws: Aws, bucket: str) -> Iterator[Callable[..., Any]]:
    """Return what begins a pipeline that ends the next upload in a state."""

    def finish(state: State, is_time: Callable[[], bool]) -> str:
        s3, ledger = aws.client("s3"), Ledger(Settings.load().ledger)
        end = time.monotonic() + 60
        while not (found := s3.list_object_versions(Bucket=bucket).get("Versions")):
            assert time.monotonic() < end, "nothing was uploaded"
            time.sleep(0.05)
        [it] = found
        while not is_time():
            assert time.monotonic() < end, "it never was time"
            time.sleep(0.05)
        upload = object_upload(
            bucket,
            it["Key"],
            version_id=it["VersionId"],
            etag=it["ETag"],
            size_bytes=it["Size"],
            last_modified=it["LastModified"],
        )
        ledger.record([upload])
        ledger.note(upload.video_id, upload.version, state=state, reason="as the test says")
        return upload.key

    with ThreadPoolExecutor(1) as thread:
        yield lambda state, when=lambda: True: thread.submit(finish, state, when)


def quiet() -> tuple[Console, io.StringIO]:
    words = io.StringIO()
    return Console(file=words, width=200), words


@pytest.mark.parametrize(("state", "status"), [(State.COMPLETED, 0), (State.FAILED, 1)])
def test_it_follows_its_upload_to_the_end(
    squat: Path, pipeline: Callable[..., Any], state: State, status: int
):
    pipeline(state)
    console, words = quiet()
    assert send_test(squat, options={}, console=console) == status
    assert f"my squat.mp4: {state}" in words.getvalue()
    assert "as the test says" in words.getvalue()


def test_the_options_are_the_objects_metadata_and_no_key_is_used_twice(
    aws: Aws, bucket: str, squat: Path, pipeline: Callable[..., Any]
):
    key = pipeline(State.COMPLETED)
    send_test(squat, options={"sample_fps": "10", "view": "side"}, console=quiet()[0])
    head = aws.client("s3").head_object(Bucket=bucket, Key=key.result())
    assert head["Metadata"] == {"sample_fps": "10", "view": "side"}
    assert key.result().startswith("in/send-test/")
    again = module._upload(squat, module.BucketPlace(bucket, "in/"), {})
    assert again.key != key.result()


def test_when_nothing_happens_it_says_what_to_check_and_goes_on_watching(
    squat: Path, pipeline: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)
    monkeypatch.setenv("DANCER_LEDGER", "sqlite:///ledger.sqlite")
    console, words = quiet()
    noticed = "nothing has noticed it"
    pipeline(State.COMPLETED, when=lambda: noticed in words.getvalue())
    assert send_test(squat, options={}, console=console) == 0
    assert words.getvalue().count(noticed) == 1
    assert "sqlite:///ledger.sqlite" in words.getvalue()


def test_whoever_stops_watching_stops_nothing_else(
    squat: Path, bucket: str, aws: Aws, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.time, "sleep", interrupt)
    console, words = quiet()
    assert send_test(squat, options={}, console=console) == 130
    assert "the upload goes its way" in words.getvalue()
    assert len(aws.client("s3").list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_a_bucket_that_is_not_there_is_named(
    squat: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DANCER_SOURCE", f"s3://{bucket}-not/in")
    with pytest.raises(CommandError, match=f"{bucket}-not.*AWS_ENDPOINT_URL"):
        send_test(squat, options={}, console=quiet()[0])


@pytest.mark.usefixtures("bucket")
def test_an_option_that_no_header_can_hold_is_refused(squat: Path):
    with pytest.raises(CommandError, match=r"ASCII|ascii"):
        send_test(squat, options={"view": "côté"}, console=quiet()[0])


def test_a_local_source_is_refused_with_what_to_do(
    squat: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match="dancer local-aws"):
        send_test(squat, options={}, console=quiet()[0])


def test_a_file_that_is_not_there_is_refused_before_anything_is_sent(
    aws: Aws, bucket: str, tmp_path: Path
):
    with pytest.raises(CommandError, match="does not exist"):
        send_test(tmp_path / "absent.mp4", options={}, console=quiet()[0])
    assert "Versions" not in aws.client("s3").list_object_versions(Bucket=bucket)
