import unicodedata

import pytest

from parris.plain_text import plain_line
from parris_cli.terminal.log_text import log_line

ESC = "\x1b"
RESET = f"{ESC}[0m"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("loss 0.5", "loss 0.5"),
        (f"{ESC}[32mdone{RESET}", f"{ESC}[32mdone{RESET}"),
        (f"{ESC}[1;38;5;208mwarm", f"{ESC}[1;38;5;208mwarm{RESET}"),
        (f"{ESC}[38;2;1;2;3mrgb{ESC}[m!", f"{ESC}[38;2;1;2;3mrgb{ESC}[m!"),
        (f"{ESC}[4:3mwavy", f"{ESC}[4:3mwavy{RESET}"),
        (f"{ESC}[8mhidden", "hidden"),
        (f"{ESC}[31;8;5mhidden", f"{ESC}[31mhidden{RESET}"),
        (f"{ESC}[2J{ESC}[31mred{ESC}[H", f"{ESC}[31mred{RESET}"),
        (f"{ESC}]0;t\x07{ESC}[31m{ESC}]8;;x{ESC}\\l", f"{ESC}[31ml{RESET}"),
        (f"\u202e{ESC}[32mx\x9b2J\x07", f"\ufffd{ESC}[32mx\ufffd{RESET}"),
        (f"{ESC}[>4mkeys", "keys"),
    ],
)
def test_colours_pass_to_a_terminal_and_nothing_else_does(raw: str, shown: str) -> None:
    assert log_line(raw, has_colour=True) == shown
    assert log_line(raw, has_colour=False) == plain_line(raw)


def test_no_control_character_passes_beside_a_colour() -> None:
    for code in [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066]:
        for raw in (f"{ESC}[3{chr(code)}1m", f"{ESC}[31m{chr(code)}", f"{ESC}{chr(code)}[31m"):
            left = log_line(raw, has_colour=True).replace(f"{ESC}[31m", "").replace(RESET, "")
            bad = [one for one in left if unicodedata.category(one) in ("Cc", "Cf")]
            assert [one for one in bad if one != "\t"] == [], repr(raw)
