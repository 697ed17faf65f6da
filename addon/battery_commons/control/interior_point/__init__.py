"""An interior-point method for hundreds to tens of thousands of batteries that differ."""
