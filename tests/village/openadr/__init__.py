"""Tests of the line between the village and a grid operator."""
