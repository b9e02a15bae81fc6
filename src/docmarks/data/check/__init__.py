"""Everything in a data set that would ruin a training run, with its cure."""
