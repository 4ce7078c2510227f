import unicodedata

import pytest

from parris.plain_text import plain_line, plain_lines

ESC = "\x1b"


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("epoch 1\tloss 0.5", "epoch 1\tloss 0.5"),
        ("Größe 漢字 \N{GREEK SMALL LETTER PI} 👩\u200d🔬 1\u00a0000", None),
        (f"{ESC}[2J{ESC}[Hgone", "gone"),
        (f"{ESC}[1;32mgreen{ESC}[0m", "green"),
        (f"{ESC}[?1049h{ESC}[?25lalternate", "alternate"),
        (f"{ESC}[38:2::1:2:3mcolour", "colour"),
        (f"{ESC}[ q{ESC}[5 qcursor", "cursor"),
        ("\x9b2Jgone", "gone"),
        (f"{ESC}]0;title\x07after", "after"),
        (f"{ESC}]52;c;Y2xpcA=={ESC}\\after", "after"),
        (f"{ESC}]8;;https://evil{ESC}\\text{ESC}]8;;{ESC}\\", "text"),
        ("\x9d0;title\x9cafter", "after"),
        (f"{ESC}Pq#0;2;0;0;0{ESC}\\sixel", "sixel"),
        ("\x90payload\x9cafter", "after"),
        (f"{ESC}_apc{ESC}\\{ESC}^pm{ESC}\\{ESC}Xsos{ESC}\\after", "after"),
        (f"{ESC}c{ESC}7{ESC}(0{ESC}#8{ESC}=reset", "reset"),
        (f"{ESC}]0;never closed", "0;never closed"),
        (f"cut off {ESC}[12", "cut off 12"),
        (f"cut off {ESC}", "cut off \ufffd"),
        (f"{ESC}[31{ESC}[2Jnested", "31nested"),
        ("over\rwritten\x08\x08\x07\x00\x7f", "over\ufffdwritten" + "\ufffd" * 5),
        ("next\x85line\u2028\u2029", "next\ufffdline\ufffd\ufffd"),
        ("\u202eabc\u202c\u2066x\u2069\u200f\u200e\u061c", "\ufffdabc\ufffd\ufffdx" + "\ufffd" * 4),
        ("\ud800lone\udfff", "\ufffdlone\ufffd"),
        ("\ufeffbom\U000e0041tag\ue000", "\ufffdbom\ufffdtag\ufffd"),
    ],
)
def test_nothing_in_a_line_can_steer_a_terminal(raw: str, plain: str | None) -> None:
    assert plain_line(raw) == (raw if plain is None else plain)


def test_no_control_character_passes_on_its_own_or_behind_an_escape() -> None:
    for code in [*range(0x20), *range(0x7F, 0xA0)]:
        for raw in (chr(code), f"{ESC}{chr(code)}", f"{ESC}[{chr(code)}", f"{ESC}]{chr(code)}"):
            left = plain_line(raw).replace("\t", "")
            assert not [one for one in left if unicodedata.category(one) == "Cc"], repr(raw)


def test_removing_a_sequence_never_makes_another_one() -> None:
    assert "\x1b" not in plain_line(f"{ESC}{ESC}[0m[2J")
    assert "\x1b" not in plain_line(f"{ESC}{ESC}]0;a\x07]0;b\x07")


def test_the_lines_of_a_text_stay_lines() -> None:
    assert plain_lines(f"one\r\n{ESC}[2Jtwo\n\nthree") == ["one", "two", "", "three"]
