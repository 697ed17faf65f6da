"""Tests of what is read of the village as it stands."""
