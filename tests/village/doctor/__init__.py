"""Tests of `battery-commons doctor`."""
