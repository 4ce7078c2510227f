"""Where the registry finds the class of the second target."""

from tests.targets.one_parameter import OneParameter

TARGET = OneParameter
