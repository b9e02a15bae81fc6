import math

from docmarks.evaluate.shades import HIGH, LOW, Shades


def test_linear_between_least_and_most():
    shades = Shades.of([0.2, math.nan, 0.6])
    assert shades.rgb(0.2) == LOW and shades.rgb(0.6) == HIGH
    assert shades.rgb(0.4) == tuple(round((a + b) / 2) for a, b in zip(LOW, HIGH, strict=True))
    assert shades.rich(0.6, "x") == "[black on rgb(178,223,190)]x[/]"


def test_what_has_no_colour():
    shades = Shades.of([0.5, 0.5])
    assert shades.rgb(0.5) == HIGH and Shades.of([]).rgb(0) == HIGH
    assert shades.rich(math.nan, "-") == "-"
