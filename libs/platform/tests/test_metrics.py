"""Figures: how they are named, counted, bounded and told."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from onemanage.platform.process.figures import FIGURES
from onemanage.platform.process.metrics import (
    MOST_SERIES,
    OTHER,
    Counter,
    Figure,
    Gauge,
    Histogram,
    WorkspaceCounter,
)

_BASE_UNITS = ("_seconds", "_bytes")
_OTHER_UNITS = re.compile(r"_(ms|millis\w*|micro\w*|minutes|hours|kb|mb|mib|gib)(_|$)")


def told(figure: Figure) -> dict[str, float]:
    """Its samples, as Prometheus reads them."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for sample in samples(figure)
    }


def samples(figure: Figure) -> list[Sample]:
    (family,) = text_string_to_metric_families(figure.page())
    assert (family.documentation, family.type) == (figure.says, figure.kind)
    return list(family.samples)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_is_named_by_the_conventions(figure: Figure) -> None:
    assert re.fullmatch(r"onemanage(_[a-z][a-z0-9]*)+", figure.name)
    assert figure.name.endswith("_total") == (figure.kind == "counter")
    assert not _OTHER_UNITS.search(figure.name)
    if figure.kind == "histogram":
        assert figure.name.endswith(_BASE_UNITS)
    assert re.fullmatch(r"[A-Z1][^\\\n]*\.", figure.says)
    assert all(re.fullmatch("[a-z]+", label) for label in figure.labels)
    # Only what METRICS_WORKSPACES asks for may have a series for each workspace.
    by_workspace = "workspace" in figure.labels
    assert by_workspace == isinstance(figure, WorkspaceCounter)
    assert not {"le", "quantile", "task_id", "path"} & set(figure.labels)


def test_no_two_figures_have_one_name() -> None:
    names = [figure.name for figure in FIGURES]
    assert len(names) == len(set(names))


def test_a_counter_tells_what_was_added_under_each_label() -> None:
    counter = Counter("onemanage_x_total", "X.", "kind")
    counter.add("a")
    counter.add("a", by=2.5)
    counter.add("b")
    assert told(counter) == {
        "onemanage_x_total[('kind', 'a')]": 3.5,
        "onemanage_x_total[('kind', 'b')]": 1,
    }


def test_whatever_a_label_says_it_is_read_as_it_was() -> None:
    odd = 'a "quoted\\n" one\nof two lines, ü'
    counter = Counter("onemanage_x_total", "X.", "kind")
    counter.add(odd)
    assert [sample.labels for sample in samples(counter)] == [{"kind": odd}]


def test_a_counter_without_labels_is_told_before_anything_happened() -> None:
    assert told(Counter("onemanage_x_total", "X.")) == {"onemanage_x_total[]": 0}


def test_a_histogram_counts_each_value_in_every_bound_that_it_does_not_exceed() -> None:
    histogram = Histogram("onemanage_x_seconds", "X.", bounds=(0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 7.0):
        histogram.observe(value)
    assert told(histogram) == {
        "onemanage_x_seconds_bucket[('le', '0.1')]": 2,
        "onemanage_x_seconds_bucket[('le', '1.0')]": 3,
        "onemanage_x_seconds_bucket[('le', '+Inf')]": 4,
        "onemanage_x_seconds_count[]": 4,
        "onemanage_x_seconds_sum[]": pytest.approx(7.65),
    }


def test_a_gauge_is_followed_while_somebody_has_it() -> None:
    gauge = Gauge("onemanage_x", "X.", "state")
    with (
        gauge.following(lambda: {("busy",): 2.0}),
        gauge.following(lambda: {("busy",): 1.0, ("free",): 4.0}),
    ):
        assert told(gauge) == {
            "onemanage_x[('state', 'busy')]": 3,
            "onemanage_x[('state', 'free')]": 4,
        }
    assert samples(gauge) == []


@pytest.mark.parametrize("kind", [Counter, Histogram])
def test_whatever_is_counted_no_figure_grows_without_bounds(
    kind: type[Counter] | type[Histogram],
) -> None:
    figure = kind("onemanage_x_total", "X.", "word")
    for number in range(MOST_SERIES + 50):
        if isinstance(figure, Counter):
            figure.add(f"w{number}")
        else:
            figure.observe(1.0, f"w{number}")
    words = {sample.labels["word"] for sample in samples(figure)}
    assert len(words) == MOST_SERIES + 1
    assert OTHER in words


def test_workspaces_are_counted_only_where_that_is_asked_for() -> None:
    counter = WorkspaceCounter("onemanage_x_total", "X.", "workspace")
    counter.add("wsp_1")
    assert samples(counter) == []
    counter.on = True
    counter.add("wsp_1")
    assert told(counter) == {"onemanage_x_total[('workspace', 'wsp_1')]": 1}
