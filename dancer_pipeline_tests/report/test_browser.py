"""The page as a person meets it: in a browser, on a phone, with nothing around it."""

import re
from collections.abc import Callable
from itertools import pairwise

import pandas as pd
import pytest

from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.report.moments import key_moments
from dancer_pipeline.report.page import report
from dancer_pipeline_tests.report import example
from dancer_pipeline_tests.report.conftest import Opened

pytestmark = pytest.mark.browser

Show = Callable[..., Opened]

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">\u202e4pm.exe'


def walking() -> pd.DataFrame:
    """Numbers with sides, intervals, doubts and explanations, and one that does not apply."""
    doubt = {"status": "low_confidence", "reasons": ("known_bias",), "advice": "It is biased."}
    numbers = [
        Metric("cadence", "steps/min", 98.2, 5, ci95=(95.8, 100.4)),
        *(
            Metric("stance_share", "percent", 64.0, 5, side, ci95=(54.0, 70.0), **doubt)
            for side in ("left", "right")
        ),
        Metric("step_time_asymmetry", "percent", -4.0, 6, ci95=(-12.0, 4.0)),
    ]
    swing = Metric("head_excursion", "% torso", 24.0, 3, **doubt)
    other = Metric("tempo", "bpm", status="refused", reasons=("not_applicable",))
    return pd.concat(
        [
            metric_table("gait", numbers, method_version="1"),
            metric_table("coach_metrics", [swing], method_version="1"),
            metric_table("dance", [other], method_version="1"),
        ]
    )


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    tables, nobody = example.tables(), example.nobody()
    tables["pose_metrics"] = pd.concat([tables["pose_metrics"], walking()], ignore_index=True)
    frames = [(one.frame, one.time_s, example.picture()) for one in key_moments(tables)]
    empty = [(one.frame, one.time_s, example.picture()) for one in key_moments(nobody, most=2)]
    without = {name: table for name, table in tables.items() if name != "joint_angles"}
    return {
        "complete": report(tables, title="squats.mp4", outcome="complete", key_frames=frames).html,
        "nothing_measured": report(
            nobody, title="kitchen.mp4", outcome="nothing_measured", key_frames=empty
        ).html,
        "partial": report(
            without, title="squats.mp4", outcome="partial", missing={"joint_angles": "It crashed."}
        ).html,
        "failed": report(
            {}, title="half.mp4", outcome="failed", reason="incomplete: 3.4 s of 7.7 s"
        ).html,
    }


@pytest.mark.parametrize("state", ["complete", "nothing_measured", "partial", "failed"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_stays_by_itself_fits_and_has_no_errors(
    pages: dict[str, str], show: Show, state: str, width: int
) -> None:
    shown = show(pages[state], width=width)

    assert [url for url in shown.requests if not url.startswith("data:")] == []
    assert shown.complaints == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.page.locator("h1").count() == 1


def test_nothing_is_cut_off_on_a_narrow_phone_with_an_endless_file_name(show: Show) -> None:
    shown = show(report(example.tables(), title="x" * 300 + ".mp4", outcome="complete").html)

    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_column_of_a_table_is_squeezed_on_a_phone(pages: dict[str, str], show: Show) -> None:
    page = show(pages["complete"]).page

    widths = page.eval_on_selector_all("tbody th", "all => all.map(one => one.clientWidth)")
    assert min(widths) >= 60
    overflows = page.eval_on_selector_all(
        ".numbers td", "all => all.map(one => one.scrollWidth - one.clientWidth)"
    )
    assert max(overflows) <= 0


def test_a_hostile_file_name_and_reason_are_shown_and_do_nothing(show: Show) -> None:
    shown = show(report({}, title=HOSTILE, outcome="failed", reason=HOSTILE).html)

    assert shown.complaints == []
    assert shown.page.locator("script, img").count() == 0
    text = shown.page.locator("body").inner_text()
    assert "<script>alert(1)</script>" in text
    assert "\u202e" not in shown.page.locator(".eyebrow").inner_text()


def test_hostile_advice_and_findings_are_shown_and_do_nothing(show: Show) -> None:
    tables = example.tables()
    tables["findings"]["headline"] = HOSTILE
    tables["pose_metrics"]["advice"] = HOSTILE

    shown = show(report(tables, title="a.mp4", outcome="complete").html)

    assert shown.complaints == []
    assert shown.page.locator("script, img").count() == 0


def test_the_content_policy_stops_what_would_slip_through(
    pages: dict[str, str], show: Show
) -> None:
    evil = "<script>document.title = 'run'</script><img src='https://example.org/x.png' alt=''>"

    shown = show(pages["failed"].replace("</main>", evil + "</main>"))

    assert shown.page.title() != "run"
    assert sum("Content Security Policy" in one for one in shown.complaints) == 2


def test_every_picture_and_plot_says_what_it_shows(pages: dict[str, str], show: Show) -> None:
    page = show(pages["complete"]).page

    alts = page.eval_on_selector_all("img", "all => all.map(one => one.alt)")
    labels = page.eval_on_selector_all(
        "svg", "all => all.map(one => one.getAttribute('aria-label'))"
    )
    assert len(alts) == 6
    assert all("Picture" in alt and "seconds" in alt for alt in alts)
    assert "Knee angle over time: left from" in labels[0]
    assert len(labels) == 4
    assert page.eval_on_selector_all("img", "all => all.every(one => one.naturalWidth > 100)")


def test_headings_descend_one_step_at_a_time(pages: dict[str, str], show: Show) -> None:
    levels = show(pages["complete"]).page.eval_on_selector_all(
        "h1, h2, h3, h4", "all => all.map(one => Number(one.tagName[1]))"
    )

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_links_to_pictures_lead_somewhere(
    pages: dict[str, str], show: Show
) -> None:
    page = show(pages["complete"]).page

    links = page.eval_on_selector_all("a", "all => all.map(one => one.getAttribute('href'))")
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert len(ids) == len(set(ids))


_CONTRAST = """() => {
  const parts = color => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(one => one / 255)
    .map(one => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [.2126, .7152, .0722][i], 0);
  const behind = one => {
    for (; one; one = one.parentElement) {
      const paper = parts(getComputedStyle(one).backgroundColor);
      if (paper.length < 4 || paper[3] > 0) return paper;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const one of document.querySelectorAll("main *:not(svg *)")) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own) continue;
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) low.push(one.textContent.trim().slice(0, 40) + " " + ratio.toFixed(1));
  }
  return low;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["complete", "partial", "failed"])
def test_all_text_has_enough_contrast_by_day_and_by_night(
    pages: dict[str, str], show: Show, state: str, scheme: str
) -> None:
    shown = show(pages[state], scheme=scheme)

    assert shown.page.evaluate(_CONTRAST) == []
    paper = shown.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(246, 244, 239)") == (scheme == "light")


def test_a_report_is_printed_on_few_pages(pages: dict[str, str], show: Show) -> None:
    printed = show(pages["complete"]).page.pdf(format="A4", print_background=True)

    assert 1 <= len(re.findall(rb"/Type /Page\b", printed)) <= 5


def test_what_is_folded_away_opens(pages: dict[str, str], show: Show) -> None:
    page = show(pages["complete"]).page

    assert not page.get_by_text("Head strays by").is_visible()
    page.get_by_text("perhaps not what this video is about").click()
    assert page.get_by_text("Head strays by").is_visible()
