"""The environment: every variable typed, every mistake named."""

from pathlib import Path

import pytest

from dancer_pipeline.places import bucket_place
from dancer_pipeline.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_needs_to_be_set(in_an_empty_folder: Path):
    settings = Settings.load()

    assert settings.source == str(in_an_empty_folder / "inbox")
    assert settings.cleanup == "on"


def test_every_variable_is_documented():
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DANCER_CLEANUP", "yes", "'on', 'off' or 'dry-run'"),
        ("DANCER_MAX_ATTEMPTS", "many", "DANCER_MAX_ATTEMPTS='many'"),
        ("DANCER_MAX_ATTEMPTS", "0", "greater than or equal to 1"),
        (
            "DANCER_SOURCE",
            "ftp://host/videos",
            "a folder's path, file:///folder or s3://bucket/prefix",
        ),
        ("DANCER_SOURCE", "s3://Not_A_Bucket/in", "s3://bucket/prefix"),
        ("DANCER_BUCKET_OWNER", "me", "DANCER_BUCKET_OWNER='me'"),
        ("DANCER_QUEUE_WAIT_S", "21", "less than or equal to 20"),
        ("DANCER_SAMPLE_HZ", "-3", "greater than 0"),
    ],
)
def test_a_malformed_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refusal:
        Settings.load()

    assert name in str(refusal.value)
    assert words in str(refusal.value)


def test_an_unknown_variable_is_refused_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DANCER_CLEAN_UP", "off")

    with pytest.raises(SettingsError, match=r"DANCER_CLEAN_UP: did you mean DANCER_CLEANUP\\?"):
        Settings.load()


def test_an_unknown_variable_like_no_other_is_answered_with_all_there_are(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DANCER_ZZZZZZZZZ", "1")

    with pytest.raises(SettingsError, match=r"accepted: DANCER_ALERT_TOPIC, .*DANCER_TICK_S"):
        Settings.load()


def test_a_variable_of_tests_is_accepted_and_offered_to_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCER_FAILPOINT", "before_unlink")
    Settings.load()
    monkeypatch.setenv("DANCER_ZZZZZZZZZ", "1")

    with pytest.raises(SettingsError) as refusal:
        Settings.load()

    assert "FAILPOINT" not in str(refusal.value)


def test_results_inside_the_inbox_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCER_RESULTS", "inbox/results")

    with pytest.raises(SettingsError, match="must not lie in each other"):
        Settings.load()


def test_a_file_uri_is_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("DANCER_SOURCE", f"file://{tmp_path}/my%20videos")
    monkeypatch.setenv("DANCER_RESULTS", "100%20 sure")

    assert Settings.load().source == f"{tmp_path}/my videos"
    assert Settings.load().results == f"{tmp_path}/100%20 sure"


@pytest.mark.parametrize(
    "results",
    ["s3://videos", "s3://videos/in", "s3://videos/in/", "s3://videos/in/results"],
)
def test_e74_results_inside_the_watched_prefix_are_refused(
    monkeypatch: pytest.MonkeyPatch, results: str
):
    monkeypatch.setenv("DANCER_SOURCE", "s3://videos/in")
    monkeypatch.setenv("DANCER_RESULTS", results)

    with pytest.raises(SettingsError, match="must not lie in each other"):
        Settings.load()


@pytest.mark.parametrize(
    "results", ["s3://videos/inside", "s3://videos/out", "s3://other/in", "in"]
)
def test_results_beside_the_watched_prefix_are_accepted(
    monkeypatch: pytest.MonkeyPatch, results: str
):
    monkeypatch.setenv("DANCER_SOURCE", "s3://videos/in/")
    monkeypatch.setenv("DANCER_RESULTS", results)

    assert Settings.load().source == "s3://videos/in"


def test_a_bucket_as_a_whole_can_be_watched(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCER_SOURCE", "s3://videos")
    monkeypatch.setenv("DANCER_RESULTS", "s3://videos/results")
    with pytest.raises(SettingsError, match="must not lie in each other"):
        Settings.load()

    monkeypatch.setenv("DANCER_RESULTS", "s3://results")
    assert bucket_place(Settings.load().source) == ("videos", "")


def test_a_queue_without_a_bucket_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCER_QUEUE", "uploads")

    with pytest.raises(SettingsError, match=r"DANCER_SOURCE \(.*inbox\) is a folder"):
        Settings.load()
