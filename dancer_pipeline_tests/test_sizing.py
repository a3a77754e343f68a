"""Which size of task a video gets, from what is known of it."""

import pytest

from dancer_pipeline.sizing import (
    BESIDE_STEP_MIB,
    LADDER,
    SMALL,
    TaskSize,
    analysis_size,
    cleanup_size,
    is_largest,
    memory_need_mib,
    step_memory_mib,
)

MIB = 2**20
FULL_HD, K8 = 1920 * 1080, 7680 * 4320

FARGATE_GIB = {
    256: {0.5, 1, 2},
    512: set(range(1, 5)),
    1024: set(range(2, 9)),
    2048: set(range(4, 17)),
    4096: set(range(8, 31)),
}
"""Memory that Fargate has for each number of CPU units, as its documentation says."""


def test_every_size_is_one_that_fargate_has():
    for size in LADDER:
        assert size.memory_mib / 1024 in FARGATE_GIB[size.cpu_units]
        assert 21 <= size.ephemeral_gib <= 200


def test_each_size_has_more_memory_than_the_one_before():
    assert list(LADDER) == sorted(LADDER, key=lambda size: size.memory_mib)
    assert len({size.memory_mib for size in LADDER}) == len(LADDER)
    assert [is_largest(size.memory_mib) for size in LADDER] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("mib", "memory_mib"), [(1, 4096), (100, 4096), (300, 8192), (2000, 16384), (100_000, 16384)]
)
def test_of_a_video_that_was_never_opened_the_bytes_decide(mib: int, memory_mib: int):
    assert analysis_size(mib * MIB).memory_mib == memory_mib


def test_pixels_and_frames_count_where_they_are_known():
    large_file = 2000 * MIB

    assert analysis_size(large_file, pixels=FULL_HD, frames=9000).memory_mib == 4096
    assert analysis_size(MIB, pixels=K8, frames=900).memory_mib == 8192
    assert analysis_size(MIB, pixels=FULL_HD, frames=216_000).memory_mib == 16384


def test_what_was_too_little_is_not_given_again_and_the_largest_is_the_end():
    known = {"pixels": FULL_HD, "frames": 900}

    assert analysis_size(MIB, more_than_mib=4096, **known).memory_mib == 8192
    assert analysis_size(MIB, more_than_mib=8192, **known).memory_mib == 16384
    assert analysis_size(MIB, more_than_mib=30720, **known).memory_mib == 30720


def test_the_disk_holds_the_image_and_the_source_twice():
    assert analysis_size(MIB).ephemeral_gib == 21
    assert analysis_size(20 * 2**30).ephemeral_gib == 52
    assert analysis_size(2**40).ephemeral_gib == 200


def test_a_cleanup_is_small_and_grows_too_where_that_was_too_little():
    assert cleanup_size() == SMALL == TaskSize(512, 2048)
    assert cleanup_size(2048) == LADDER[1]


def test_the_limit_of_a_step_leaves_room_for_the_run_and_is_met_by_what_the_size_is_for():
    for size in LADDER[1:]:
        assert step_memory_mib(size.memory_mib) == size.memory_mib - BESIDE_STEP_MIB
    assert step_memory_mib(SMALL.memory_mib) >= SMALL.memory_mib / 2
    of_8k_mib = 1909  # of data, measured by benchmarks/task_memory.py
    assert step_memory_mib(analysis_size(MIB, pixels=K8, frames=900).memory_mib) > 2 * of_8k_mib


def test_what_was_measured_fits_with_a_margin():
    """Peaks of the process that finds the poses, in MiB, beside a run's own 254."""
    for pixels, measured_mib in ((640 * 360, 359), (FULL_HD, 453), (3840 * 2160, 751), (K8, 1842)):
        assert memory_need_mib(MIB, pixels, 24) > 1.9 * (measured_mib + 254)
    assert memory_need_mib(MIB, 640 * 360, 14_400) > 2 * (359 + 412)
