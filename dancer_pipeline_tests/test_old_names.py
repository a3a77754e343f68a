"""Variables of older set-ups: each is answered with what to set now."""

import re

import pytest

from dancer_pipeline.old_names import OLD_NAMES, refused, unread
from dancer_pipeline.settings import PREFIX, Settings, SettingsError

FIELDS = {PREFIX + field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize("old", OLD_NAMES, ids=lambda old: old.name)
def test_what_to_set_now_exists(old):
    named = set(re.findall(r"DANCER_\w+", old.now))

    assert named <= FIELDS
    assert set(old.variables) <= FIELDS
    assert named == set(old.variables)


@pytest.mark.parametrize("old", OLD_NAMES, ids=lambda old: old.name)
def test_a_variable_that_nothing_reads_is_answered_and_its_value_kept(old):
    environment = {"S3_BUCKET": "c4nary", old.name: "c4nary"}
    said = (refused if old.is_refused else unread)(environment)

    [words] = [it for it in said if it.startswith(f"{old.name} is set, but nothing reads it: set ")]
    assert not re.search(r"c4nary|[`*]", words)


@pytest.mark.parametrize("old", [it for it in OLD_NAMES if it.variables], ids=lambda old: old.name)
def test_who_has_moved_on_hears_no_more_of_it(old):
    assert unread({old.name: "x", old.variables[0]: "y"}) == []


def test_names_that_other_programs_use_are_no_sign_of_an_older_set_up():
    common = {"LOG_LEVEL": "INFO", "DATABASE_URL": "x", "MAX_WORKERS": "2", "DOWNLOAD_DIR": "/d"}

    assert unread(common) == []
    assert len(unread(common | {"SQS_QUEUE_URL": "x"})) == 5


def test_what_is_set_to_nothing_is_not_set():
    assert unread({"S3_BUCKET": "", "S3_PREFIX": ""}) == []


@pytest.mark.parametrize("old", ["true", "false"])
def test_nothing_starts_before_somebody_has_said_anew_whether_sources_are_deleted(
    monkeypatch: pytest.MonkeyPatch, old: str
):
    monkeypatch.setenv("CLEANUP_AFTER_PROCESSING", old)
    with pytest.raises(SettingsError, match=r"CLEANUP_AFTER_PROCESSING .* set DANCER_CLEANUP=on"):
        Settings.load()

    monkeypatch.setenv("DANCER_CLEANUP", "off")
    assert Settings.load().cleanup == "off"
