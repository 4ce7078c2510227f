"""Where the registry finds the class of the second target."""

from tests.handlers.one_parameter import OneParameter

TARGET = OneParameter
