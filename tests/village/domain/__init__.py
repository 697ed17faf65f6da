"""Tests of what everything else is told in."""
