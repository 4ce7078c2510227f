import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.sweeps.search.parameters import (
    CategoricalParameter,
    FloatParameter,
    IntegerParameter,
    Parameter,
)
from parris.sweeps.search.space import Space

UNITS = st.floats(0, 1)
PARAMETERS = [
    FloatParameter("rate", 1e-5, 1e-1, is_log=True),
    FloatParameter("momentum", -1.0, 1.0),
    IntegerParameter("layers", 1, 8),
    IntegerParameter("batch", 8, 4096, is_log=True),
    CategoricalParameter("optimiser", ("adam", "sgd", 3, True)),
    CategoricalParameter("width", (16, 32, 64), is_ordered=True),
]


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda one: one.name)
@given(unit=UNITS)
def test_the_place_of_a_value_leads_back_to_it(parameter: Parameter, unit: float) -> None:
    value = parameter.value_at(unit)
    again = parameter.value_at(parameter.unit_of(value))
    assert again == pytest.approx(value)
    assert type(again) is type(value)


@pytest.mark.parametrize("parameter", PARAMETERS[:4], ids=lambda one: one.name)
def test_the_ends_of_the_interval_are_the_bounds(parameter: Parameter) -> None:
    assert isinstance(parameter, FloatParameter | IntegerParameter)
    ends = [parameter.value_at(0), parameter.value_at(1)]
    assert ends == pytest.approx([parameter.minimum, parameter.maximum])


def test_every_integer_has_the_same_share() -> None:
    values = [IntegerParameter("n", 1, 4).value_at((at + 0.5) / 1000) for at in range(1000)]
    assert {value: values.count(value) for value in values} == dict.fromkeys([1, 2, 3, 4], 250)


def test_a_logarithmic_float_has_a_tenth_power_in_each_third() -> None:
    parameter = FloatParameter("rate", 1e-4, 1e-1, is_log=True)
    assert [parameter.value_at(third / 3) for third in (1, 2)] == pytest.approx([1e-3, 1e-2])


def test_true_is_another_value_than_one() -> None:
    parameter = CategoricalParameter("flag", (1, True))
    assert [parameter.value_at(parameter.unit_of(one)) for one in (1, True)] == [1, True]
    assert parameter.unit_of(1) != parameter.unit_of(True)


def test_a_value_that_is_none_of_a_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="not in list"):
        CategoricalParameter("optimiser", ("adam", "sgd")).unit_of("rmsprop")


def test_a_config_is_read_in_the_order_of_the_names() -> None:
    space = Space.from_config(
        {
            "rate": {"type": "float", "minimum": 1e-5, "maximum": 0.1, "scale": "log", "points": 3},
            "depth": {"type": "integer", "minimum": 2, "maximum": 5},
            "width": {"type": "integer", "values": [64, 16, 32]},
            "kind": {"type": "categorical", "values": ["b", "a"]},
        }
    )
    assert space.parameters == (
        IntegerParameter("depth", 2, 5),
        CategoricalParameter("kind", ("b", "a")),
        FloatParameter("rate", 1e-5, 0.1, is_log=True, points=3),
        CategoricalParameter("width", (16, 32, 64), is_ordered=True),
    )
    assert space.grid_size() == 4 * 2 * 3 * 3
