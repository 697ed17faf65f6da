"""Tests of the home, inside Home Assistant's own harness."""
