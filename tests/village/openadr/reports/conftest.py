"""A real VTN, and the independent client as its operator."""

from tests.village.openadr.vtn.conftest import operator, vtn

__all__ = ["operator", "vtn"]
