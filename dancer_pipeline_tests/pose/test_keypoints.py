"""The keypoints' names, their connections and their table."""

from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS, SKELETON


def test_there_are_33_different_keypoints_in_the_models_order() -> None:
    assert len(set(KEYPOINTS)) == len(KEYPOINTS) == 33
    assert KEYPOINTS[0] == "nose"
    assert KEYPOINTS[11] == "left_shoulder"
    assert KEYPOINTS[32] == "right_foot_index"


def test_the_skeleton_joins_known_keypoints_and_is_the_same_on_both_sides() -> None:
    edges = {frozenset(edge) for edge in SKELETON}
    swap = {"left": "right", "right": "left"}

    def mirrored(name: str) -> str:
        return "_".join(swap.get(part, part) for part in name.split("_"))

    assert {name for edge in edges for name in edge} == set(KEYPOINTS)
    assert {frozenset(map(mirrored, edge)) for edge in edges} == edges


def test_an_empty_table_of_keypoints_has_every_column() -> None:
    assert list(POSE_KEYPOINTS.frame()) == [column.name for column in POSE_KEYPOINTS.columns]
