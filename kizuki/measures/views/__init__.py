"""Pages of measures: the catalogue, own measures, coverage, proposals, rounds of self-assessment, and the units' answers."""
