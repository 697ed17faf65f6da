"""The drawings of what data of each age come to."""

from dataclasses import replace

from battery_commons.web.pages.data_age_chart import peak_chart, skill_chart

from .data_ages import figures


def test_the_better_a_figure_the_higher_it_stands() -> None:
    (line,) = peak_chart(figures()).lines

    heights = [dot.y for dot in line.dots]
    assert heights == sorted(heights)
    assert all(peak_chart(figures()).top <= y <= peak_chart(figures()).bottom for y in heights)


def test_the_pilot_stands_at_the_ages_that_it_had() -> None:
    chart = peak_chart(figures())

    assert [dot.x for dot in chart.pilot] == [chart.ages[0], chart.ages[-1]]


def test_the_pilots_week_is_not_drawn_where_no_week_was_compared() -> None:
    assert len(peak_chart(figures(days=4, ages=4)).pilot) == 1


def test_a_village_without_a_feeder_has_one_line_of_skill() -> None:
    assert [line.name for line in skill_chart(figures()).lines] == ["transformers"]
    assert [line.name for line in skill_chart(figures(feeder=True)).lines] == ["transformers", "feeder"]


def test_marks_are_few_and_in_percent_however_far_figures_reach() -> None:
    found = figures()
    worst = replace(found.ages[-1].transformers, skill=-2.3)
    far = replace(found, ages=[*found.ages[:-1], replace(found.ages[-1], transformers=worst)])

    labels = [tick.label for tick in skill_chart(far).shares]

    assert len(labels) <= 6
    assert "\N{MINUS SIGN}200" in labels
    assert "0" in labels
