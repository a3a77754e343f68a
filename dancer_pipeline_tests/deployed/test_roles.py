"""Each role may do what it does, every permission is needed, and nothing else is allowed."""

from pathlib import Path

import pytest

from dancer_pipeline_tests.deployed.paths import PATHS, Scene
from dancer_pipeline_tests.deployed.roles import Checked
from dancer_pipeline_tests.deployed.template import resolved

pytestmark = pytest.mark.xdist_group("roles")  # one stand-in that checks permissions for them all

ENFORCED = ("s3:", "sqs:")
UNSEEN = {("RunRole", "FindUploads", "s3:ListBucket")}
"""What a run lists nothing by: with it, S3 says of a missing object that it is missing."""


@pytest.fixture
def scene(checked_roles: Checked, tmp_path: Path) -> Scene:
    return Scene.set(checked_roles, tmp_path)


@pytest.mark.parametrize("role", PATHS)
def test_a_role_may_do_all_that_it_does(scene: Scene, role: str):
    with scene.at.acting(role):
        PATHS[role](scene)


def permissions() -> list[tuple[str, str, str]]:
    """Return every permission that the stand-in enforces, with its role and statement."""
    return [
        (role.name, statement["Sid"], action)
        for role in resolved().of_type("AWS::IAM::Role")
        for policy in role.properties["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
        if action.startswith(ENFORCED) and (role.name, statement["Sid"], action) not in UNSEEN
    ]


@pytest.mark.parametrize(("role", "sid", "action"), permissions())
def test_without_one_permission_a_role_cannot_do_what_it_does(
    scene: Scene, role: str, sid: str, action: str
):
    less = scene.at.without(role, sid, action)
    with less, scene.at.acting(role), pytest.raises(Exception) as caught:  # noqa: PT011 each in its words
        PATHS[role](scene)
    assert is_refusal(caught.value), repr(caught.value)


def is_refusal(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is a refusal."""
    if error is None:
        return False
    words = str(error)
    said = any(it in words for it in ("403", "AccessDenied", "ACCESS_DENIED", "denied"))
    return said or is_refusal(error.__cause__ or error.__context__)
