"""Operations of a plan: one class each, forward above backward, bound to their arrays."""
