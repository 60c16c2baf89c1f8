"""One architecture of a study looked into: judged anew, watched on one sample, or its neurons counted over a split."""
