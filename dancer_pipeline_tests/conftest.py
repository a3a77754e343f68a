"""What every test may ask for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dancer_pipeline.aws import client
from dancer_pipeline.synthetic.clip import make_clip
from dancer_pipeline.synthetic.performance import View
from dancer_pipeline_tests.fault_proxy import FaultProxy, fault_proxy
from dancer_pipeline_tests.postgres import NoServerError, Postgres, postgres_running
from dancer_pipeline_tests.standin import Aws, standin_running

ROOT = Path(__file__).parents[1]

# Machines are shared, so how long an example takes says nothing.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def clips() -> Callable[[str], Path]:
    """Path of a real clip by name; skipped where there are none, a failure in CI."""
    folder = Path(os.environ.get("DANCER_TEST_VIDEOS", ROOT.parent / "shared" / "videos"))

    def clip(name: str) -> Path:
        path = folder / name
        if not path.exists():
            message = f"no real clips at {folder}: set DANCER_TEST_VIDEOS to their folder"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        return path

    return clip


@pytest.fixture(scope="session")
def jumping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render a jumping jack, short and small."""
    folder = tmp_path_factory.mktemp("clips")
    view = View(width_px=320, height_px=360, frame_rate_hz=15)
    return make_clip(
        folder / "jumping.mp4",
        movement="jumping_jack",
        duration_s=2.5,
        view=view,
        truth_folder=folder / "truth",
    ).video


@pytest.fixture(scope="session")
def standin() -> Iterator[Aws]:
    """Start one AWS stand-in for all tests of this process."""
    with standin_running() as aws:
        yield aws


@pytest.fixture
def aws(standin: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Point the SDK at the stand-in."""
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name, value in standin.environment.items():
        monkeypatch.setenv(name, value)
    return standin


@pytest.fixture
def proxy(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """Put a bad network between the product and the stand-in."""
    with fault_proxy(aws.endpoint) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint)
        client.cache_clear()
        yield running
    client.cache_clear()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Start one PostgreSQL server for all tests of this process; in CI there must be one."""
    try:
        with postgres_running() as server:
            yield server
    except NoServerError as error:
        pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres(postgres_server: Postgres) -> Callable[[], str]:
    """Make a fresh database at each call and return its URL."""
    return postgres_server.database


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a ledger that is not there yet, in each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/ledger.sqlite"
    make_database: Callable[[], str] = request.getfixturevalue("postgres")
    return make_database()
